-- City accounts under the city they are of, at the prices of their year and at those of the deflator's base year, and
-- in US dollars. The deflator of the city's own province goes before the nation's; without one there is no real value,
-- never the nominal one.
with accounts as (

    select * from {{ ref('stg_city__accounts') }}

),

cities as (

    select * from {{ ref('int_cities_resolved') }}

),

series as (

    select * from {{ ref('stg_price__series') }}

),

placed as (

    select
        cities.city_id,
        accounts.*
    from accounts
    inner join cities
        on
            accounts.city_name = cities.city_name
            and accounts.city_code = cities.stated_code

),

summed as (

    select
        city_id,
        year,
        count(*) as account_rows,
        {{ sole_value('gdp_10k_rmb') }} as gdp_10k_rmb,
        {{ sole_value('ai_core_output_10k_rmb') }} as ai_core_output_10k_rmb,
        {{ sole_value('ai_related_output_10k_rmb') }} as ai_related_output_10k_rmb,
        {{ sole_value('ai_catalogue') }} as ai_catalogue
    from placed
    group by city_id, year

),

final as (

    select
        summed.city_id,
        summed.year,
        summed.account_rows,
        summed.gdp_10k_rmb,
        summed.ai_core_output_10k_rmb,
        summed.ai_related_output_10k_rmb,
        summed.ai_catalogue,
        coalesce(own.base_year, nation.base_year) as price_year,
        summed.gdp_10k_rmb * 100 / coalesce(own.series_value, nation.series_value) as gdp_real_10k_rmb,
        summed.ai_core_output_10k_rmb * 100 / coalesce(own.series_value, nation.series_value)
            as ai_core_output_real_10k_rmb,
        summed.gdp_10k_rmb / dollar.series_value as gdp_10k_usd
    from summed
    left join series as own
        on
            own.series_id = 'gdp_deflator'
            and own.area_code = substr(summed.city_id, 1, 2) || '0000'
            and summed.year = own.year
    left join series as nation
        on
            nation.series_id = 'gdp_deflator'
            and nation.area_code = '100000'
            and summed.year = nation.year
    left join series as dollar
        on
            dollar.series_id = 'rmb_per_usd'
            and dollar.area_code = '100000'
            and summed.year = dollar.year

)

select * from final
