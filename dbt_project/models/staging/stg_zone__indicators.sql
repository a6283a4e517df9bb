with rows_sent as (

    select * from {{ source('lake', 'zone_indicator_year') }}

),

final as (

    select
        zone_id,
        indicator_code,
        year,
        price_basis_code,
        base_year,
        value,
        coalesce(value__st, case when value is null then 9 else 0 end) as value__st,
        finality_code,
        catalogue,
        source_document_id,
        coalesce(is_simulated, false) as is_simulated
    from rows_sent

)

select * from final
