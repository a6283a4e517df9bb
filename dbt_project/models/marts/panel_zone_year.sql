with zones as (

    select
        zone_id,
        adcode,
        -- areas inside a municipality share two digits of the code, inside a city four; a county is its own only area
        case
            when substr(adcode, 3, 4) = '0000' then substr(adcode, 1, 2)
            when substr(adcode, 5, 2) = '00' then substr(adcode, 1, 4)
            else adcode
        end as adcode_prefix
    from {{ ref('zones') }}

),

regions as (

    select * from {{ ref('int_census_counties_unioned') }}

),

totals as (

    select
        zones.zone_id,
        zones.adcode,
        zones.adcode_prefix,
        regions.census_year,
        regions.population_total,
        regions.population_male,
        regions.population_female,
        regions.population_urban,
        regions.population_rural,
        regions.household_count,
        regions.household_size
    from zones
    inner join regions on zones.adcode = regions.region_code

),

parts as (

    select
        totals.zone_id,
        totals.census_year,
        count(*) as county_count,
        sum(regions.population_total) as county_population_total
    from totals
    inner join regions
        on
            totals.census_year = regions.census_year
            and totals.adcode_prefix = substr(regions.region_code, 1, length(totals.adcode_prefix))
            and regions.region_level = 'county'
    group by totals.zone_id, totals.census_year

),

final as (

    select
        cast(totals.zone_id as string) as zone_id,
        cast(totals.census_year as bigint) as year,
        cast(totals.adcode as string) as adcode,
        cast(totals.population_total as bigint) as population_total,
        cast(totals.population_male as bigint) as population_male,
        cast(totals.population_female as bigint) as population_female,
        cast(totals.population_urban as bigint) as population_urban,
        cast(totals.population_rural as bigint) as population_rural,
        cast(totals.household_count as bigint) as household_count,
        cast(totals.household_size as double) as household_size,
        cast(coalesce(parts.county_count, 0) as bigint) as county_count,
        cast(parts.county_population_total as bigint) as county_population_total
    from totals
    left join parts
        on
            totals.zone_id = parts.zone_id
            and totals.census_year = parts.census_year

)

select * from final
