-- One row per person and wave with the day to which its axes refer (the interview; without one, the first day of the
-- field), and the household and employer of that day. Of two that hold on one day the later begun counts.
with decided as (

    select * from {{ ref('int_dispositions_decided') }}

),

visits as (

    select * from {{ ref('stg_clinic__visits') }}

),

waves as (

    select * from {{ ref('int_zone_waves_listed') }}

),

links as (

    select * from {{ ref('stg_units__links') }}

),

dated as (

    select
        decided.zone_id,
        decided.unit_id as person_id,
        decided.wave,
        coalesce(visits.interview_date, waves.field_start_date) as reference_date
    from decided
    inner join waves
        on
            decided.zone_id = waves.zone_id
            and decided.wave = waves.wave
    left join visits
        on
            decided.zone_id = visits.zone_id
            and decided.unit_id = visits.person_id
            and decided.wave = visits.wave
    where decided.unit_type = 'person'

),

held as (

    select
        dated.zone_id,
        dated.person_id,
        dated.wave,
        links.other_type,
        links.other_id,
        row_number() over (
            partition by dated.zone_id, dated.person_id, dated.wave, links.other_type
            order by links.start_date desc, links.other_id asc
        ) as link_number
    from dated
    inner join links
        on
            dated.zone_id = links.zone_id
            and dated.person_id = links.unit_id
            and links.unit_type = 'person'
            and links.relation_code in ('member_of', 'employed_by')
            and dated.reference_date >= links.start_date
            and (links.end_date is null or dated.reference_date <= links.end_date)

),

groups as (

    select
        zone_id,
        person_id,
        wave,
        max(case when other_type = 'household' then other_id end) as household_id,
        max(case when other_type = 'organisation' then other_id end) as employer_id
    from held
    where link_number = 1
    group by zone_id, person_id, wave

),

final as (

    select
        dated.*,
        groups.household_id,
        groups.employer_id
    from dated
    left join groups
        on
            dated.zone_id = groups.zone_id
            and dated.person_id = groups.person_id
            and dated.wave = groups.wave

)

select * from final
