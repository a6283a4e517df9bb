with decided as (

    select * from {{ ref('int_dispositions_decided') }}

),

organisations as (

    select
        *,
        {{ disposition_class('disposition_code', 'false') }} as disposition_class
    from {{ ref('int_organisation_quarters_enumerated') }}

),

unioned as (

    select * from decided
    union all
    select
        zone_id,
        'organisation' as unit_type,
        org_id as unit_id,
        quarter as wave,
        quarter_index as wave_order,
        is_alive or is_observed as is_issued,
        disposition_code,
        disposition_class,
        disposition_source,
        is_observed,
        case when is_observed then 'register' end as mode_code,
        cast(null as string) as language_code,
        cast(null as boolean) as is_proxy,
        cast(null as bigint) as attempt_count,
        cast(null as date) as first_contact_date,
        cast(null as date) as last_contact_date,
        is_simulated
    from organisations

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(unit_type as string) as unit_type,
        cast(unit_id as string) as unit_id,
        cast(wave as string) as wave,
        cast(wave_order as bigint) as wave_order,
        cast(is_issued as boolean) as is_issued,
        cast(disposition_code as string) as disposition_code,
        cast(disposition_class as string) as disposition_class,
        cast(disposition_source as string) as disposition_source,
        cast(is_observed as boolean) as is_observed,
        cast(mode_code as string) as mode,
        cast(language_code as string) as language_code,
        cast(is_proxy as boolean) as is_proxy,
        cast(attempt_count as bigint) as attempt_count,
        cast(first_contact_date as date) as first_contact_date,
        cast(last_contact_date as date) as last_contact_date,
        cast(is_simulated as boolean) as is_simulated
    from unioned

)

select * from final
