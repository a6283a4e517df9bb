with signals as (

    select * from {{ source('lake', 'district_signal') }}

),

final as (

    select
        zone_id,
        district_id,
        switched_on_date,
        coalesce(is_simulated, false) as is_simulated
    from signals

)

select * from final
