-- Made from data/concordance/city_populations.yml by `python -m data.concordance.write`; change that file.
with yearbook as (

    select * from {{ ref('stg_city__populations') }}

),

supplement as (

    select * from {{ ref('stg_city__supplements') }}

),

yearbook_harmonised as (

    select
        cast('yearbook' as string) as instance,
        city_name,
        cast(year as bigint) as year,
        city_code,
        case
            when year between 1986 and 2013 then cast(population_10k as double)
            when year between 2014 and 2019 then cast(population_10k as double)
        end as population_10k,
        case
            when year between 1986 and 2013 then cast(case when population_10k is null then 9 else 0 end as bigint)
            when year between 2014 and 2019 then cast(case when population_10k is null then 9 else 0 end as bigint)
        end as population_10k__st,
        case
            when year between 1986 and 2013 then cast('not_comparable' as string)
            when year between 2014 and 2019 then cast('identical' as string)
        end as population_10k__cmp,
        cast(null as double) as population_supplement_10k,
        cast(5 as bigint) as population_supplement_10k__st,
        cast('not_available' as string) as population_supplement_10k__cmp
    from yearbook

),

supplement_harmonised as (

    select
        cast('supplement' as string) as instance,
        city_name,
        cast(year as bigint) as year,
        city_code,
        cast(null as double) as population_10k,
        cast(5 as bigint) as population_10k__st,
        cast('not_available' as string) as population_10k__cmp,
        case
            when year between 1988 and 2019 then cast(population_10k as double)
            when year between 2020 and 2023 then cast(population_10k as double)
        end as population_supplement_10k,
        case
            when year between 1988 and 2019 then cast(case when population_10k is null then 9 else 0 end as bigint)
            when year between 2020 and 2023 then cast(case when population_10k is null then 9 else 0 end as bigint)
        end as population_supplement_10k__st,
        case
            when year between 1988 and 2019 then cast('approximate' as string)
            when year between 2020 and 2023 then cast('not_comparable' as string)
        end as population_supplement_10k__cmp
    from supplement

),

final as (

    select * from yearbook_harmonised
    union all
    select * from supplement_harmonised

)

select * from final
