with targets as (

    select * from {{ ref('programme_targets') }}
    where indicator_code is not null

),

zones as (

    select
        zone_id,
        cast(extract(year from created_date) as bigint) as created_year
    from {{ ref('zones') }}

),

indicators as (

    select * from {{ ref('fct_zone_indicator') }}
    where price_basis_code = 'current'

),

summed as (

    select
        indicator_code,
        year,
        count(value) as zones_reporting,
        {{ stable_sum('value') }} as value_100m_rmb,
        {{ is_flagged('is_simulated') }} as is_simulated
    from indicators
    group by indicator_code, year

),

joined as (

    select
        targets.target_id,
        targets.by_year,
        targets.indicator_code,
        targets.threshold_bn_rmb,
        summed.year,
        summed.zones_reporting,
        cast(summed.value_100m_rmb as double) / 10 as zones_bn_rmb,
        summed.is_simulated,
        count(zones.zone_id) as zones_expected
    from targets
    inner join summed on targets.indicator_code = summed.indicator_code
    left join zones on summed.year >= zones.created_year
    group by
        targets.target_id, targets.by_year, targets.indicator_code, targets.threshold_bn_rmb, summed.year,
        summed.zones_reporting, summed.value_100m_rmb, summed.is_simulated

),

final as (

    select
        cast(target_id as string) as target_id,
        cast(year as bigint) as year,
        cast(by_year as bigint) as by_year,
        cast(indicator_code as string) as indicator_code,
        cast(threshold_bn_rmb as double) as threshold_bn_rmb,
        cast(zones_bn_rmb as double) as zones_bn_rmb,
        cast(case when zones_bn_rmb is null then 9 else 0 end as bigint) as zones_bn_rmb__st,
        cast(zones_bn_rmb / threshold_bn_rmb as double) as zones_share,
        cast(zones_reporting as bigint) as zones_reporting,
        cast(zones_expected as bigint) as zones_expected,
        cast(coalesce(zones_bn_rmb > threshold_bn_rmb, false) as boolean) as is_reached_by_zones,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
