-- Every dated document in the life of a zone: what the zone sent, and the letter and the announcement that the
-- reference table knows of.
with documents as (

    select * from {{ ref('stg_zone__documents') }}

),

zones as (

    select * from {{ ref('zones') }}

),

kinds as (

    select * from {{ ref('programme_document_kinds') }}

),

unioned as (

    select
        zone_id,
        'sent' as origin,
        document_id,
        kind_code,
        issued_date,
        report_year,
        issuer_code,
        reference_no,
        title,
        file_sha256,
        is_simulated
    from documents
    union all
    select
        zone_id,
        'reference' as origin,
        'ref:approval' as document_id,
        'approval' as kind_code,
        created_date as issued_date,
        cast(null as bigint) as report_year,
        'most' as issuer_code,
        cast(null as string) as reference_no,
        cast(null as string) as title,
        cast(null as string) as file_sha256,
        false as is_simulated
    from zones
    union all
    select
        zone_id,
        'reference' as origin,
        'ref:announcement' as document_id,
        'announcement' as kind_code,
        announced_date as issued_date,
        cast(null as bigint) as report_year,
        'most' as issuer_code,
        cast(null as string) as reference_no,
        cast(null as string) as title,
        cast(null as string) as file_sha256,
        false as is_simulated
    from zones

),

final as (

    select
        unioned.*,
        kinds.opens_state as state_code,
        kinds.state_order
    from unioned
    left join kinds on unioned.kind_code = kinds.kind_code

)

select * from final
