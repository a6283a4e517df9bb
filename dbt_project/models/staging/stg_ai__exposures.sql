with exposures as (

    select * from {{ source('lake', 'ai_exposure') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        system_id,
        period_start,
        period_end,
        is_offered,
        is_used,
        use_count,
        use_count__st,
        use_min,
        use_min__st,
        system_version,
        coalesce(is_simulated, false) as is_simulated
    from exposures

)

select * from final
