with events as (

    select * from {{ source('lake', 'organisation_event') }}

),

final as (

    select
        zone_id,
        org_id,
        event_code,
        event_date,
        other_id,
        coalesce(is_simulated, false) as is_simulated
    from events

)

select * from final
