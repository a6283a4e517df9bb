with populations as (

    select * from {{ ref('int_city_populations_placed') }}

),

censuses as (

    select * from {{ ref('int_city_censuses_placed') }}

),

accounts as (

    select * from {{ ref('int_city_accounts_deflated') }}

),

zones as (

    select
        zone_id,
        adcode
    from {{ ref('zones') }}

),

units as (

    select
        city_id,
        max(city_code) as city_code,
        max(official_name) as official_name,
        max(ended_year) as ended_year,
        max(successor_code) as successor_code
    from {{ ref('int_cities_resolved') }}
    group by city_id

),

keys as (

    select
        city_id,
        year
    from populations
    union
    select
        city_id,
        year
    from censuses
    union
    select
        city_id,
        year
    from accounts

),

joined as (

    select
        keys.city_id,
        keys.year,
        units.city_code,
        units.official_name as city_name,
        substr(units.city_code, 1, 2) || '0000' as province_code,
        zones.zone_id,
        coalesce(keys.year < units.ended_year, true) as is_listed,
        case when keys.year >= units.ended_year then units.successor_code end as successor_code,
        populations.population_10k,
        coalesce(populations.population_10k__st, 15) as population_10k__st,
        coalesce(populations.population_10k__cmp, 'not_available') as population_10k__cmp,
        populations.population_supplement_10k,
        coalesce(populations.population_supplement_10k__st, 15) as population_supplement_10k__st,
        coalesce(populations.population_supplement_10k__cmp, 'not_available') as population_supplement_10k__cmp,
        censuses.population_census,
        coalesce(censuses.population_census__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as population_census__st,
        coalesce(censuses.population_census__cmp, 'not_available') as population_census__cmp,
        censuses.population_census_urban,
        coalesce(censuses.population_census_urban__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as population_census_urban__st,
        coalesce(censuses.population_census_urban__cmp, 'not_available') as population_census_urban__cmp,
        censuses.population_census_rural,
        coalesce(censuses.population_census_rural__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as population_census_rural__st,
        coalesce(censuses.population_census_rural__cmp, 'not_available') as population_census_rural__cmp,
        censuses.household_size_census,
        coalesce(censuses.household_size_census__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as household_size_census__st,
        coalesce(censuses.household_size_census__cmp, 'not_available') as household_size_census__cmp,
        censuses.age_60_plus_pct,
        coalesce(censuses.age_60_plus_pct__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as age_60_plus_pct__st,
        coalesce(censuses.age_60_plus_pct__cmp, 'not_available') as age_60_plus_pct__cmp,
        censuses.age_65_plus_pct,
        coalesce(censuses.age_65_plus_pct__st, case when keys.year in (2010, 2020) then 15 else 10 end)
            as age_65_plus_pct__st,
        coalesce(censuses.age_65_plus_pct__cmp, 'not_available') as age_65_plus_pct__cmp,
        accounts.gdp_10k_rmb,
        case when accounts.city_id is null then 15 when accounts.gdp_10k_rmb is null then 9 else 0 end
            as gdp_10k_rmb__st,
        accounts.ai_core_output_10k_rmb,
        case when accounts.city_id is null then 15 when accounts.ai_core_output_10k_rmb is null then 9 else 0 end
            as ai_core_output_10k_rmb__st,
        accounts.ai_related_output_10k_rmb,
        case when accounts.city_id is null then 15 when accounts.ai_related_output_10k_rmb is null then 9 else 0 end
            as ai_related_output_10k_rmb__st,
        accounts.ai_catalogue,
        accounts.price_year,
        accounts.gdp_real_10k_rmb,
        case when accounts.city_id is null then 15 when accounts.gdp_real_10k_rmb is null then 9 else 0 end
            as gdp_real_10k_rmb__st,
        accounts.ai_core_output_real_10k_rmb,
        case when accounts.city_id is null then 15 when accounts.ai_core_output_real_10k_rmb is null then 9 else 0 end
            as ai_core_output_real_10k_rmb__st,
        accounts.gdp_10k_usd,
        case when accounts.city_id is null then 15 when accounts.gdp_10k_usd is null then 9 else 0 end
            as gdp_10k_usd__st,
        coalesce(populations.yearbook_rows, 0) as yearbook_rows,
        coalesce(populations.supplement_rows, 0) as supplement_rows,
        coalesce(censuses.census_rows, 0) as census_rows,
        coalesce(accounts.account_rows, 0) as account_rows
    from keys
    inner join units on keys.city_id = units.city_id
    left join zones on units.city_code = zones.adcode
    left join populations
        on
            keys.city_id = populations.city_id
            and keys.year = populations.year
    left join censuses
        on
            keys.city_id = censuses.city_id
            and keys.year = censuses.year
    left join accounts
        on
            keys.city_id = accounts.city_id
            and keys.year = accounts.year

),

final as (

    select
        cast(city_id as string) as city_id,
        cast(year as bigint) as year,
        cast(city_code as string) as city_code,
        cast(city_name as string) as city_name,
        cast(province_code as string) as province_code,
        cast(zone_id as string) as zone_id,
        cast(is_listed as boolean) as is_listed,
        cast(successor_code as string) as successor_code,
        cast(population_10k as double) as population_10k,
        cast(population_10k__st as bigint) as population_10k__st,
        cast(population_10k__cmp as string) as population_10k__cmp,
        cast(population_supplement_10k as double) as population_supplement_10k,
        cast(population_supplement_10k__st as bigint) as population_supplement_10k__st,
        cast(population_supplement_10k__cmp as string) as population_supplement_10k__cmp,
        cast(population_census as double) as population_census,
        cast(population_census__st as bigint) as population_census__st,
        cast(population_census__cmp as string) as population_census__cmp,
        cast(population_census_urban as double) as population_census_urban,
        cast(population_census_urban__st as bigint) as population_census_urban__st,
        cast(population_census_urban__cmp as string) as population_census_urban__cmp,
        cast(population_census_rural as double) as population_census_rural,
        cast(population_census_rural__st as bigint) as population_census_rural__st,
        cast(population_census_rural__cmp as string) as population_census_rural__cmp,
        cast(household_size_census as double) as household_size_census,
        cast(household_size_census__st as bigint) as household_size_census__st,
        cast(household_size_census__cmp as string) as household_size_census__cmp,
        cast(age_60_plus_pct as double) as age_60_plus_pct,
        cast(age_60_plus_pct__st as bigint) as age_60_plus_pct__st,
        cast(age_60_plus_pct__cmp as string) as age_60_plus_pct__cmp,
        cast(age_65_plus_pct as double) as age_65_plus_pct,
        cast(age_65_plus_pct__st as bigint) as age_65_plus_pct__st,
        cast(age_65_plus_pct__cmp as string) as age_65_plus_pct__cmp,
        cast(gdp_10k_rmb as double) as gdp_10k_rmb,
        cast(gdp_10k_rmb__st as bigint) as gdp_10k_rmb__st,
        cast(ai_core_output_10k_rmb as double) as ai_core_output_10k_rmb,
        cast(ai_core_output_10k_rmb__st as bigint) as ai_core_output_10k_rmb__st,
        cast(ai_related_output_10k_rmb as double) as ai_related_output_10k_rmb,
        cast(ai_related_output_10k_rmb__st as bigint) as ai_related_output_10k_rmb__st,
        cast(ai_catalogue as string) as ai_catalogue,
        cast(price_year as bigint) as price_year,
        cast(gdp_real_10k_rmb as double) as gdp_real_10k_rmb,
        cast(gdp_real_10k_rmb__st as bigint) as gdp_real_10k_rmb__st,
        cast(ai_core_output_real_10k_rmb as double) as ai_core_output_real_10k_rmb,
        cast(ai_core_output_real_10k_rmb__st as bigint) as ai_core_output_real_10k_rmb__st,
        cast(gdp_10k_usd as double) as gdp_10k_usd,
        cast(gdp_10k_usd__st as bigint) as gdp_10k_usd__st,
        cast(yearbook_rows as bigint) as yearbook_rows,
        cast(supplement_rows as bigint) as supplement_rows,
        cast(census_rows as bigint) as census_rows,
        cast(account_rows as bigint) as account_rows
    from joined

)

select * from final
