{{ config(materialized='incremental', incremental_strategy='append') }} -- months that stay are kept (README)

-- One row per device, variable and local day with records: first the hours (an hour counts if enough of its expected
-- readings are there), then the day of its hours, each once. Where a cadence is longer than an hour its slots take the
-- place of hours. Nothing here looks beyond the month: gaps that began in an earlier one are added afterwards.
with readings as (

    select * from {{ ref('int_sensor_readings_judged') }}

),

hours as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        month,
        day,
        hour_slot,
        max(district_id) as district_id,
        max(installed_date) as installed_date,
        max(cadence_min) as cadence_min,
        max(min_hour_share) as min_hour_share,
        count(*) as received,
        count(distinct slot) as slots,
        count(distinct case when reading is not null then slot end) as valid_slots,
        count(reading) as valid,
        count(case when reading__st = 14 then 1 end) as offline,
        count(case when reading__st = 16 then 1 end) as out_of_detection,
        count(case when reading__st = 5 then 1 end) as stamps_only,
        {{ stable_mean('reading') }} as reading_mean,
        min(reading) as reading_min,
        max(reading) as reading_max,
        min(epoch_s) as first_s,
        max(epoch_s) as last_s,
        max(gap_min) as gap_max_min,
        min(phase_s) as phase_s,
        min(lag_s) as lag_min_s,
        count(case when is_ahead then 1 end) as ahead,
        count(case when is_judged then 1 end) as judged,
        count(case when is_outlier then 1 end) as outliers,
        {{ is_flagged('is_simulated') }} as is_simulated
    from readings
    group by zone_id, source_table, device_id, variable, month, day, hour_slot

),

counted as (

    select
        *,
        coalesce(valid_slots >= min_hour_share * 60 / least(cadence_min, 60), false) as is_hour
    from hours

),

final as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        month,
        day,
        max(district_id) as district_id,
        max(installed_date) as installed_date,
        max(cadence_min) as cadence_min,
        cast(sum(received) as bigint) as readings_received,
        cast(sum(slots) as bigint) as slots_received,
        cast(sum(valid) as bigint) as readings_valid,
        cast(sum(offline) as bigint) as readings_offline,
        cast(sum(out_of_detection) as bigint) as readings_out_of_detection,
        cast(sum(stamps_only) as bigint) as readings_stamp_only,
        count(case when is_hour then 1 end) as hours_valid,
        {{ stable_mean('case when is_hour then reading_mean end') }} as reading_mean,
        min(reading_min) as reading_min,
        max(reading_max) as reading_max,
        min(first_s) as first_s,
        max(last_s) as last_s,
        max(gap_max_min) as gap_max_min,
        median(phase_s) as phase_s,
        min(lag_min_s) as lag_min_s,
        cast(sum(ahead) as bigint) as clock_ahead_count,
        cast(sum(judged) as bigint) as outliers_judged,
        cast(sum(outliers) as bigint) as outlier_count,
        {{ is_flagged('is_simulated') }} as is_simulated
    from counted
    group by zone_id, source_table, device_id, variable, month, day

)

select * from final
