{{ config(materialized='table') }} -- both panels of cities read it: names are held against the list of codes once

-- Which city a name and a code mean, by the history of GB/T 2260 codes. A code stands if the division that had it is
-- called like the city; where it belongs to another one, the name decides inside the province, and where the name is
-- that of a division elsewhere, nothing does: the row stays by itself. A city without a code is found by its name.
with named as (

    select
        city_name,
        city_code
    from {{ ref('stg_city__populations') }}
    union
    select
        city_name,
        city_code
    from {{ ref('stg_city__supplements') }}
    union
    select
        city_name,
        city_code
    from {{ ref('stg_census__cities') }}
    union
    select
        city_name,
        city_code
    from {{ ref('stg_city__accounts') }}
    union
    select
        city_name,
        cast(null as string) as city_code
    from {{ ref('stg_city__economies') }}
    union
    select
        city_name,
        cast(null as string) as city_code
    from {{ ref('stg_city__tiers') }}

),

history as (

    select
        division_code,
        division_name,
        unit_code,
        ended_year,
        successor_code,
        coalesce(last_listed_year, 9999) as listed_until,
        substr(division_code, 5, 2) = '00' as is_prefecture,
        substr(division_code, 3, 4) = '0000' and division_name not like '%市' as is_province
    from {{ ref('division_history') }}

),

by_code as (

    select
        named.city_name,
        named.city_code,
        history.unit_code,
        row_number() over (
            partition by named.city_name, named.city_code
            order by history.listed_until desc, history.division_name asc
        ) as place
    from named
    inner join history
        on
            named.city_code = history.division_code
            and substr(named.city_name, 1, 2) = substr(history.division_name, 1, 2)

),

by_name as (

    select
        named.city_name,
        named.city_code,
        history.unit_code,
        row_number() over (
            partition by named.city_name, named.city_code
            order by
                case
                    when named.city_name = history.division_name then 1
                    when history.is_prefecture then 2
                    else 3
                end asc,
                case when history.division_name = named.city_name || '市' then 1 else 2 end asc,
                history.listed_until desc,
                history.division_code asc
        ) as place
    from named
    inner join history
        on
            (
                named.city_name = history.division_name
                or (named.city_name not like '%市' and history.division_name like named.city_name || '%')
            )
            and not history.is_province
            and (named.city_code is null or substr(named.city_code, 1, 2) = substr(history.division_code, 1, 2))

),

codes_listed as (

    select distinct division_code from history

),

names_listed as (

    select distinct division_name from history

),

units as (

    select
        unit_code,
        division_name,
        ended_year,
        successor_code,
        row_number() over (
            partition by unit_code
            order by case when division_code = unit_code then 1 else 2 end asc, listed_until desc, division_name asc
        ) as place
    from history

),

resolved as (

    select
        named.city_name,
        named.city_code as stated_code,
        case
            when by_code.unit_code is not null then by_code.unit_code
            when by_name.unit_code is not null then by_name.unit_code
            when codes_listed.division_code is null or names_listed.division_name is null then named.city_code
        end as unit_code,
        case
            when by_code.unit_code is not null then 'code'
            when by_name.unit_code is not null and named.city_code is not null then 'name_over_code'
            when by_name.unit_code is not null then 'name'
            when named.city_code is null then 'none'
            when codes_listed.division_code is null then 'code_unlisted'
            when names_listed.division_name is null then 'code_over_name'
            else 'contradiction'
        end as resolution
    from named
    left join by_code
        on
            named.city_name = by_code.city_name
            and named.city_code = by_code.city_code
            and by_code.place = 1
    left join by_name
        on
            named.city_name = by_name.city_name
            and coalesce(named.city_code, '') = coalesce(by_name.city_code, '')
            and by_name.place = 1
    left join codes_listed on named.city_code = codes_listed.division_code
    left join names_listed on named.city_name = names_listed.division_name

),

final as (

    select
        resolved.city_name,
        resolved.stated_code,
        coalesce(
            resolved.unit_code, 'name:' || resolved.city_name || coalesce('@' || resolved.stated_code, '')
        ) as city_id,
        resolved.unit_code as city_code,
        coalesce(units.division_name, resolved.city_name) as official_name,
        units.ended_year,
        units.successor_code,
        resolved.resolution
    from resolved
    left join units
        on
            resolved.unit_code = units.unit_code
            and units.place = 1

)

select * from final
