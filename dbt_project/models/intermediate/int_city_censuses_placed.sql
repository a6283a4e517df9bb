-- One row per city and census year, under the city that name and code mean.
with censuses as (

    select * from {{ ref('int_census_cities_harmonised') }}

),

cities as (

    select * from {{ ref('int_cities_resolved') }}

),

placed as (

    select
        cities.city_id,
        censuses.*
    from censuses
    inner join cities
        on
            censuses.city_name = cities.city_name
            and censuses.city_code = cities.stated_code

),

final as (

    select
        city_id,
        year,
        count(*) as census_rows,
        {{ sole_value('population_census') }} as population_census,
        {{ sole_status('population_census', 'true') }} as population_census__st,
        max(population_census__cmp) as population_census__cmp,
        {{ sole_value('population_census_urban') }} as population_census_urban,
        {{ sole_status('population_census_urban', 'true') }} as population_census_urban__st,
        max(population_census_urban__cmp) as population_census_urban__cmp,
        {{ sole_value('population_census_rural') }} as population_census_rural,
        {{ sole_status('population_census_rural', 'true') }} as population_census_rural__st,
        max(population_census_rural__cmp) as population_census_rural__cmp,
        {{ sole_value('household_size_census') }} as household_size_census,
        {{ sole_status('household_size_census', 'true') }} as household_size_census__st,
        max(household_size_census__cmp) as household_size_census__cmp,
        {{ sole_value('age_60_plus_pct') }} as age_60_plus_pct,
        {{ sole_status('age_60_plus_pct', 'true') }} as age_60_plus_pct__st,
        max(age_60_plus_pct__cmp) as age_60_plus_pct__cmp,
        {{ sole_value('age_65_plus_pct') }} as age_65_plus_pct,
        {{ sole_status('age_65_plus_pct', 'true') }} as age_65_plus_pct__st,
        max(age_65_plus_pct__cmp) as age_65_plus_pct__cmp
    from placed
    group by city_id, year

)

select * from final
