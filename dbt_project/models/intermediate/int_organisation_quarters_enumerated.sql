-- One row per organisation and quarter of its zone from the beginning of its life on, reported or not, with what
-- came of it. A quarter of the zone is one in which any of its organisations reported. The report decides; after the
-- end of its life an organisation is out of scope; one that the register knows is eligible; of any other nothing is
-- known.
with organisations as (

    select * from {{ ref('int_organisations_described') }}

),

reports as (

    select * from {{ ref('stg_organisation__quarters') }}

),

quarters as (

    select distinct
        zone_id,
        quarter,
        quarter_index
    from reports

),

final as (

    select
        organisations.zone_id,
        organisations.org_id,
        quarters.quarter,
        quarters.quarter_index,
        organisations.is_reporting,
        coalesce(quarters.quarter_index <= organisations.last_index, true) as is_alive,
        reports.org_id is not null as is_observed,
        case
            when reports.org_id is not null then '1.1'
            when quarters.quarter_index > organisations.last_index then organisations.ended_code
            when organisations.is_registered then '2.35'
            else '3.9'
        end as disposition_code,
        case
            when reports.org_id is not null then 'interview'
            when quarters.quarter_index > organisations.last_index then 'event'
            when organisations.is_registered then 'register'
            else 'none'
        end as disposition_source,
        organisations.is_simulated
    from organisations
    inner join quarters
        on
            organisations.zone_id = quarters.zone_id
            and organisations.first_index <= quarters.quarter_index
    left join reports
        on
            organisations.zone_id = reports.zone_id
            and organisations.org_id = reports.org_id
            and quarters.quarter = reports.quarter

)

select * from final
