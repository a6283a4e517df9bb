-- One row per device, variable and local day of its service, also the silent ones, and every day with records outside
-- it. Service is the register's; a device that is not registered is followed from its first record to its last.
-- Nothing is expected after the last day on which any device of the zone and table delivered: a delivery that has not
-- come yet is no downtime.
with days as (

    select * from {{ ref('int_sensor_days_aggregated') }}

),

devices as (

    select * from {{ ref('int_devices_described') }}

),

calendar as (

    select * from {{ ref('int_days_listed') }}

),

deliveries as (

    select
        zone_id,
        source_table,
        max(day) as last_day
    from days
    group by zone_id, source_table

),

registered as (

    select
        devices.zone_id,
        devices.source_table,
        devices.device_id,
        devices.variable,
        devices.installed_date as first_day,
        least(devices.last_date, deliveries.last_day) as last_day
    from devices
    inner join deliveries
        on
            devices.zone_id = deliveries.zone_id
            and devices.source_table = deliveries.source_table

),

seen as (

    select
        zone_id,
        source_table,
        device_id,
        variable,
        min(day) as first_day,
        max(day) as last_day
    from days
    group by zone_id, source_table, device_id, variable

),

followed as (

    select * from registered
    union all
    select seen.*
    from seen
    left join devices
        on
            seen.zone_id = devices.zone_id
            and seen.source_table = devices.source_table
            and seen.device_id = devices.device_id
            and seen.variable = devices.variable
    where devices.device_id is null

),

served as (

    select
        followed.zone_id,
        followed.source_table,
        followed.device_id,
        followed.variable,
        calendar.day
    from followed
    inner join calendar
        on
            followed.first_day <= calendar.day
            and followed.last_day >= calendar.day

),

final as (

    select * from served
    union distinct
    select
        zone_id,
        source_table,
        device_id,
        variable,
        day
    from days

)

select * from final
