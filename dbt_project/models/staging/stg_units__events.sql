with events as (

    select * from {{ source('lake', 'unit_event') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        event_code,
        event_date,
        coalesce(is_simulated, false) as is_simulated
    from events

)

select * from final
