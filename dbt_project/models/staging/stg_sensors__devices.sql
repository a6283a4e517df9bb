with devices as (

    select * from {{ source('lake', 'sensor_device') }}

),

final as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        unit,
        site_id,
        district_id,
        longitude_deg,
        latitude_deg,
        cadence_min,
        detection_min,
        detection_max,
        clock_timezone,
        installed_date,
        removed_date,
        coalesce(is_simulated, false) as is_simulated
    from devices

)

select * from final
