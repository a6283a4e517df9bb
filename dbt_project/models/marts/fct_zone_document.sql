with documents as (

    select * from {{ ref('int_zone_documents_unioned') }}

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(document_id as string) as document_id,
        cast(origin as string) as origin,
        cast(kind_code as string) as kind_code,
        cast(state_code as string) as state_code,
        cast(issued_date as date) as issued_date,
        cast(report_year as bigint) as report_year,
        cast(issuer_code as string) as issuer_code,
        cast(reference_no as string) as reference_no,
        cast(title as string) as title,
        cast(file_sha256 as string) as file_sha256,
        cast(is_simulated as boolean) as is_simulated
    from documents

)

select * from final
