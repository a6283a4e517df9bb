with traffic as (

    select * from {{ ref('int_zones_traffic_aggregated') }}

),

air as (

    select * from {{ ref('int_zones_air_aggregated') }}

),

rules as (

    select
        {{ month_share_asked('speed_kmh') }} as speed_share_asked,
        {{ month_share_asked('pm25_ugm3') }} as pm25_share_asked,
        {{ month_share_asked('temperature_c') }} as temperature_share_asked,
        {{ month_share_asked('humidity_pct') }} as humidity_share_asked,
        {{ month_share_asked('pressure_hpa') }} as pressure_share_asked
    from {{ ref('sensor_rules') }}

),

joined as (

    select
        coalesce(traffic.zone_id, air.zone_id) as zone_id,
        coalesce(traffic.month, air.month) as month,
        coalesce(traffic.hours_observed, 0) as hours_observed,
        coalesce(traffic.device_hours_reported, 0) as device_hours_reported,
        traffic.zone_id is not null as has_traffic,
        traffic.slots_expected,
        traffic.speed_kmh,
        traffic.speed_kmh_hours,
        traffic.speed_kmh_out,
        traffic.pm25_ugm3,
        traffic.pm25_ugm3_hours,
        traffic.pm25_ugm3_out,
        air.zone_id is not null as has_air,
        coalesce(air.air_hours_observed, 0) as air_hours_observed,
        coalesce(air.air_hours_reported, 0) as air_hours_reported,
        air.air_pm25_us_post_ugm3,
        air.air_pm25_us_post_ugm3_hours,
        air.air_pm25_station_ugm3,
        air.air_pm25_station_ugm3_hours,
        air.air_temperature_c,
        air.air_temperature_c_hours,
        air.air_humidity_pct,
        air.air_humidity_pct_hours,
        air.air_pressure_hpa,
        air.air_pressure_hpa_hours,
        coalesce(traffic.is_simulated, false) as is_simulated
    from traffic
    full outer join air
        on
            traffic.zone_id = air.zone_id
            and traffic.month = air.month

),

due as (

    select
        joined.*,
        rules.*,
        cast({{ month_slots('joined.month', '60') }} as double) as air_hours_expected
    from joined
    cross join rules

),

reasoned as (

    select
        *,
        -- 8: no record of that kind in the month; whether there was a device the panel of devices tells
        case
            when not has_traffic then 8
            else {{ month_status('speed_kmh_hours', 'speed_kmh_out', '0', 'slots_expected', 'speed_share_asked') }}
        end as speed_kmh__st,
        case
            when not has_traffic then 8
            else {{ month_status('pm25_ugm3_hours', 'pm25_ugm3_out', '0', 'slots_expected', 'pm25_share_asked') }}
        end as pm25_ugm3__st,
        case
            when not has_air then 8
            else {{ month_status(
                'air_pm25_us_post_ugm3_hours', '0', '(air_hours_reported - air_pm25_us_post_ugm3_hours)',
                'air_hours_expected', 'pm25_share_asked'
            ) }}
        end as air_pm25_us_post_ugm3__st,
        case
            when not has_air then 8
            else {{ month_status(
                'air_pm25_station_ugm3_hours', '0', '(air_hours_reported - air_pm25_station_ugm3_hours)',
                'air_hours_expected', 'pm25_share_asked'
            ) }}
        end as air_pm25_station_ugm3__st,
        case
            when not has_air then 8
            else {{ month_status(
                'air_temperature_c_hours', '0', '(air_hours_reported - air_temperature_c_hours)',
                'air_hours_expected', 'temperature_share_asked'
            ) }}
        end as air_temperature_c__st,
        case
            when not has_air then 8
            else {{ month_status(
                'air_humidity_pct_hours', '0', '(air_hours_reported - air_humidity_pct_hours)',
                'air_hours_expected', 'humidity_share_asked'
            ) }}
        end as air_humidity_pct__st,
        case
            when not has_air then 8
            else {{ month_status(
                'air_pressure_hpa_hours', '0', '(air_hours_reported - air_pressure_hpa_hours)',
                'air_hours_expected', 'pressure_share_asked'
            ) }}
        end as air_pressure_hpa__st
    from due

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(month as date) as month,
        cast({{ month_index('month') }} as bigint) as month_index,
        cast(hours_observed as bigint) as hours_observed,
        cast(device_hours_reported as bigint) as device_hours_reported,
        cast(case when speed_kmh__st = 0 then speed_kmh end as double) as speed_kmh,
        cast(speed_kmh__st as bigint) as speed_kmh__st,
        cast(speed_kmh_hours / slots_expected as double) as speed_kmh_coverage_share,
        cast(case when pm25_ugm3__st = 0 then pm25_ugm3 end as double) as pm25_ugm3,
        cast(pm25_ugm3__st as bigint) as pm25_ugm3__st,
        cast(pm25_ugm3_hours / slots_expected as double) as pm25_ugm3_coverage_share,
        cast(air_hours_observed as bigint) as air_hours_observed,
        cast(air_hours_reported as bigint) as air_hours_reported,
        cast(case when air_pm25_us_post_ugm3__st = 0 then air_pm25_us_post_ugm3 end as double) as air_pm25_us_post_ugm3,
        cast(air_pm25_us_post_ugm3__st as bigint) as air_pm25_us_post_ugm3__st,
        cast(air_pm25_us_post_ugm3_hours / air_hours_expected as double) as air_pm25_us_post_ugm3_coverage_share,
        cast(case when air_pm25_station_ugm3__st = 0 then air_pm25_station_ugm3 end as double) as air_pm25_station_ugm3,
        cast(air_pm25_station_ugm3__st as bigint) as air_pm25_station_ugm3__st,
        cast(air_pm25_station_ugm3_hours / air_hours_expected as double) as air_pm25_station_ugm3_coverage_share,
        cast(case when air_temperature_c__st = 0 then air_temperature_c end as double) as air_temperature_c,
        cast(air_temperature_c__st as bigint) as air_temperature_c__st,
        cast(air_temperature_c_hours / air_hours_expected as double) as air_temperature_c_coverage_share,
        cast(case when air_humidity_pct__st = 0 then air_humidity_pct end as double) as air_humidity_pct,
        cast(air_humidity_pct__st as bigint) as air_humidity_pct__st,
        cast(air_humidity_pct_hours / air_hours_expected as double) as air_humidity_pct_coverage_share,
        cast(case when air_pressure_hpa__st = 0 then air_pressure_hpa end as double) as air_pressure_hpa,
        cast(air_pressure_hpa__st as bigint) as air_pressure_hpa__st,
        cast(air_pressure_hpa_hours / air_hours_expected as double) as air_pressure_hpa_coverage_share,
        cast(is_simulated as boolean) as is_simulated
    from reasoned

)

select * from final
