-- One row per unit and zone that any table of the zone names, with the first and last day on which it gave data.
with visits as (

    select * from {{ ref('stg_clinic__visits') }}

),

sample as (

    select * from {{ ref('stg_sample__units') }}

),

links as (

    select * from {{ ref('int_links_unioned') }}

),

devices as (

    select * from {{ ref('int_traffic_devices_seen') }}

),

mentions as (

    select
        zone_id,
        'person' as unit_type,
        person_id as unit_id,
        interview_date as seen_date,
        is_simulated
    from visits
    union all
    select
        zone_id,
        unit_type,
        unit_id,
        case when disposition_code in ('1.1', '1.2') then last_contact_date end as seen_date,
        is_simulated
    from sample
    union all
    select
        zone_id,
        'organisation' as unit_type,
        org_id as unit_id,
        {{ quarter_first_day('quarter') }} as seen_date,
        is_simulated
    from {{ ref('stg_organisation__quarters') }}
    union all
    select
        zone_id,
        'device' as unit_type,
        device_id as unit_id,
        first_seen_date as seen_date,
        is_simulated
    from devices
    union all
    select
        zone_id,
        'device' as unit_type,
        device_id as unit_id,
        last_seen_date as seen_date,
        is_simulated
    from devices
    union all
    select
        zone_id,
        'clinic' as unit_type,
        clinic_id as unit_id,
        cast(null as date) as seen_date,
        is_simulated
    from {{ ref('stg_clinic__assignments') }}
    union all
    select
        zone_id,
        unit_type,
        unit_id,
        cast(null as date) as seen_date,
        is_simulated
    from {{ ref('int_events_unioned') }}
    union all
    select
        zone_id,
        unit_type,
        unit_id,
        cast(null as date) as seen_date,
        is_simulated
    from links
    union all
    select
        zone_id,
        other_type as unit_type,
        other_id as unit_id,
        cast(null as date) as seen_date,
        is_simulated
    from links
    where other_type <> 'zone'

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        min(seen_date) as first_seen_date,
        max(seen_date) as last_seen_date,
        {{ is_flagged('is_simulated') }} as is_simulated
    from mentions
    group by zone_id, unit_type, unit_id

)

select * from final
