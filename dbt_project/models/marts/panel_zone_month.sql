with traffic as (

    select * from {{ ref('int_zones_traffic_aggregated') }}

),

air as (

    select * from {{ ref('int_zones_air_aggregated') }}

),

joined as (

    select
        coalesce(traffic.zone_id, air.zone_id) as zone_id,
        coalesce(traffic.month, air.month) as month,
        coalesce(traffic.hours_observed, 0) as hours_observed,
        coalesce(traffic.device_hours_reported, 0) as device_hours_reported,
        traffic.speed_kmh,
        traffic.pm25_ugm3,
        coalesce(air.air_hours_observed, 0) as air_hours_observed,
        coalesce(air.air_hours_reported, 0) as air_hours_reported,
        air.air_pm25_us_post_ugm3,
        air.air_pm25_station_ugm3,
        air.air_temperature_c,
        air.air_humidity_pct,
        air.air_pressure_hpa,
        coalesce(traffic.is_simulated, false) as is_simulated
    from traffic
    full outer join air
        on
            traffic.zone_id = air.zone_id
            and traffic.month = air.month

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(month as date) as month,
        cast({{ month_index('month') }} as bigint) as month_index,
        cast(hours_observed as bigint) as hours_observed,
        cast(device_hours_reported as bigint) as device_hours_reported,
        cast(speed_kmh as double) as speed_kmh,
        cast(pm25_ugm3 as double) as pm25_ugm3,
        cast(air_hours_observed as bigint) as air_hours_observed,
        cast(air_hours_reported as bigint) as air_hours_reported,
        cast(air_pm25_us_post_ugm3 as double) as air_pm25_us_post_ugm3,
        cast(air_pm25_station_ugm3 as double) as air_pm25_station_ugm3,
        cast(air_temperature_c as double) as air_temperature_c,
        cast(air_humidity_pct as double) as air_humidity_pct,
        cast(air_pressure_hpa as double) as air_pressure_hpa,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
