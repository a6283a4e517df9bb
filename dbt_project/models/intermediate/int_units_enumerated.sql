-- One row per person and wave of its zone, seen or not; of a household in the waves for which a sample file lists
-- households. Who moved in from another zone (unit_link) has no row before the move; whoever was on a file or
-- interviewed has one all the same.
with visits as (

    select
        zone_id,
        'person' as unit_type,
        person_id as unit_id,
        wave,
        is_simulated
    from {{ ref('stg_clinic__visits') }}

),

issued as (

    select
        zone_id,
        unit_type,
        unit_id,
        wave,
        is_simulated
    from {{ ref('stg_sample__units') }}

),

named as (

    select * from visits
    union all
    select * from issued

),

recorded as (

    select distinct
        zone_id,
        unit_type,
        unit_id,
        wave
    from named

),

units as (

    select
        zone_id,
        unit_type,
        unit_id,
        {{ is_flagged('is_simulated') }} as is_simulated
    from named
    group by zone_id, unit_type, unit_id

),

arrivals as (

    select
        other_id as zone_id,
        unit_type,
        unit_id,
        min(start_date) as arrived_date
    from {{ ref('stg_units__links') }}
    where relation_code = 'moved_zone'
    group by other_id, unit_type, unit_id

),

waves as (

    select * from {{ ref('int_zone_waves_listed') }}

),

households as (

    select distinct
        zone_id,
        wave
    from issued
    where unit_type = 'household'

),

fields as (

    select
        'person' as unit_type,
        zone_id,
        wave,
        wave_order,
        field_start_date,
        field_end_date
    from waves
    union all
    select
        'household' as unit_type,
        waves.zone_id,
        waves.wave,
        waves.wave_order,
        waves.field_start_date,
        waves.field_end_date
    from waves
    inner join households
        on
            waves.zone_id = households.zone_id
            and waves.wave = households.wave

),

final as (

    select
        units.zone_id,
        units.unit_type,
        units.unit_id,
        fields.wave,
        fields.wave_order,
        fields.field_start_date,
        units.is_simulated
    from units
    inner join fields
        on
            units.zone_id = fields.zone_id
            and units.unit_type = fields.unit_type
    left join arrivals
        on
            units.zone_id = arrivals.zone_id
            and units.unit_type = arrivals.unit_type
            and units.unit_id = arrivals.unit_id
    left join recorded
        on
            units.zone_id = recorded.zone_id
            and units.unit_type = recorded.unit_type
            and units.unit_id = recorded.unit_id
            and fields.wave = recorded.wave
    where recorded.wave is not null or arrivals.arrived_date is null or fields.field_end_date >= arrivals.arrived_date

)

select * from final
