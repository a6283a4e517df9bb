with sites as (

    select * from {{ source('lake', 'charging_site') }}

),

final as (

    select
        'shenzhen' as zone_id,
        station_id,
        longitude_deg,
        latitude_deg,
        fast_pile_count,
        slow_pile_count,
        pile_count
    from sites

)

select * from final
