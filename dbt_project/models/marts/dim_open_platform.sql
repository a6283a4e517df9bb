with platforms as (

    select * from {{ ref('stg_open__platforms') }}

),

final as (

    select
        cast(platform_id as string) as platform_id,
        cast(platform_name as string) as platform_name,
        cast(sub_domain as string) as sub_domain,
        cast(lead_company as string) as lead_company,
        cast(zone_id as string) as zone_id,
        cast(applied_date as date) as applied_date,
        cast(examined_date as date) as examined_date,
        cast(confirmed_date as date) as confirmed_date,
        cast(last_report_year as bigint) as last_report_year,
        cast(test_set_count as bigint) as test_set_count,
        cast(shut_down_date as date) as shut_down_date,
        cast(shut_down_reason_code as string) as shut_down_reason_code,
        cast(harm_experiment_id as string) as harm_experiment_id,
        cast(is_simulated as boolean) as is_simulated
    from platforms

)

select * from final
