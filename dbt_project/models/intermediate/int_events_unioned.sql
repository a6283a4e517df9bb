-- Every dated event of a unit under one set of columns.
with units as (

    select * from {{ ref('stg_units__events') }}

),

organisations as (

    select * from {{ ref('stg_organisation__events') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        event_code,
        event_date,
        cast(null as string) as other_id,
        'unit_event' as source,
        is_simulated
    from units
    union all
    select
        zone_id,
        'organisation' as unit_type,
        org_id as unit_id,
        event_code,
        event_date,
        other_id,
        'organisation_event' as source,
        is_simulated
    from organisations

)

select * from final
