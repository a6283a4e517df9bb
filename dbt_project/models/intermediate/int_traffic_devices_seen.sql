{{ config(materialized='incremental', incremental_strategy='append') }} -- months that stay are kept (README)

-- One row per roadside device and local month with records: the first and last day of it with a reading.
with hours as (

    select * from {{ ref('stg_traffic__hours') }}

),

final as (

    select
        zone_id,
        month,
        device_id,
        min(case when speed_kmh is not null or pm25_ugm3 is not null then observed_date_local end) as first_seen_date,
        max(case when speed_kmh is not null or pm25_ugm3 is not null then observed_date_local end) as last_seen_date,
        {{ is_flagged('is_simulated') }} as is_simulated
    from hours
    group by zone_id, month, device_id

)

select * from final
