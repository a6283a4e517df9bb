-- One row per zone and local month from the roadside devices: every reading counts once, whichever district it is from.
with districts as (

    select * from {{ ref('int_districts_aggregated') }}

),

final as (

    select
        zone_id,
        month,
        cast(sum(device_hours_reported) as bigint) as device_hours_reported,
        cast(sum(hours_observed) as bigint) as hours_observed,
        cast(sum(speed_kmh_sum) as double) / nullif(sum(speed_kmh_count), 0) as speed_kmh,
        cast(sum(pm25_ugm3_sum) as double) / nullif(sum(pm25_ugm3_count), 0) as pm25_ugm3,
        cast(sum({{ month_slots('month', 'cadence_min') }}) as double) as slots_expected,
        cast(sum(speed_kmh_hours) as bigint) as speed_kmh_hours,
        cast(sum(speed_kmh_out) as bigint) as speed_kmh_out,
        cast(sum(pm25_ugm3_hours) as bigint) as pm25_ugm3_hours,
        cast(sum(pm25_ugm3_out) as bigint) as pm25_ugm3_out,
        {{ is_flagged('is_simulated') }} as is_simulated
    from districts
    group by zone_id, month

)

select * from final
