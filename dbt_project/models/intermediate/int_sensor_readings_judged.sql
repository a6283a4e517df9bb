{{ config(materialized='table') }} -- windows and medians over every reading, read once afterwards

-- Every reading with what its device is held to: limits of detection, the slot of the expected cadence, how far its
-- stamp has moved off the device's grid, the gap before it, whether it lies far from the device's readings of that
-- hour of the day in that month. Nothing is shifted, filled in or dropped. Every comparison stays within the device's
-- month: what was said of a month is the same whatever is delivered of others, and can be kept.
with readings as (

    select
        *,
        cast(observed_at_local as date) as day
    from {{ ref('int_sensor_readings_unioned') }}

),

devices as (

    select * from {{ ref('int_devices_described') }}

),

series as (

    select
        source_table,
        variable,
        cadence_min
    from {{ ref('sensor_series') }}

),

rules as (

    select * from {{ ref('int_sensor_rules_resolved') }}

),

placed as (

    select
        readings.*,
        cast(date_trunc('month', readings.observed_at_local) as date) as month,
        devices.installed_date,
        devices.device_id is not null as is_registered,
        coalesce(devices.cadence_min, series.cadence_min) as cadence_min,
        rules.min_hour_share,
        rules.outlier_score,
        rules.min_judged,
        rules.clock_tolerance_s,
        {{ epoch_seconds('readings.observed_at') }} as epoch_s,
        {{ epoch_seconds('readings.received_at') }} as received_s,
        {{ epoch_seconds('readings.taken_in_at') }} as taken_in_s,
        coalesce(
            readings.reading < devices.detection_min or readings.reading > devices.detection_max, false
        ) as is_out
    from readings
    left join devices
        on
            readings.zone_id = devices.zone_id
            and readings.source_table = devices.source_table
            and readings.device_id = devices.device_id
            and readings.variable = devices.variable
            and readings.day >= devices.installed_date
            and readings.day <= coalesce(devices.last_date, readings.day)
    left join series
        on
            readings.source_table = series.source_table
            and readings.variable = series.variable
    inner join rules on readings.variable = rules.variable

),

timed as (

    select
        zone_id,
        source_table,
        device_id,
        district_id,
        variable,
        day,
        month,
        cast(extract(hour from observed_at_local) as bigint) as hour_of_day,
        is_registered,
        installed_date,
        cadence_min,
        min_hour_share,
        outlier_score,
        min_judged,
        is_simulated,
        case when not is_out then reading end as reading,
        case when is_out then 16 else reading__st end as reading__st,
        cast(floor(epoch_s / (cadence_min * 60)) as bigint) as slot,
        cast(floor(epoch_s / (greatest(coalesce(cadence_min, 60), 60) * 60)) as bigint) as hour_slot,
        epoch_s,
        (epoch_s - lag(epoch_s) over (
            partition by zone_id, source_table, device_id, variable, month
            order by epoch_s
        )) / 60 as gap_min,
        min(epoch_s) over (
            partition by zone_id, source_table, device_id, variable, installed_date, month
        ) as first_s,
        received_s - epoch_s as lag_s,
        coalesce(received_s, taken_in_s) + clock_tolerance_s < epoch_s as is_ahead
    from placed

),

centres as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        month,
        hour_of_day,
        count(reading) as judged,
        median(reading) as centre
    from timed
    group by zone_id, source_table, device_id, variable, month, hour_of_day

),

centred as (

    select
        timed.*,
        centres.judged,
        abs(timed.reading - centres.centre) as distance
    from timed
    inner join centres
        on
            timed.zone_id = centres.zone_id
            and timed.source_table = centres.source_table
            and timed.device_id = centres.device_id
            and timed.variable = centres.variable
            and timed.month = centres.month
            and timed.hour_of_day = centres.hour_of_day

),

spreads as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        month,
        hour_of_day,
        median(distance) as spread
    from centred
    group by zone_id, source_table, device_id, variable, month, hour_of_day

),

final as (

    select
        centred.zone_id,
        centred.source_table,
        centred.device_id,
        centred.district_id,
        centred.variable,
        centred.month,
        centred.day,
        centred.slot,
        centred.hour_slot,
        centred.is_registered,
        centred.installed_date,
        centred.cadence_min,
        centred.min_hour_share,
        centred.reading,
        centred.reading__st,
        centred.epoch_s,
        centred.gap_min,
        centred.first_s
        + {{ off_the_grid('centred.epoch_s - centred.first_s', 'centred.cadence_min * 60') }} as phase_s,
        centred.lag_s,
        centred.is_ahead,
        -- too few readings, or readings that hardly differ, are no yardstick: not judged
        coalesce(centred.reading is not null and centred.judged >= centred.min_judged and spreads.spread > 0, false)
            as is_judged,
        coalesce(
            centred.judged >= centred.min_judged
            and spreads.spread > 0
            and centred.distance > centred.outlier_score * 1.4826 * spreads.spread,
            false
        ) as is_outlier,
        centred.is_simulated
    from centred
    inner join spreads
        on
            centred.zone_id = spreads.zone_id
            and centred.source_table = spreads.source_table
            and centred.device_id = spreads.device_id
            and centred.variable = spreads.variable
            and centred.month = spreads.month
            and centred.hour_of_day = spreads.hour_of_day

)

select * from final
