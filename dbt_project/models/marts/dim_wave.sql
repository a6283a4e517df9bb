with waves as (

    select * from {{ ref('int_zone_waves_listed') }}

),

decided as (

    select
        zone_id,
        wave,
        count(*) as units_listed,
        count(case when is_issued then 1 end) as units_issued,
        count(case when is_observed then 1 end) as units_observed,
        {{ is_flagged("disposition_source = 'sample_file'") }} as has_sample_file,
        {{ is_flagged('is_simulated') }} as is_simulated
    from {{ ref('int_dispositions_decided') }}
    group by zone_id, wave

),

final as (

    select
        cast(waves.zone_id as string) as zone_id,
        cast(waves.wave as string) as wave,
        cast(waves.wave_order as bigint) as wave_order,
        cast(waves.wave_year as bigint) as wave_year,
        cast(waves.field_start_date as date) as field_start_date,
        cast(waves.field_end_date as date) as field_end_date,
        cast(decided.has_sample_file as boolean) as has_sample_file,
        cast(decided.units_listed as bigint) as units_listed,
        cast(decided.units_issued as bigint) as units_issued,
        cast(decided.units_observed as bigint) as units_observed,
        cast(decided.is_simulated as boolean) as is_simulated
    from waves
    inner join decided
        on
            waves.zone_id = decided.zone_id
            and waves.wave = decided.wave

)

select * from final
