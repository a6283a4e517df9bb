with units as (

    select * from {{ source('lake', 'sample_file') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        wave,
        {{ wave_order('wave') }} as wave_order,
        is_issued,
        disposition_code,
        mode_code,
        language_code,
        is_proxy,
        attempt_count,
        first_contact_date,
        last_contact_date,
        coalesce(is_simulated, false) as is_simulated
    from units

)

select * from final
