with supplements as (

    select * from {{ source('lake', 'city_population_supplement') }}

),

final as (

    select
        trim(city_name) as city_name,
        year,
        cast(city_code as string) as city_code,
        population_10k
    from supplements

)

select * from final
