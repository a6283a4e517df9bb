with hours as (

    select * from {{ source('lake', 'air_weather_hour') }}

),

zones as (

    select
        zone_id,
        timezone
    from {{ ref('zones') }}

),

localised as (

    select
        hours.zone_id,
        hours.observed_at,
        {{ local_time('hours.observed_at', 'zones.timezone') }} as observed_at_local,
        hours.pm25_us_post_ugm3,
        hours.pm25_dongsi_ugm3,
        hours.pm25_dongsihuan_ugm3,
        hours.pm25_nongzhanguan_ugm3,
        hours.pm25_jingan_ugm3,
        hours.pm25_xuhui_ugm3,
        hours.pm25_caotangsi_ugm3,
        hours.pm25_shahepu_ugm3,
        hours.temperature_c,
        hours.humidity_pct,
        hours.pressure_hpa,
        hours.dew_point_c,
        hours.precipitation_mm,
        hours._ingested_at as taken_in_at
    from hours
    left join zones on hours.zone_id = zones.zone_id

),

final as (

    select
        *,
        cast(date_trunc('month', observed_at_local) as date) as month
    from localised

)

select * from final
