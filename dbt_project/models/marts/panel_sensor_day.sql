{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
-- zones that stay are kept (README)

with enumerated as (

    select * from {{ ref('int_sensor_days_enumerated') }}

),

days as (

    select
        *,
        first_value(phase_s) over (
            partition by zone_id, source_table, device_id, variable, installed_date
            order by day
        ) as first_phase_s
    from {{ ref('int_sensor_days_aggregated') }}

),

devices as (

    select * from {{ ref('int_devices_described') }}

),

series as (

    select * from {{ ref('sensor_series') }}

),

rules as (

    select * from {{ ref('int_sensor_rules_resolved') }}

),

zones as (

    select
        zone_id,
        timezone
    from {{ ref('zones') }}

),

joined as (

    select
        enumerated.zone_id,
        enumerated.source_table,
        enumerated.device_id,
        enumerated.variable,
        enumerated.day,
        coalesce(devices.district_id, days.district_id) as district_id,
        devices.site_id,
        coalesce(devices.unit, series.unit) as unit,
        devices.device_id is not null as is_registered,
        coalesce(devices.cadence_min, series.cadence_min) as cadence_min,
        rules.min_hour_share,
        rules.min_day_share,
        rules.flat_after,
        rules.clock_tolerance_s,
        coalesce(days.readings_received, 0) as readings_received,
        coalesce(days.slots_received, 0) as slots_received,
        coalesce(days.readings_valid, 0) as readings_valid,
        coalesce(days.readings_offline, 0) as readings_offline,
        coalesce(days.readings_out_of_detection, 0) as readings_out_of_detection,
        coalesce(days.readings_stamp_only, 0) as readings_stamp_only,
        coalesce(days.hours_valid, 0) as hours_valid,
        days.reading_mean,
        days.reading_min,
        days.reading_max,
        days.gap_max_min,
        days.lag_min_s,
        coalesce(days.clock_ahead_count, 0) as clock_ahead_count,
        coalesce(days.outliers_judged, 0) as outliers_judged,
        coalesce(days.outlier_count, 0) as outlier_count,
        {{ off_the_grid('days.phase_s - days.first_phase_s', 'days.cadence_min * 60') }} as clock_drift_s,
        coalesce(devices.clock_timezone <> zones.timezone, false) as is_clock_zone_other,
        coalesce(days.is_simulated, devices.is_simulated, false) as is_simulated
    from enumerated
    left join days
        on
            enumerated.zone_id = days.zone_id
            and enumerated.source_table = days.source_table
            and enumerated.device_id = days.device_id
            and enumerated.variable = days.variable
            and enumerated.day = days.day
    left join devices
        on
            enumerated.zone_id = devices.zone_id
            and enumerated.source_table = devices.source_table
            and enumerated.device_id = devices.device_id
            and enumerated.variable = devices.variable
            and enumerated.day >= devices.installed_date
            and enumerated.day <= coalesce(devices.last_date, enumerated.day)
    left join series
        on
            enumerated.source_table = series.source_table
            and enumerated.variable = series.variable
    inner join rules on enumerated.variable = rules.variable
    left join zones on enumerated.zone_id = zones.zone_id

),

expected as (

    select
        *,
        readings_received - readings_valid - readings_offline - readings_out_of_detection - readings_stamp_only
            as readings_empty,
        cast(floor(1440 / cadence_min) as bigint) as readings_expected,
        case when cadence_min is not null then cast(floor(1440 / greatest(cadence_min, 60)) as bigint) end
            as hours_expected
    from joined

),

lost as (

    select
        *,
        case when readings_expected is not null then greatest(readings_expected - slots_received, 0) end
            as readings_missing,
        case when cadence_min is not null then readings_received - slots_received end as readings_duplicate,
        is_clock_zone_other
        or clock_ahead_count > 0
        or coalesce(abs(clock_drift_s) > clock_tolerance_s, false)
        or coalesce(lag_min_s > clock_tolerance_s, false) as is_clock_suspect,
        coalesce(hours_valid >= min_day_share * hours_expected, false) as is_covered
    from expected

),

reasoned as (

    select
        *,
        case
            when is_covered then 0
            when cadence_min is null then 15
            when readings_stamp_only > 0 then 5
            -- below the threshold, the reason that took most readings; a silent device before the others
            when
                readings_out_of_detection > readings_missing + readings_offline
                and readings_out_of_detection >= readings_empty
                then 16
            when readings_empty > readings_missing + readings_offline then 9
            else 14
        end as value_mean__st
    from lost

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(source_table as string) as source_table,
        cast(device_id as string) as device_id,
        cast(variable as string) as variable,
        cast(day as date) as day,
        cast(district_id as string) as district_id,
        cast(site_id as string) as site_id,
        cast(unit as string) as unit,
        cast(is_registered as boolean) as is_registered,
        cast(cadence_min as bigint) as cadence_min,
        cast(readings_expected as bigint) as readings_expected,
        cast(readings_received as bigint) as readings_received,
        cast(readings_duplicate as bigint) as readings_duplicate,
        cast(readings_missing as bigint) as readings_missing,
        cast(readings_offline as bigint) as readings_offline,
        cast(readings_empty as bigint) as readings_empty,
        cast(readings_out_of_detection as bigint) as readings_out_of_detection,
        cast(readings_valid as bigint) as readings_valid,
        cast(gap_max_min as double) as gap_max_min,
        cast(hours_expected as bigint) as hours_expected,
        cast(hours_valid as bigint) as hours_valid,
        cast(cast(hours_valid as double) / hours_expected as double) as coverage_share,
        cast(min_hour_share as double) as min_hour_share,
        cast(min_day_share as double) as min_day_share,
        cast(case when is_covered then reading_mean end as double) as value_mean,
        cast(value_mean__st as bigint) as value_mean__st,
        cast(outliers_judged as bigint) as outliers_judged,
        cast(outlier_count as bigint) as outlier_count,
        cast(readings_valid >= flat_after and reading_min = reading_max as boolean) as is_flat,
        cast(clock_drift_s as double) as clock_drift_s,
        cast(lag_min_s as double) as clock_lag_s,
        cast(clock_ahead_count as bigint) as clock_ahead_count,
        cast(is_clock_zone_other as boolean) as is_clock_zone_other,
        cast(is_clock_suspect as boolean) as is_clock_suspect,
        cast(is_simulated as boolean) as is_simulated
    from reasoned

)

select * from final
