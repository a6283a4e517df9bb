-- Both stations stand in Shenzhen, says the contract; the files themselves name no zone.
with hours as (

    select
        'shenzhen' as zone_id,
        *
    from {{ source('lake', 'weather_hour') }}

),

zones as (

    select
        zone_id,
        timezone
    from {{ ref('zones') }}

),

final as (

    select
        hours.zone_id,
        hours.station_id,
        hours.observed_at,
        {{ local_time('hours.observed_at', 'zones.timezone') }} as observed_at_local,
        hours.temperature_c,
        hours.humidity_pct,
        hours.pressure_station_mmhg,
        hours.visibility_km,
        hours.visibility_km__st,
        hours._ingested_at as taken_in_at
    from hours
    left join zones on hours.zone_id = zones.zone_id

)

select * from final
