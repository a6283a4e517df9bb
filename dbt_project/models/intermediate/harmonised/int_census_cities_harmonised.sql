-- Made from data/concordance/census_cities.yml by `python -m data.concordance.write`; change that file.
with city_2010 as (

    select * from {{ ref('stg_census__cities') }}

),

city_2020 as (

    select * from {{ ref('stg_census__cities') }}

),

city_2010_harmonised as (

    select
        cast('city_2010' as string) as instance,
        city_code,
        cast(2010 as bigint) as year,
        city_name,
        cast(popu_2010 as double) as population_census,
        cast(case when popu_2010 is null then 9 else 0 end as bigint) as population_census__st,
        cast('approximate' as string) as population_census__cmp,
        cast(popu_urban_2010 as double) as population_census_urban,
        cast(case when popu_urban_2010 is null then 9 else 0 end as bigint) as population_census_urban__st,
        cast('approximate' as string) as population_census_urban__cmp,
        cast(popu_rural_2010 as double) as population_census_rural,
        cast(case when popu_rural_2010 is null then 9 else 0 end as bigint) as population_census_rural__st,
        cast('approximate' as string) as population_census_rural__cmp,
        cast(household_2010 as double) as household_size_census,
        cast(case when household_2010 is null then 9 else 0 end as bigint) as household_size_census__st,
        cast('approximate' as string) as household_size_census__cmp,
        cast(age_60_2010 as double) as age_60_plus_pct,
        cast(case when age_60_2010 is null then 9 else 0 end as bigint) as age_60_plus_pct__st,
        cast('approximate' as string) as age_60_plus_pct__cmp,
        cast(age_65_2010 as double) as age_65_plus_pct,
        cast(case when age_65_2010 is null then 9 else 0 end as bigint) as age_65_plus_pct__st,
        cast('approximate' as string) as age_65_plus_pct__cmp
    from city_2010

),

city_2020_harmonised as (

    select
        cast('city_2020' as string) as instance,
        city_code,
        cast(2020 as bigint) as year,
        city_name,
        cast(popu_2020 as double) as population_census,
        cast(case when popu_2020 is null then 9 else 0 end as bigint) as population_census__st,
        cast('identical' as string) as population_census__cmp,
        cast(popu_urban_2020 as double) as population_census_urban,
        cast(case when popu_urban_2020 is null then 9 else 0 end as bigint) as population_census_urban__st,
        cast('identical' as string) as population_census_urban__cmp,
        cast(popu_rural_2020 as double) as population_census_rural,
        cast(case when popu_rural_2020 is null then 9 else 0 end as bigint) as population_census_rural__st,
        cast('identical' as string) as population_census_rural__cmp,
        cast(household_2020 as double) as household_size_census,
        cast(case when household_2020 is null then 9 else 0 end as bigint) as household_size_census__st,
        cast('identical' as string) as household_size_census__cmp,
        cast(age_60_2020 as double) as age_60_plus_pct,
        cast(case when age_60_2020 is null then 9 else 0 end as bigint) as age_60_plus_pct__st,
        cast('identical' as string) as age_60_plus_pct__cmp,
        cast(age_65_2020 as double) as age_65_plus_pct,
        cast(case when age_65_2020 is null then 9 else 0 end as bigint) as age_65_plus_pct__st,
        cast('identical' as string) as age_65_plus_pct__cmp
    from city_2020

),

final as (

    select * from city_2010_harmonised
    union all
    select * from city_2020_harmonised

)

select * from final
