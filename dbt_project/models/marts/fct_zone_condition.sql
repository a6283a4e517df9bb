with zones as (

    select
        zone_id,
        level,
        cast(extract(year from created_date) as bigint) as created_year
    from {{ ref('zones') }}

),

conditions as (

    select * from {{ ref('programme_conditions') }}

),

-- the guidelines state their figures in the money of the year: constant prices are held against nothing
indicators as (

    select * from {{ ref('fct_zone_indicator') }}
    where price_basis_code <> 'constant'

),

reported as (

    select max(year) as last_year
    from indicators

),

years as (

    select zone_years.year
    from {{ ref('int_programme_years_listed') }} as zone_years
    inner join reported on zone_years.year <= reported.last_year

),

framed as (

    select
        zones.zone_id,
        zones.level,
        years.year
    from zones
    inner join years on zones.created_year <= years.year
    union distinct
    select
        zones.zone_id,
        zones.level,
        indicators.year
    from zones
    inner join indicators on zones.zone_id = indicators.zone_id
    union distinct
    select
        zone_id,
        level,
        created_year as year
    from zones

),

joined as (

    select
        framed.zone_id,
        framed.level,
        framed.year,
        conditions.condition_id,
        conditions.condition_order,
        conditions.indicator_code,
        conditions.comparison,
        conditions.threshold,
        conditions.unit,
        conditions.is_stated,
        conditions.source_document,
        conditions.source_place,
        indicators.value,
        indicators.source_document_id,
        coalesce(indicators.is_evidenced, false) as is_evidenced,
        coalesce(indicators.is_simulated, false) as is_simulated
    from framed
    cross join conditions
    left join indicators
        on
            framed.zone_id = indicators.zone_id
            and framed.year = indicators.year
            and conditions.indicator_code = indicators.indicator_code
            and indicators.price_basis_code = case when conditions.unit = '100m RMB' then 'current' else 'none' end

),

judged as (

    select
        *,
        case
            when value is null then 'no_data'
            when comparison = 'gt' and value > threshold then 'met'
            when comparison = 'ge' and value >= threshold then 'met'
            else 'not_met'
        end as status_code,
        level = 'county' as is_waivable
    from joined

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(condition_id as string) as condition_id,
        cast(year as bigint) as year,
        cast(condition_order as bigint) as condition_order,
        cast(status_code as string) as status_code,
        cast(value as double) as value,
        cast(case when value is null then 9 else 0 end as bigint) as value__st,
        cast(threshold as double) as threshold,
        cast(unit as string) as unit,
        cast(is_stated as boolean) as is_stated,
        cast(is_waivable as boolean) as is_waivable,
        cast(source_document_id as string) as source_document_id,
        cast(is_evidenced as boolean) as is_evidenced,
        cast(source_document as string) as source_document,
        cast(source_place as string) as source_place,
        cast(is_simulated as boolean) as is_simulated
    from judged

)

select * from final
