-- One row per reading of whatever device: table, device, variable, stamp and reading. A device of the air records is a
-- station or the weather mast of its zone; a city station stands in its own city only. Stamps without a reading
-- (charging_moment) have status 5.
with readings as (

    select * from {{ ref('stg_sensors__readings') }}

),

traffic as (

    select * from {{ ref('stg_traffic__hours') }}

),

air as (

    select * from {{ ref('stg_air_weather__hours') }}

),

weather as (

    select * from {{ ref('stg_shenzhen__weather_hours') }}

),

moments as (

    select * from {{ ref('stg_shenzhen__charging_moments') }}

),

final as (

    select
        zone_id,
        'sensor_reading' as source_table,
        device_id,
        cast(null as string) as district_id,
        variable,
        observed_at,
        observed_at_local,
        received_at,
        taken_in_at,
        reading,
        reading__st,
        is_simulated
    from readings
    union all
    select
        zone_id,
        'traffic_hour' as source_table,
        device_id,
        district_id,
        'speed_kmh' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        speed_kmh as reading,
        speed_kmh__st as reading__st,
        is_simulated
    from traffic
    union all
    select
        zone_id,
        'traffic_hour' as source_table,
        device_id,
        district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_ugm3 as reading,
        pm25_ugm3__st as reading__st,
        is_simulated
    from traffic
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'us_post' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_us_post_ugm3 as reading,
        case when pm25_us_post_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'dongsi' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_dongsi_ugm3 as reading,
        case when pm25_dongsi_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'beijing' or pm25_dongsi_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'dongsihuan' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_dongsihuan_ugm3 as reading,
        case when pm25_dongsihuan_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'beijing' or pm25_dongsihuan_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'nongzhanguan' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_nongzhanguan_ugm3 as reading,
        case when pm25_nongzhanguan_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'beijing' or pm25_nongzhanguan_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'jingan' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_jingan_ugm3 as reading,
        case when pm25_jingan_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'shanghai' or pm25_jingan_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'xuhui' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_xuhui_ugm3 as reading,
        case when pm25_xuhui_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'shanghai' or pm25_xuhui_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'caotangsi' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_caotangsi_ugm3 as reading,
        case when pm25_caotangsi_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'chengdu' or pm25_caotangsi_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'shahepu' as device_id,
        cast(null as string) as district_id,
        'pm25_ugm3' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pm25_shahepu_ugm3 as reading,
        case when pm25_shahepu_ugm3 is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    where zone_id = 'chengdu' or pm25_shahepu_ugm3 is not null
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'weather' as device_id,
        cast(null as string) as district_id,
        'temperature_c' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        temperature_c as reading,
        case when temperature_c is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'weather' as device_id,
        cast(null as string) as district_id,
        'humidity_pct' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        humidity_pct as reading,
        case when humidity_pct is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'weather' as device_id,
        cast(null as string) as district_id,
        'pressure_hpa' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pressure_hpa as reading,
        case when pressure_hpa is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'weather' as device_id,
        cast(null as string) as district_id,
        'dew_point_c' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        dew_point_c as reading,
        case when dew_point_c is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'air_weather_hour' as source_table,
        'weather' as device_id,
        cast(null as string) as district_id,
        'precipitation_mm' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        precipitation_mm as reading,
        case when precipitation_mm is null then 9 else 0 end as reading__st,
        false as is_simulated
    from air
    union all
    select
        zone_id,
        'weather_hour' as source_table,
        station_id as device_id,
        cast(null as string) as district_id,
        'temperature_c' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        temperature_c as reading,
        case when temperature_c is null then 9 else 0 end as reading__st,
        false as is_simulated
    from weather
    union all
    select
        zone_id,
        'weather_hour' as source_table,
        station_id as device_id,
        cast(null as string) as district_id,
        'humidity_pct' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        humidity_pct as reading,
        case when humidity_pct is null then 9 else 0 end as reading__st,
        false as is_simulated
    from weather
    union all
    select
        zone_id,
        'weather_hour' as source_table,
        station_id as device_id,
        cast(null as string) as district_id,
        'pressure_station_mmhg' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        pressure_station_mmhg as reading,
        case when pressure_station_mmhg is null then 9 else 0 end as reading__st,
        false as is_simulated
    from weather
    union all
    select
        zone_id,
        'weather_hour' as source_table,
        station_id as device_id,
        cast(null as string) as district_id,
        'visibility_km' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        visibility_km as reading,
        coalesce(visibility_km__st, case when visibility_km is null then 9 else 0 end) as reading__st,
        false as is_simulated
    from weather
    union all
    select
        zone_id,
        'charging_moment' as source_table,
        'st-evcdp' as device_id,
        cast(null as string) as district_id,
        'moment' as variable,
        observed_at,
        observed_at_local,
        cast(null as timestamp with time zone) as received_at,
        taken_in_at,
        cast(null as double) as reading,
        5 as reading__st,
        false as is_simulated
    from moments

)

select * from final
