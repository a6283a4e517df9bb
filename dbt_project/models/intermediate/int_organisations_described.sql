-- One row per organisation that reports or that the register names: the earliest quarter of adoption that its
-- reports name (one that had not yet adopted leaves the cell empty, so its rows need not agree), its sector as first
-- reported, and the quarters of its life. Life begins with the founding, else with the first report or split; it
-- ends with the quarter of the closure, merger or move.
with quarters as (

    select * from {{ ref('stg_organisation__quarters') }}

),

events as (

    select
        *,
        {{ date_quarter_index('event_date') }} as event_index
    from {{ ref('stg_organisation__events') }}

),

ranked as (

    select
        *,
        row_number() over (partition by zone_id, org_id order by quarter_index) as report_number
    from quarters

),

reported as (

    select
        zone_id,
        org_id,
        min(adopted_quarter) as adopted_quarter,
        max(case when report_number = 1 then sector_code end) as sector_code,
        min(quarter_index) as first_report_index,
        {{ is_flagged('is_simulated') }} as is_simulated
    from ranked
    group by zone_id, org_id

),

registered as (

    select
        zone_id,
        org_id,
        min(case when event_code in ('founded', 'split_from') then event_index end) as founded_index,
        min(case when event_code in ('closed', 'merged_into', 'moved_zone') then event_index end) as ended_index,
        min(case when event_code = 'merged_into' then event_index end) as merged_index,
        min(case when event_code = 'moved_zone' then event_index end) as moved_index,
        {{ is_flagged('is_simulated') }} as is_simulated
    from events
    group by zone_id, org_id

),

final as (

    select
        coalesce(reported.zone_id, registered.zone_id) as zone_id,
        coalesce(reported.org_id, registered.org_id) as org_id,
        reported.adopted_quarter,
        reported.sector_code,
        reported.org_id is not null as is_reporting,
        registered.org_id is not null as is_registered,
        -- without a founding, life is known from the first report; of one that never reports, from its end only
        least(
            coalesce(registered.founded_index, reported.first_report_index, registered.ended_index),
            coalesce(reported.first_report_index, registered.founded_index, registered.ended_index)
        ) as first_index,
        registered.ended_index as last_index,
        case
            when registered.merged_index = registered.ended_index then 'P10'
            when registered.moved_index = registered.ended_index then 'P6'
            when registered.ended_index is not null then 'P9'
        end as ended_code,
        coalesce(reported.is_simulated, false) or coalesce(registered.is_simulated, false) as is_simulated
    from reported
    full outer join registered
        on
            reported.zone_id = registered.zone_id
            and reported.org_id = registered.org_id

)

select * from final
