with economies as (

    select * from {{ source('lake', 'city_economy') }}

),

final as (

    select
        trim(city_name) as city_name,
        gdp_10k_rmb,
        fiscal_10k_rmb,
        employment_persons,
        light_sum
    from economies

)

select * from final
