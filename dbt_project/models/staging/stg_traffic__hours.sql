with hours as (

    select * from {{ source('lake', 'traffic_hour') }}

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
        hours.district_id,
        hours.device_id,
        hours.observed_at,
        {{ local_time('hours.observed_at', 'zones.timezone') }} as observed_at_local,
        hours.speed_kmh,
        coalesce(hours.speed_kmh__st, case when hours.speed_kmh is null then 9 else 0 end) as speed_kmh__st,
        hours.pm25_ugm3,
        coalesce(hours.pm25_ugm3__st, case when hours.pm25_ugm3 is null then 9 else 0 end) as pm25_ugm3__st,
        hours._ingested_at as taken_in_at,
        coalesce(hours.is_simulated, false) as is_simulated
    from hours
    left join zones on hours.zone_id = zones.zone_id

),

final as (

    select
        *,
        cast(observed_at_local as date) as observed_date_local,
        cast(date_trunc('month', observed_at_local) as date) as month
    from localised

)

select * from final
