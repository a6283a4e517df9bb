with stations as (

    select * from {{ ref('stg_shenzhen__charging_stations') }}

),

sites as (

    select * from {{ ref('stg_shenzhen__charging_sites') }}

),

grids as (

    select * from {{ ref('stg_shenzhen__charging_grids') }}

),

places as (

    select
        'charging_station' as source_table,
        zone_id,
        station_id as place_id,
        traffic_zone_id,
        pile_count,
        cast(null as bigint) as fast_pile_count,
        cast(null as bigint) as slow_pile_count,
        longitude_deg,
        latitude_deg,
        cast(null as double) as area_km2,
        cast(null as boolean) as is_business_district,
        cast(null as boolean) as has_dynamic_pricing
    from stations
    union all
    select
        'charging_site' as source_table,
        zone_id,
        station_id as place_id,
        cast(null as string) as traffic_zone_id,
        pile_count,
        fast_pile_count,
        slow_pile_count,
        longitude_deg,
        latitude_deg,
        cast(null as double) as area_km2,
        cast(null as boolean) as is_business_district,
        cast(null as boolean) as has_dynamic_pricing
    from sites
    union all
    select
        'charging_grid' as source_table,
        zone_id,
        cell_id as place_id,
        traffic_zone_id,
        pile_count,
        fast_pile_count,
        slow_pile_count,
        longitude_deg,
        latitude_deg,
        area_km2,
        is_business_district,
        has_dynamic_pricing
    from grids

),

final as (

    select
        cast(source_table as string) as source_table,
        cast(zone_id as string) as zone_id,
        cast(place_id as string) as place_id,
        cast(traffic_zone_id as string) as traffic_zone_id,
        cast(pile_count as bigint) as pile_count,
        cast(fast_pile_count as bigint) as fast_pile_count,
        cast(slow_pile_count as bigint) as slow_pile_count,
        cast(longitude_deg as double) as longitude_deg,
        cast(latitude_deg as double) as latitude_deg,
        cast(area_km2 as double) as area_km2,
        cast(is_business_district as boolean) as is_business_district,
        cast(has_dynamic_pricing as boolean) as has_dynamic_pricing
    from places

)

select * from final
