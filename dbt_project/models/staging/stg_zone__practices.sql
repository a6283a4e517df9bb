with rows_sent as (

    select * from {{ source('lake', 'zone_practice') }}

),

final as (

    select
        zone_id,
        practice_id,
        title,
        task_type_code,
        proposed_date,
        experiment_id,
        document_id,
        adopted_count,
        coalesce(is_simulated, false) as is_simulated
    from rows_sent

)

select * from final
