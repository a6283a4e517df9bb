with rows_sent as (

    select * from {{ source('lake', 'zone_document') }}

),

final as (

    select
        zone_id,
        document_id,
        kind_code,
        issued_date,
        report_year,
        issuer_code,
        reference_no,
        title,
        file_sha256,
        coalesce(is_simulated, false) as is_simulated
    from rows_sent

)

select * from final
