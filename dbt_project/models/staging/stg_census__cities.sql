with cities as (

    select * from {{ source('lake', 'census_city') }}

),

final as (

    select
        city_code,
        trim(city_name) as city_name,
        popu_2010,
        popu_2020,
        popu_urban_2010,
        popu_urban_2020,
        popu_rural_2010,
        popu_rural_2020,
        household_2010,
        household_2020,
        age_60_2010,
        age_60_2020,
        age_65_2010,
        age_65_2020
    from cities

)

select * from final
