with exposures as (

    select * from {{ ref('stg_ai__exposures') }}

),

epochs as (

    select * from {{ ref('int_exposure_epochs_numbered') }}

),

units as (

    select * from {{ ref('int_units_exposed') }}

),

joined as (

    select
        exposures.*,
        units.first_offered_date,
        units.first_used_date,
        coalesce(epochs.epoch_number, 0) as ai_epoch
    from exposures
    inner join units
        on
            exposures.zone_id = units.zone_id
            and exposures.unit_type = units.unit_type
            and exposures.unit_id = units.unit_id
    left join epochs
        on
            exposures.is_offered
            and exposures.zone_id = epochs.zone_id
            and exposures.unit_type = epochs.unit_type
            and exposures.unit_id = epochs.unit_id
            and exposures.system_id = epochs.system_id
            and coalesce(exposures.system_version, '') = epochs.system_version

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(unit_type as string) as unit_type,
        cast(unit_id as string) as unit_id,
        cast(system_id as string) as system_id,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast({{ days_between('period_start', 'period_end') }} + 1 as bigint) as days_covered,
        cast(is_offered as boolean) as is_offered,
        cast(is_used as boolean) as is_used,
        cast(use_count as bigint) as use_count,
        cast(use_count__st as bigint) as use_count__st,
        cast(use_min as double) as use_min,
        cast(use_min__st as bigint) as use_min__st,
        cast(system_version as string) as system_version,
        cast(ai_epoch as bigint) as ai_epoch,
        cast(first_offered_date as date) as first_offered_date,
        cast(first_used_date as date) as first_used_date,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
