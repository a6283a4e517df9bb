-- Both censuses under one set of columns, each area with its level.
with counties as (

    select
        region_code,
        census_year,
        population_total,
        population_male,
        population_female,
        population_urban,
        population_rural,
        household_count,
        household_size
    from {{ ref('stg_census__counties_2010') }}
    union all
    select
        region_code,
        census_year,
        population_total,
        population_male,
        population_female,
        population_urban,
        population_rural,
        household_count,
        household_size
    from {{ ref('stg_census__counties_2020') }}

),

final as (

    select
        *,
        case
            when substr(region_code, 3, 4) = '0000' then 'province'
            when substr(region_code, 5, 2) = '00' then 'prefecture'
            else 'county'
        end as region_level
    from counties

)

select * from final
