with counties as (

    select * from {{ source('lake', 'census_county_2010') }}

),

final as (

    select
        region_code,
        trim(region_name) as region_name,
        population_total,
        population_male,
        population_female,
        population_registered,
        population_urban,
        population_rural,
        household_count,
        household_size,
        2010 as census_year
    from counties

)

select * from final
