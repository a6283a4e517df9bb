{{ config(materialized='table') }} -- three marts read it

-- One row per person or household and wave with what came of it. The sample file decides; without a row there, an
-- interview is a complete one; a unit absent from a wave's file was not issued; a unit that had ended is out of
-- scope; of the rest nothing is known.
with enumerated as (

    select * from {{ ref('int_units_enumerated') }}

),

-- the kind of unit as a column: a condition on one side of an outer join alone would compare all rows with all
visits as (

    select
        'person' as unit_type,
        zone_id,
        person_id,
        wave
    from {{ ref('stg_clinic__visits') }}

),

sample as (

    select * from {{ ref('stg_sample__units') }}

),

filed as (

    select distinct
        zone_id,
        unit_type,
        wave
    from sample

),

ended as (

    select
        zone_id,
        unit_type,
        unit_id,
        min(event_date) as ended_date
    from {{ ref('stg_units__events') }}
    where event_code = 'ended'
    group by zone_id, unit_type, unit_id

),

joined as (

    select
        enumerated.*,
        visits.person_id is not null as is_observed,
        sample.unit_id is not null as is_on_file,
        sample.is_issued as is_issued_on_file,
        case
            when sample.unit_id is not null then 'sample_file'
            when visits.person_id is not null then 'interview'
            when filed.wave is not null then 'absent_from_file'
            when ended.ended_date < enumerated.field_start_date then 'event'
            else 'none'
        end as disposition_source,
        sample.disposition_code as disposition_on_file,
        sample.mode_code,
        sample.language_code,
        sample.is_proxy,
        sample.attempt_count,
        sample.first_contact_date,
        sample.last_contact_date,
        coalesce(ended.ended_date >= enumerated.field_start_date, false) as is_ended_in_field
    from enumerated
    left join visits
        on
            enumerated.zone_id = visits.zone_id
            and enumerated.unit_type = visits.unit_type
            and enumerated.unit_id = visits.person_id
            and enumerated.wave = visits.wave
    left join sample
        on
            enumerated.zone_id = sample.zone_id
            and enumerated.unit_type = sample.unit_type
            and enumerated.unit_id = sample.unit_id
            and enumerated.wave = sample.wave
    left join filed
        on
            enumerated.zone_id = filed.zone_id
            and enumerated.unit_type = filed.unit_type
            and enumerated.wave = filed.wave
    left join ended
        on
            enumerated.zone_id = ended.zone_id
            and enumerated.unit_type = ended.unit_type
            and enumerated.unit_id = ended.unit_id

),

decided as (

    select
        *,
        case disposition_source
            when 'sample_file' then disposition_on_file
            when 'interview' then '1.1'
            when 'absent_from_file' then 'P1'
            when 'event' then 'P8'
            else '3.9'
        end as disposition_code
    from joined

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        wave,
        wave_order,
        coalesce(is_issued_on_file, disposition_code not in ('P1', 'P8')) as is_issued,
        disposition_code,
        {{ disposition_class('disposition_code', 'is_ended_in_field') }} as disposition_class,
        disposition_source,
        is_observed,
        mode_code,
        language_code,
        is_proxy,
        attempt_count,
        first_contact_date,
        last_contact_date,
        is_simulated
    from decided

)

select * from final
