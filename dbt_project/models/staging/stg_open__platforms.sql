with rows_sent as (

    select * from {{ source('lake', 'open_platform') }}

),

final as (

    select
        platform_id,
        platform_name,
        sub_domain,
        lead_company,
        zone_id,
        applied_date,
        examined_date,
        confirmed_date,
        last_report_year,
        test_set_count,
        shut_down_date,
        shut_down_reason_code,
        harm_experiment_id,
        coalesce(is_simulated, false) as is_simulated
    from rows_sent

)

select * from final
