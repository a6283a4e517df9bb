with visits as (

    select * from {{ source('lake', 'clinic_visit') }}

),

final as (

    select
        zone_id,
        person_id,
        wave,
        {{ wave_order('wave') }} as wave_order,
        clinic_id,
        interview_date,
        birth_year,
        gender_code,
        wait_min,
        wait_min__st,
        satisfaction_score,
        satisfaction_score__st,
        coalesce(is_simulated, false) as is_simulated
    from visits

)

select * from final
