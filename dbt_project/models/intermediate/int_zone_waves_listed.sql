-- One row per zone and wave in which anybody was seen: the frame that every person of the zone is held against.
with visits as (

    select * from {{ ref('stg_clinic__visits') }}

),

waves as (

    select
        zone_id,
        wave,
        wave_order,
        cast(extract(year from min(interview_date)) as bigint) as wave_year
    from visits
    group by zone_id, wave, wave_order

),

final as (

    select
        zone_id,
        wave,
        wave_order,
        wave_year,
        first_value(wave_year) over (partition by zone_id order by wave_order) as baseline_year
    from waves

)

select * from final
