with indicators as (

    select * from {{ ref('stg_zone__indicators') }}

),

documents as (

    select
        zone_id,
        document_id
    from {{ ref('int_zone_documents_unioned') }}

),

joined as (

    select
        indicators.*,
        documents.document_id is not null as is_evidenced
    from indicators
    left join documents
        on
            indicators.zone_id = documents.zone_id
            and indicators.source_document_id = documents.document_id

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(indicator_code as string) as indicator_code,
        cast(year as bigint) as year,
        cast(price_basis_code as string) as price_basis_code,
        cast(base_year as bigint) as base_year,
        cast(value as double) as value,
        cast(value__st as bigint) as value__st,
        cast(finality_code as string) as finality_code,
        cast(catalogue as string) as catalogue,
        cast(source_document_id as string) as source_document_id,
        cast(is_evidenced as boolean) as is_evidenced,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
