with districts as (

    select * from {{ ref('int_districts_aggregated') }}

),

rules as (

    select
        {{ month_share_asked('speed_kmh') }} as speed_share_asked,
        {{ month_share_asked('pm25_ugm3') }} as pm25_share_asked
    from {{ ref('sensor_rules') }}

),

shares as (

    select
        districts.*,
        rules.speed_share_asked,
        rules.pm25_share_asked,
        cast({{ month_slots('districts.month', 'districts.cadence_min') }} as double) as slots_expected,
        cast(districts.speed_kmh_sum as double) / nullif(districts.speed_kmh_count, 0) as speed_kmh,
        cast(districts.pm25_ugm3_sum as double) / nullif(districts.pm25_ugm3_count, 0) as pm25_ugm3,
        case
            when districts.is_in_signal_register
                then cast(districts.hours_signal_on as double) / nullif(districts.hours_observed, 0)
        end as signal_share
    from districts
    cross join rules

),

reasoned as (

    select
        *,
        {{ month_status('speed_kmh_hours', 'speed_kmh_out', '0', 'slots_expected', 'speed_share_asked') }}
            as speed_kmh__st,
        {{ month_status('pm25_ugm3_hours', 'pm25_ugm3_out', '0', 'slots_expected', 'pm25_share_asked') }}
            as pm25_ugm3__st
    from shares

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(district_id as string) as district_id,
        cast(month as date) as month,
        cast({{ month_index('month') }} as bigint) as month_index,
        cast(switched_on_date as date) as switched_on_date,
        cast(signal_share as double) as signal_share,
        cast(extract(day from last_day(month)) * 24 as bigint) as hours_expected,
        cast(hours_observed as bigint) as hours_observed,
        cast(device_hours_reported as bigint) as device_hours_reported,
        cast(case when speed_kmh__st = 0 then speed_kmh end as double) as speed_kmh,
        cast(speed_kmh__st as bigint) as speed_kmh__st,
        cast(speed_kmh_hours / slots_expected as double) as speed_kmh_coverage_share,
        cast(case when pm25_ugm3__st = 0 then pm25_ugm3 end as double) as pm25_ugm3,
        cast(pm25_ugm3__st as bigint) as pm25_ugm3__st,
        cast(pm25_ugm3_hours / slots_expected as double) as pm25_ugm3_coverage_share,
        cast(is_simulated as boolean) as is_simulated
    from reasoned

)

select * from final
