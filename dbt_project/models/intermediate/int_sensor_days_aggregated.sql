{{ config(materialized='table') }} -- the panel and the list of its days both read it

-- The days of all months put together: the gap before a day's first record may have begun in an earlier month.
with days as (

    select * from {{ ref('int_sensor_days_made') }}

),

followed as (

    select
        *,
        (first_s - lag(last_s) over (
            partition by zone_id, source_table, device_id, variable
            order by day
        )) / 60 as gap_before_min
    from days

),

final as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        day,
        district_id,
        installed_date,
        cadence_min,
        readings_received,
        slots_received,
        readings_valid,
        readings_offline,
        readings_out_of_detection,
        readings_stamp_only,
        hours_valid,
        reading_mean,
        reading_min,
        reading_max,
        greatest(coalesce(gap_max_min, gap_before_min), coalesce(gap_before_min, gap_max_min)) as gap_max_min,
        phase_s,
        lag_min_s,
        clock_ahead_count,
        outliers_judged,
        outlier_count,
        is_simulated
    from followed

)

select * from final
