with units as (

    select * from {{ ref('int_units_seen') }}

),

events as (

    select * from {{ ref('int_events_unioned') }}

),

links as (

    select * from {{ ref('int_links_unioned') }}

),

zones as (

    select * from {{ ref('zones') }}

),

listed as (

    select
        zone_id,
        unit_type,
        unit_id,
        first_seen_date,
        last_seen_date,
        is_simulated
    from units
    union all
    select
        zone_id,
        'zone' as unit_type,
        zone_id as unit_id,
        cast(null as date) as first_seen_date,
        cast(null as date) as last_seen_date,
        false as is_simulated
    from zones

),

lives as (

    select
        zone_id,
        unit_type,
        unit_id,
        min(case when event_code in ('began', 'founded', 'split_from') then event_date end) as start_date,
        min(case when event_code in ('ended', 'closed', 'merged_into') then event_date end) as end_date
    from events
    group by zone_id, unit_type, unit_id
    union all
    select
        zone_id,
        'zone' as unit_type,
        zone_id as unit_id,
        created_date as start_date,
        cast(null as date) as end_date
    from zones

),

lineage as (

    -- a split tells the predecessor of who tells it, a merger the successor; the other side may have several
    select
        zone_id,
        unit_type,
        unit_id,
        case when relation_code = 'split_from' then other_id end as predecessor_id,
        case when relation_code = 'merged_into' then other_id end as successor_id
    from links
    where relation_code in ('split_from', 'merged_into')
    union all
    select
        zone_id,
        other_type as unit_type,
        other_id as unit_id,
        case when relation_code = 'merged_into' then unit_id end as predecessor_id,
        case when relation_code = 'split_from' then unit_id end as successor_id
    from links
    where relation_code in ('split_from', 'merged_into')

),

descent as (

    select
        zone_id,
        unit_type,
        unit_id,
        count(distinct predecessor_id) as predecessor_count,
        min(predecessor_id) as predecessor_id,
        count(distinct successor_id) as successor_count,
        min(successor_id) as successor_id
    from lineage
    group by zone_id, unit_type, unit_id

),

moves as (

    select
        unit_type,
        unit_id,
        other_id as moved_to_zone_id,
        row_number() over (partition by unit_type, unit_id order by start_date desc, other_id asc) as move_number
    from links
    where relation_code = 'moved_zone'

),

places as (

    select
        unit_type,
        unit_id,
        count(distinct zone_id) as zone_count
    from listed
    group by unit_type, unit_id

),

joined as (

    select
        listed.*,
        lives.start_date,
        lives.end_date,
        case when descent.predecessor_count = 1 then descent.predecessor_id end as predecessor_id,
        coalesce(descent.predecessor_count, 0) as predecessor_count,
        case when descent.successor_count = 1 then descent.successor_id end as successor_id,
        coalesce(descent.successor_count, 0) as successor_count,
        places.zone_count,
        moves.moved_to_zone_id
    from listed
    left join lives
        on
            listed.zone_id = lives.zone_id
            and listed.unit_type = lives.unit_type
            and listed.unit_id = lives.unit_id
    left join descent
        on
            listed.zone_id = descent.zone_id
            and listed.unit_type = descent.unit_type
            and listed.unit_id = descent.unit_id
    left join places
        on
            listed.unit_type = places.unit_type
            and listed.unit_id = places.unit_id
    left join moves
        on
            listed.unit_type = moves.unit_type
            and listed.unit_id = moves.unit_id
            and moves.move_number = 1

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(unit_type as string) as unit_type,
        cast(unit_id as string) as unit_id,
        cast(first_seen_date as date) as first_seen_date,
        cast(last_seen_date as date) as last_seen_date,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(predecessor_id as string) as predecessor_id,
        cast(predecessor_count as bigint) as predecessor_count,
        cast(successor_id as string) as successor_id,
        cast(successor_count as bigint) as successor_count,
        cast(zone_count as bigint) as zone_count,
        cast(moved_to_zone_id as string) as moved_to_zone_id,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
