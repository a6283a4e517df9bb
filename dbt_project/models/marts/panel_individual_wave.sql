with persons as (

    select * from {{ ref('int_persons_described') }}

),

waves as (

    select * from {{ ref('int_zone_waves_listed') }}

),

visits as (

    select * from {{ ref('int_clinic_visits_harmonised') }}

),

enumerated as (

    select
        persons.*,
        waves.wave,
        waves.wave_order,
        waves.wave_year - persons.birth_year as age_years,
        waves.baseline_year - persons.birth_year >= 60 as is_elderly
    from persons
    inner join waves on persons.zone_id = waves.zone_id

),

joined as (

    select
        enumerated.*,
        visits.person_id is not null as is_observed,
        visits.interview_date,
        visits.wait_min,
        visits.wait_min__st,
        visits.satisfaction_score,
        visits.satisfaction_score__st
    from enumerated
    left join visits
        on
            enumerated.zone_id = visits.zone_id
            and enumerated.person_id = visits.person_id
            and enumerated.wave = visits.wave

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(person_id as string) as person_id,
        cast(wave as string) as wave,
        cast(wave_order as bigint) as wave_order,
        cast(clinic_id as string) as clinic_id,
        cast(block_id as string) as block_id,
        cast(treat as bigint) as treat,
        cast(wave_order > 1 as boolean) as is_post,
        cast(is_observed as boolean) as is_observed,
        cast(interview_date as date) as interview_date,
        cast(birth_year as bigint) as birth_year,
        cast(age_years as bigint) as age_years,
        cast(is_elderly as boolean) as is_elderly,
        cast(gender_code as bigint) as gender_code,
        cast(wait_min as double) as wait_min,
        cast(case when is_observed then wait_min__st else 11 end as bigint) as wait_min__st,
        cast(satisfaction_score as bigint) as satisfaction_score,
        cast(case when is_observed then satisfaction_score__st else 11 end as bigint) as satisfaction_score__st,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
