-- One row per device, variable and installation, each ended by its removal or by the day before the next one: never
-- two on a day.
with devices as (

    select * from {{ ref('stg_sensors__devices') }}

),

followed as (

    select
        *,
        lead(installed_date) over (
            partition by zone_id, source_table, device_id, variable
            order by installed_date
        ) as next_date
    from devices

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
        cadence_min,
        detection_min,
        detection_max,
        clock_timezone,
        installed_date,
        least(removed_date, next_date - 1) as last_date,
        is_simulated
    from followed

)

select * from final
