with moments as (

    select
        'shenzhen' as zone_id,
        *
    from {{ source('lake', 'charging_moment') }}

),

zones as (

    select
        zone_id,
        timezone
    from {{ ref('zones') }}

),

final as (

    select
        moments.zone_id,
        moments.observed_at,
        {{ local_time('moments.observed_at', 'zones.timezone') }} as observed_at_local,
        moments._ingested_at as taken_in_at
    from moments
    left join zones on moments.zone_id = zones.zone_id

)

select * from final
