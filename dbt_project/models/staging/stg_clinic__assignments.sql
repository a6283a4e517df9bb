with assignments as (

    select * from {{ source('lake', 'clinic_assignment') }}

),

final as (

    select
        zone_id,
        clinic_id,
        arm_code,
        block_id,
        assigned_date,
        coalesce(is_simulated, false) as is_simulated
    from assignments

)

select * from final
