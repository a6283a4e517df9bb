with series as (

    select * from {{ source('lake', 'price_series') }}

),

final as (

    select
        series_id,
        area_code,
        year,
        kind_code,
        series_value,
        base_year
    from series

)

select * from final
