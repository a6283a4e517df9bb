-- Both censuses, harmonised (data/concordance/census_counties.yml), each area with its level.
with counties as (

    select * from {{ ref('int_census_counties_harmonised') }}

),

final as (

    select
        region_code,
        census_year,
        population_total,
        population_male,
        population_female,
        population_urban,
        population_rural,
        household_count,
        household_size,
        case
            when substr(region_code, 3, 4) = '0000' then 'province'
            when substr(region_code, 5, 2) = '00' then 'prefecture'
            else 'county'
        end as region_level
    from counties

)

select * from final
