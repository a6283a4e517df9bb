with decided as (

    select * from {{ ref('int_dispositions_decided') }}
    where unit_type = 'person'

),

persons as (

    select * from {{ ref('int_persons_described') }}

),

waves as (

    select * from {{ ref('int_zone_waves_listed') }}

),

visits as (

    select * from {{ ref('int_clinic_visits_harmonised') }}

),

placed as (

    select * from {{ ref('int_persons_placed') }}

),

exposed as (

    select * from {{ ref('int_persons_exposed') }}

),

joined as (

    select
        decided.zone_id,
        decided.unit_id as person_id,
        decided.wave,
        decided.wave_order,
        decided.disposition_code,
        decided.disposition_class,
        {{ unseen_status('decided.disposition_code', 'decided.disposition_class') }} as unseen__st,
        persons.clinic_id,
        persons.block_id,
        persons.treat,
        persons.assigned_date,
        persons.birth_year,
        persons.gender_code,
        waves.wave_year - persons.birth_year as age_years,
        waves.baseline_year - persons.birth_year >= 60 as is_elderly,
        placed.reference_date,
        placed.household_id,
        placed.employer_id,
        exposed.ai_epoch,
        exposed.first_offered_date,
        exposed.first_used_date,
        visits.person_id is not null as is_observed,
        visits.interview_date,
        visits.wait_min,
        visits.wait_min__st,
        visits.satisfaction_score,
        visits.satisfaction_score__st,
        coalesce(persons.is_simulated, false) or decided.is_simulated as is_simulated
    from decided
    inner join waves
        on
            decided.zone_id = waves.zone_id
            and decided.wave = waves.wave
    left join persons
        on
            decided.zone_id = persons.zone_id
            and decided.unit_id = persons.person_id
    left join visits
        on
            decided.zone_id = visits.zone_id
            and decided.unit_id = visits.person_id
            and decided.wave = visits.wave
    left join placed
        on
            decided.zone_id = placed.zone_id
            and decided.unit_id = placed.person_id
            and decided.wave = placed.wave
    left join exposed
        on
            decided.zone_id = exposed.zone_id
            and decided.unit_id = exposed.person_id
            and decided.wave = exposed.wave

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
        cast(disposition_code as string) as disposition_code,
        cast(disposition_class as string) as disposition_class,
        cast(interview_date as date) as interview_date,
        cast(reference_date as date) as reference_date,
        cast({{ days_between('assigned_date', 'reference_date') }} as bigint) as days_since_assignment,
        cast({{ days_between('first_offered_date', 'reference_date') }} as bigint) as days_since_offer,
        cast({{ days_between('first_used_date', 'reference_date') }} as bigint) as days_since_exposure,
        cast(ai_epoch as bigint) as ai_epoch,
        cast(household_id as string) as household_id,
        cast(employer_id as string) as employer_id,
        cast(birth_year as bigint) as birth_year,
        cast(age_years as bigint) as age_years,
        cast(is_elderly as boolean) as is_elderly,
        cast(gender_code as bigint) as gender_code,
        cast(wait_min as double) as wait_min,
        cast(case when is_observed then wait_min__st else unseen__st end as bigint) as wait_min__st,
        cast(satisfaction_score as bigint) as satisfaction_score,
        cast(case when is_observed then satisfaction_score__st else unseen__st end as bigint) as satisfaction_score__st,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
