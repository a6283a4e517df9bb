with cities as (

    select * from {{ ref('int_cities_resolved') }}

),

economies as (

    select * from {{ ref('stg_city__economies') }}

),

tiers as (

    select * from {{ ref('stg_city__tiers') }}

),

divisions as (

    select distinct division_code from {{ ref('stg_admin__divisions') }}

),

lists as (

    select count(*) as listed from divisions

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
        max(official_name) as city_name,
        max(ended_year) as ended_year,
        max(successor_code) as successor_code,
        count(*) as written_as,
        max(
            case resolution
                when 'contradiction' then 7
                when 'none' then 6
                when 'code_over_name' then 5
                when 'code_unlisted' then 4
                when 'name_over_code' then 3
                when 'name' then 2
                else 1
            end
        ) as weakest
    from cities
    group by city_id

),

economy as (

    select
        cities.city_id,
        count(*) as economy_rows,
        {{ sole_value('economies.gdp_10k_rmb') }} as gdp_undated_10k_rmb,
        {{ sole_value('economies.fiscal_10k_rmb') }} as fiscal_undated_10k_rmb,
        {{ sole_value('economies.employment_persons') }} as employment_undated_persons,
        {{ sole_value('economies.light_sum') }} as night_light_sum
    from economies
    inner join cities
        on
            economies.city_name = cities.city_name
            and cities.stated_code is null
    group by cities.city_id

),

tier as (

    select
        cities.city_id,
        count(*) as tier_rows,
        {{ sole_value('tiers.tier_code') }} as tier_code
    from tiers
    inner join cities
        on
            tiers.city_name = cities.city_name
            and cities.stated_code is null
    group by cities.city_id

),

joined as (

    select
        units.city_id,
        units.city_code,
        units.city_name,
        substr(units.city_code, 1, 2) || '0000' as province_code,
        zones.zone_id,
        units.written_as,
        case units.weakest
            when 7 then 'contradiction'
            when 6 then 'none'
            when 5 then 'code_over_name'
            when 4 then 'code_unlisted'
            when 3 then 'name_over_code'
            when 2 then 'name'
            else 'code'
        end as resolution,
        units.ended_year,
        units.successor_code,
        case when lists.listed > 0 then divisions.division_code is not null end as is_in_division_list,
        tier.tier_code,
        economy.gdp_undated_10k_rmb,
        economy.fiscal_undated_10k_rmb,
        economy.employment_undated_persons,
        economy.night_light_sum,
        coalesce(economy.economy_rows, 0) as economy_rows,
        coalesce(tier.tier_rows, 0) as tier_rows
    from units
    cross join lists
    left join zones on units.city_code = zones.adcode
    left join divisions on units.city_code = divisions.division_code
    left join economy on units.city_id = economy.city_id
    left join tier on units.city_id = tier.city_id

),

final as (

    select
        cast(city_id as string) as city_id,
        cast(city_code as string) as city_code,
        cast(city_name as string) as city_name,
        cast(province_code as string) as province_code,
        cast(zone_id as string) as zone_id,
        cast(written_as as bigint) as written_as,
        cast(resolution as string) as resolution,
        cast(ended_year as bigint) as ended_year,
        cast(successor_code as string) as successor_code,
        cast(is_in_division_list as boolean) as is_in_division_list,
        cast(tier_code as string) as tier_code,
        cast(gdp_undated_10k_rmb as double) as gdp_undated_10k_rmb,
        cast(fiscal_undated_10k_rmb as double) as fiscal_undated_10k_rmb,
        cast(employment_undated_persons as double) as employment_undated_persons,
        cast(night_light_sum as double) as night_light_sum,
        cast(economy_rows as bigint) as economy_rows,
        cast(tier_rows as bigint) as tier_rows
    from joined

)

select * from final
