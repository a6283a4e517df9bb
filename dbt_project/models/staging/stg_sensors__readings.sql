with readings as (

    select * from {{ source('lake', 'sensor_reading') }}

),

zones as (

    select
        zone_id,
        timezone
    from {{ ref('zones') }}

),

final as (

    select
        readings.zone_id,
        readings.device_id,
        readings.variable,
        readings.observed_at,
        {{ local_time('readings.observed_at', 'zones.timezone') }} as observed_at_local,
        readings.received_at,
        readings._ingested_at as taken_in_at,
        readings.reading,
        coalesce(readings.reading__st, case when readings.reading is null then 9 else 0 end) as reading__st,
        coalesce(readings.is_simulated, false) as is_simulated
    from readings
    left join zones on readings.zone_id = zones.zone_id

)

select * from final
