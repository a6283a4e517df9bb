with links as (

    select * from {{ source('lake', 'unit_link') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        relation_code,
        other_type,
        other_id,
        start_date,
        end_date,
        coalesce(is_simulated, false) as is_simulated
    from links

)

select * from final
