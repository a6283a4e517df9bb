-- Every hour of the roadside devices with the readings that lie within the limits of detection of the device register;
-- the cadence is the register's, hourly where a device is not in it.
with hours as (

    select * from {{ ref('stg_traffic__hours') }}

),

devices as (

    select *
    from {{ ref('int_devices_described') }}
    where source_table = 'traffic_hour'

),

placed as (

    select
        hours.*,
        coalesce(speed.cadence_min, 60) as cadence_min,
        coalesce(hours.speed_kmh < speed.detection_min or hours.speed_kmh > speed.detection_max, false)
            as is_speed_out,
        coalesce(hours.pm25_ugm3 < pm25.detection_min or hours.pm25_ugm3 > pm25.detection_max, false)
            as is_pm25_out
    from hours
    left join devices as speed
        on
            hours.zone_id = speed.zone_id
            and hours.device_id = speed.device_id
            and speed.variable = 'speed_kmh'
            and hours.observed_date_local >= speed.installed_date
            and hours.observed_date_local <= coalesce(speed.last_date, hours.observed_date_local)
    left join devices as pm25
        on
            hours.zone_id = pm25.zone_id
            and hours.device_id = pm25.device_id
            and pm25.variable = 'pm25_ugm3'
            and hours.observed_date_local >= pm25.installed_date
            and hours.observed_date_local <= coalesce(pm25.last_date, hours.observed_date_local)

),

final as (

    select
        zone_id,
        district_id,
        device_id,
        observed_at,
        observed_date_local,
        month,
        cadence_min,
        case when not is_speed_out then speed_kmh end as speed_kmh,
        case when is_speed_out then 16 else speed_kmh__st end as speed_kmh__st,
        case when not is_pm25_out then pm25_ugm3 end as pm25_ugm3,
        case when is_pm25_out then 16 else pm25_ugm3__st end as pm25_ugm3__st,
        is_simulated
    from placed

)

select * from final
