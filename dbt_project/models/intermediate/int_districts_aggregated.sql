{{ config(materialized='incremental', incremental_strategy='append') }} -- months that stay are kept (README)

-- One row per district and local month. An hour counts as observed when a device delivered at least one reading in it;
-- how many would be due follows from the shortest cadence of the district's devices.
with hours as (

    select * from {{ ref('int_traffic_hours_judged') }}

),

signals as (

    select * from {{ ref('stg_traffic__signals') }}

),

joined as (

    select
        hours.*,
        signals.switched_on_date,
        case
            when signals.district_id is null then null -- not in the register: unknown, which is not "never"
            when signals.switched_on_date is null then 0
            when hours.observed_date_local >= signals.switched_on_date then 1
            else 0
        end as is_signal_on,
        hours.is_simulated or coalesce(signals.is_simulated, false) as is_any_simulated,
        case when hours.speed_kmh is not null or hours.pm25_ugm3 is not null then hours.observed_at end as read_at
    from hours
    left join signals
        on
            hours.zone_id = signals.zone_id
            and hours.district_id = signals.district_id

),

final as (

    select
        zone_id,
        district_id,
        month,
        switched_on_date,
        count(*) as device_hours_reported,
        count(distinct read_at) as hours_observed,
        count(distinct case when is_signal_on = 1 then read_at end) as hours_signal_on,
        max(is_signal_on) is not null as is_in_signal_register,
        min(cadence_min) as cadence_min,
        {{ stable_sum('speed_kmh') }} as speed_kmh_sum,
        count(speed_kmh) as speed_kmh_count,
        count(distinct case when speed_kmh is not null then observed_at end) as speed_kmh_hours,
        count(case when speed_kmh__st = 16 then 1 end) as speed_kmh_out,
        {{ stable_sum('pm25_ugm3') }} as pm25_ugm3_sum,
        count(pm25_ugm3) as pm25_ugm3_count,
        count(distinct case when pm25_ugm3 is not null then observed_at end) as pm25_ugm3_hours,
        count(case when pm25_ugm3__st = 16 then 1 end) as pm25_ugm3_out,
        {{ is_flagged('is_any_simulated') }} as is_simulated
    from joined
    group by zone_id, district_id, month, switched_on_date

)

select * from final
