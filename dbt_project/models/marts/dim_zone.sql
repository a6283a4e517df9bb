with zones as (

    select * from {{ ref('zones') }}

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(name_en as string) as name_en,
        cast(name_zh as string) as name_zh,
        cast(level as string) as level,
        cast(adcode as string) as adcode,
        cast(created_date as date) as created_date,
        cast(announced_date as date) as announced_date,
        cast(longitude as double) as longitude,
        cast(latitude as double) as latitude,
        cast(timezone as string) as timezone,
        cast(strengths_en as string) as strengths_en,
        cast(strengths_zh as string) as strengths_zh
    from zones

)

select * from final
