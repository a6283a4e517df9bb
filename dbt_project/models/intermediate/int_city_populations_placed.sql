-- One row per city and year of the two compilations, under the city that name and code mean. Where several rows of one
-- compilation mean one city in one year and differ, no value stands (status 4): which is right nobody has said.
with populations as (

    select * from {{ ref('int_city_populations_harmonised') }}

),

cities as (

    select * from {{ ref('int_cities_resolved') }}

),

placed as (

    select
        cities.city_id,
        populations.*
    from populations
    inner join cities
        on
            populations.city_name = cities.city_name
            and coalesce(populations.city_code, '') = coalesce(cities.stated_code, '')

),

final as (

    select
        city_id,
        year,
        count(case when instance = 'yearbook' then 1 end) as yearbook_rows,
        count(case when instance = 'supplement' then 1 end) as supplement_rows,
        {{ sole_value('population_10k') }} as population_10k,
        {{ sole_status('population_10k', "instance = 'yearbook'") }} as population_10k__st,
        max(case when instance = 'yearbook' then population_10k__cmp end) as population_10k__cmp,
        {{ sole_value('population_supplement_10k') }} as population_supplement_10k,
        {{ sole_status('population_supplement_10k', "instance = 'supplement'") }} as population_supplement_10k__st,
        max(case when instance = 'supplement' then population_supplement_10k__cmp end)
            as population_supplement_10k__cmp
    from placed
    group by city_id, year

)

select * from final
