-- Made from data/concordance/census_counties.yml by `python -m data.concordance.write`; change that file.
with county_2010 as (

    select * from {{ ref('stg_census__counties_2010') }}

),

county_2020 as (

    select * from {{ ref('stg_census__counties_2020') }}

),

county_2010_harmonised as (

    select
        cast('county_2010' as string) as instance,
        region_code,
        cast(2010 as bigint) as census_year,
        cast(population_total as bigint) as population_total,
        cast(case when population_total is null then 9 else 0 end as bigint) as population_total__st,
        cast('identical' as string) as population_total__cmp,
        cast(population_male as bigint) as population_male,
        cast(case when population_male is null then 9 else 0 end as bigint) as population_male__st,
        cast('identical' as string) as population_male__cmp,
        cast(population_female as bigint) as population_female,
        cast(case when population_female is null then 9 else 0 end as bigint) as population_female__st,
        cast('identical' as string) as population_female__cmp,
        cast(population_urban as bigint) as population_urban,
        cast(case when population_urban is null then 9 else 0 end as bigint) as population_urban__st,
        cast('identical' as string) as population_urban__cmp,
        cast(population_rural as bigint) as population_rural,
        cast(case when population_rural is null then 9 else 0 end as bigint) as population_rural__st,
        cast('identical' as string) as population_rural__cmp,
        cast(population_registered as bigint) as population_registered,
        cast(case when population_registered is null then 9 else 0 end as bigint) as population_registered__st,
        cast('identical' as string) as population_registered__cmp,
        cast(household_count as bigint) as household_count,
        cast(case when household_count is null then 9 else 0 end as bigint) as household_count__st,
        cast('identical' as string) as household_count__cmp,
        cast(household_size as double) as household_size,
        cast(case when household_size is null then 9 else 0 end as bigint) as household_size__st,
        cast('identical' as string) as household_size__cmp
    from county_2010

),

county_2020_harmonised as (

    select
        cast('county_2020' as string) as instance,
        region_code,
        cast(2020 as bigint) as census_year,
        cast(population_total as bigint) as population_total,
        cast(case when population_total is null then 9 else 0 end as bigint) as population_total__st,
        cast('identical' as string) as population_total__cmp,
        cast(population_male as bigint) as population_male,
        cast(case when population_male is null then 9 else 0 end as bigint) as population_male__st,
        cast('identical' as string) as population_male__cmp,
        cast(population_female as bigint) as population_female,
        cast(case when population_female is null then 9 else 0 end as bigint) as population_female__st,
        cast('identical' as string) as population_female__cmp,
        cast(population_urban as bigint) as population_urban,
        cast(case when population_urban is null then 9 else 0 end as bigint) as population_urban__st,
        cast('identical' as string) as population_urban__cmp,
        cast(population_rural as bigint) as population_rural,
        cast(case when population_rural is null then 9 else 0 end as bigint) as population_rural__st,
        cast('identical' as string) as population_rural__cmp,
        cast(null as bigint) as population_registered,
        cast(5 as bigint) as population_registered__st,
        cast('not_available' as string) as population_registered__cmp,
        cast(household_count as bigint) as household_count,
        cast(case when household_count is null then 9 else 0 end as bigint) as household_count__st,
        cast('identical' as string) as household_count__cmp,
        cast(household_size as double) as household_size,
        cast(case when household_size is null then 9 else 0 end as bigint) as household_size__st,
        cast('identical' as string) as household_size__cmp
    from county_2020

),

final as (

    select * from county_2010_harmonised
    union all
    select * from county_2020_harmonised

)

select * from final
