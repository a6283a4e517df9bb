with accounts as (

    select * from {{ source('lake', 'city_account_year') }}

),

final as (

    select
        city_code,
        trim(city_name) as city_name,
        year,
        gdp_10k_rmb,
        ai_core_output_10k_rmb,
        ai_related_output_10k_rmb,
        ai_catalogue,
        employment_persons
    from accounts

)

select * from final
