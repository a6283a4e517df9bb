with tiers as (

    select * from {{ source('lake', 'city_tier') }}

),

final as (

    select
        trim(city_name) as city_name,
        tier_code
    from tiers

)

select * from final
