with districts as (

    select * from {{ ref('int_districts_aggregated') }}

),

shares as (

    select
        *,
        cast(speed_kmh_sum as double) / nullif(speed_kmh_count, 0) as speed_kmh,
        cast(pm25_ugm3_sum as double) / nullif(pm25_ugm3_count, 0) as pm25_ugm3,
        case
            when is_in_signal_register then cast(hours_signal_on as double) / nullif(hours_observed, 0)
        end as signal_share
    from districts

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
        cast(speed_kmh as double) as speed_kmh,
        cast(pm25_ugm3 as double) as pm25_ugm3,
        cast(is_simulated as boolean) as is_simulated
    from shares

)

select * from final
