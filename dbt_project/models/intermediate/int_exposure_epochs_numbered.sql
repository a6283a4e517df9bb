-- One row per unit and version of an AI system that it was offered: the versions of all systems numbered in the
-- order in which the unit met them. The number is the unit's AI exposure epoch from that day on; going back to an
-- older version opens no new epoch.
with exposures as (

    select * from {{ ref('stg_ai__exposures') }}

),

met as (

    select
        zone_id,
        unit_type,
        unit_id,
        system_id,
        coalesce(system_version, '') as system_version,
        min(period_start) as met_date
    from exposures
    where is_offered
    group by zone_id, unit_type, unit_id, system_id, coalesce(system_version, '')

),

final as (

    select
        *,
        row_number() over (
            partition by zone_id, unit_type, unit_id order by met_date, system_id, system_version
        ) as epoch_number
    from met

)

select * from final
