{{ config(materialized='incremental', incremental_strategy='append') }} -- months that stay are kept (README)

-- One row per zone and local month from the air and weather records. The station value of an hour is the mean of the
-- stations that measured in it, so that a station joining or leaving does not re-weight the month.
with hours as (

    select * from {{ ref('stg_air_weather__hours') }}

),

stations as (

    select
        zone_id,
        observed_at,
        pm25_dongsi_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_dongsihuan_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_nongzhanguan_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_jingan_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_xuhui_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_caotangsi_ugm3 as pm25_ugm3
    from hours
    union all
    select
        zone_id,
        observed_at,
        pm25_shahepu_ugm3 as pm25_ugm3
    from hours

),

station_hours as (

    select
        zone_id,
        observed_at,
        {{ stable_mean('pm25_ugm3') }} as pm25_station_ugm3
    from stations
    where pm25_ugm3 is not null
    group by zone_id, observed_at

),

joined as (

    select
        hours.*,
        station_hours.pm25_station_ugm3,
        coalesce(
            hours.pm25_us_post_ugm3,
            station_hours.pm25_station_ugm3,
            hours.temperature_c,
            hours.humidity_pct,
            hours.pressure_hpa
        ) is not null as is_observed
    from hours
    left join station_hours
        on
            hours.zone_id = station_hours.zone_id
            and hours.observed_at = station_hours.observed_at

),

final as (

    select
        zone_id,
        month,
        count(*) as air_hours_reported,
        count(case when is_observed then 1 end) as air_hours_observed,
        count(pm25_us_post_ugm3) as air_pm25_us_post_ugm3_hours,
        {{ stable_mean('pm25_us_post_ugm3') }} as air_pm25_us_post_ugm3,
        count(pm25_station_ugm3) as air_pm25_station_ugm3_hours,
        {{ stable_mean('pm25_station_ugm3') }} as air_pm25_station_ugm3,
        count(temperature_c) as air_temperature_c_hours,
        {{ stable_mean('temperature_c') }} as air_temperature_c,
        count(humidity_pct) as air_humidity_pct_hours,
        {{ stable_mean('humidity_pct') }} as air_humidity_pct,
        count(pressure_hpa) as air_pressure_hpa_hours,
        {{ stable_mean('pressure_hpa') }} as air_pressure_hpa
    from joined
    group by zone_id, month

)

select * from final
