with links as (

    select * from {{ ref('int_links_unioned') }}

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(unit_type as string) as unit_type,
        cast(unit_id as string) as unit_id,
        cast(relation_code as string) as relation_code,
        cast(other_type as string) as other_type,
        cast(other_id as string) as other_id,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(source as string) as source,
        cast(is_simulated as boolean) as is_simulated
    from links

)

select * from final
