with events as (

    select * from {{ ref('int_events_unioned') }}

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(unit_type as string) as unit_type,
        cast(unit_id as string) as unit_id,
        cast(event_code as string) as event_code,
        cast(event_date as date) as event_date,
        cast(other_id as string) as other_id,
        cast(source as string) as source,
        cast(is_simulated as boolean) as is_simulated
    from events

)

select * from final
