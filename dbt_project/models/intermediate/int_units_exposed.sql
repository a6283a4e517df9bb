-- One row per unit that an exposure log follows: from which day a system was offered to it, from which it used one.
with exposures as (

    select * from {{ ref('stg_ai__exposures') }}

),

final as (

    select
        zone_id,
        unit_type,
        unit_id,
        min(case when is_offered then period_start end) as first_offered_date,
        min(case when is_used then period_start end) as first_used_date
    from exposures
    group by zone_id, unit_type, unit_id

)

select * from final
