with populations as (

    select * from {{ source('lake', 'city_population_year') }}

),

final as (

    select
        trim(city_name) as city_name,
        year,
        cast(city_code as string) as city_code,
        population_original_10k,
        population_10k
    from populations

)

select * from final
