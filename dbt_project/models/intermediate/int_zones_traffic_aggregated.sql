-- One row per zone and local month from the roadside devices: every reading counts once.
with hours as (

    select * from {{ ref('stg_traffic__hours') }}

),

districts as (

    select * from {{ ref('int_districts_aggregated') }}

),

readings as (

    select
        zone_id,
        month,
        {{ stable_mean('speed_kmh') }} as speed_kmh,
        {{ stable_mean('pm25_ugm3') }} as pm25_ugm3
    from hours
    group by zone_id, month

),

coverage as (

    select
        zone_id,
        month,
        cast(sum(device_hours_reported) as bigint) as device_hours_reported,
        cast(sum(hours_observed) as bigint) as hours_observed,
        {{ is_flagged('is_simulated') }} as is_simulated
    from districts
    group by zone_id, month

),

final as (

    select
        coverage.zone_id,
        coverage.month,
        coverage.device_hours_reported,
        coverage.hours_observed,
        readings.speed_kmh,
        readings.pm25_ugm3,
        coverage.is_simulated
    from coverage
    inner join readings
        on
            coverage.zone_id = readings.zone_id
            and coverage.month = readings.month

)

select * from final
