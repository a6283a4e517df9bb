-- Made from data/concordance/clinic_visits.yml by `python -m data.concordance.write`; change that file.
with visits as (

    select * from {{ ref('stg_clinic__visits') }}

),

visits_harmonised as (

    select
        cast('visits' as string) as instance,
        zone_id,
        person_id,
        cast(wave as string) as wave,
        wave_order,
        clinic_id,
        interview_date,
        is_simulated,
        cast(wait_min as double) as wait_min,
        cast(wait_min__st as bigint) as wait_min__st,
        cast('identical' as string) as wait_min__cmp,
        cast(satisfaction_score as bigint) as satisfaction_score,
        cast(satisfaction_score__st as bigint) as satisfaction_score__st,
        cast('identical' as string) as satisfaction_score__cmp,
        cast(gender_code as bigint) as gender_code,
        cast(case when gender_code is null then 9 else 0 end as bigint) as gender_code__st,
        cast('identical' as string) as gender_code__cmp,
        cast(birth_year as bigint) as birth_year,
        cast(case when birth_year is null then 9 else 0 end as bigint) as birth_year__st,
        cast('identical' as string) as birth_year__cmp
    from visits

),

final as (

    select * from visits_harmonised

)

select * from final
