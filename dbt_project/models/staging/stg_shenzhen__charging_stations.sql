with stations as (

    select * from {{ source('lake', 'charging_station') }}

),

final as (

    select
        'shenzhen' as zone_id,
        station_id,
        longitude_deg,
        latitude_deg,
        pile_count,
        traffic_zone_id,
        zone_area_m2
    from stations

)

select * from final
