{{ config(materialized='table') }} -- the panel and its own tests read it

-- One row per person: the facts that must not move with the outcome, from the first wave in which the person was seen.
with visits as (

    select * from {{ ref('stg_clinic__visits') }}

),

assignments as (

    select * from {{ ref('stg_clinic__assignments') }}

),

ranked as (

    select
        *,
        row_number() over (partition by zone_id, person_id order by wave_order) as visit_number,
        -- the first answer, not the first wave: a refusal in W1 does not erase what was said in W2
        row_number() over (
            partition by zone_id, person_id
            order by case when gender_code is null then 1 else 0 end, wave_order
        ) as gender_number
    from visits

),

persons as (

    select
        zone_id,
        person_id,
        max(case when visit_number = 1 then clinic_id end) as clinic_id,
        max(case when visit_number = 1 then birth_year end) as birth_year,
        max(case when gender_number = 1 then gender_code end) as gender_code,
        {{ is_flagged('is_simulated') }} as is_simulated
    from ranked
    group by zone_id, person_id

),

final as (

    select
        persons.zone_id,
        persons.person_id,
        persons.clinic_id,
        persons.birth_year,
        persons.gender_code,
        assignments.block_id,
        assignments.arm_code as treat,
        assignments.assigned_date,
        persons.is_simulated or coalesce(assignments.is_simulated, false) as is_simulated
    from persons
    left join assignments
        on
            persons.zone_id = assignments.zone_id
            and persons.clinic_id = assignments.clinic_id

)

select * from final
