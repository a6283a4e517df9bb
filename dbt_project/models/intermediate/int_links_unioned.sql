-- Every link between two units, whoever registered it: links of persons and households as sent, those of
-- organisations from their events (a split is told by the new organisation, a merger by the one that ends).
with links as (

    select * from {{ ref('stg_units__links') }}

),

events as (

    select * from {{ ref('stg_organisation__events') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        relation_code,
        other_type,
        other_id,
        start_date,
        end_date,
        'unit_link' as source,
        is_simulated
    from links
    union all
    select
        zone_id,
        'organisation' as unit_type,
        org_id as unit_id,
        event_code as relation_code,
        case when event_code = 'moved_zone' then 'zone' else 'organisation' end as other_type,
        other_id,
        event_date as start_date,
        cast(null as date) as end_date,
        'organisation_event' as source,
        is_simulated
    from events
    where event_code in ('split_from', 'merged_into', 'moved_zone') and other_id is not null

)

select * from final
