with targets as (

    select * from {{ ref('programme_targets') }}

),

final as (

    select
        cast(target_id as string) as target_id,
        cast(by_year as bigint) as by_year,
        cast(area as string) as area,
        cast(indicator_code as string) as indicator_code,
        cast(threshold_bn_rmb as double) as threshold_bn_rmb,
        cast(goal_en as string) as goal_en,
        cast(goal_zh as string) as goal_zh,
        cast(source_document as string) as source_document,
        cast(source_place as string) as source_place
    from targets

)

select * from final
