-- One row per zone and wave in which anybody was seen or that has a sample file: the frame that every unit of the
-- zone is held against. Interviews date a wave; where there is none yet, the first attempt does.
with dated as (

    select
        zone_id,
        wave,
        wave_order,
        interview_date,
        interview_date as first_date,
        interview_date as last_date
    from {{ ref('stg_clinic__visits') }}
    union all
    select
        zone_id,
        wave,
        wave_order,
        cast(null as date) as interview_date,
        first_contact_date as first_date,
        last_contact_date as last_date
    from {{ ref('stg_sample__units') }}

),

waves as (

    select
        zone_id,
        wave,
        wave_order,
        cast(extract(year from coalesce(min(interview_date), min(first_date))) as bigint) as wave_year,
        min(first_date) as field_start_date,
        max(last_date) as field_end_date
    from dated
    group by zone_id, wave, wave_order

),

final as (

    select
        zone_id,
        wave,
        wave_order,
        wave_year,
        first_value(wave_year) over (partition by zone_id order by wave_order) as baseline_year,
        field_start_date,
        field_end_date
    from waves

)

select * from final
