with grids as (

    select * from {{ source('lake', 'charging_grid') }}

),

final as (

    select
        'shenzhen' as zone_id,
        cell_id,
        traffic_zone_id,
        pile_count,
        fast_pile_count,
        slow_pile_count,
        area_km2,
        longitude_deg,
        latitude_deg,
        is_business_district,
        has_dynamic_pricing
    from grids

)

select * from final
