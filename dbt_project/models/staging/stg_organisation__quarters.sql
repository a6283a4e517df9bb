with quarters as (

    select * from {{ source('lake', 'organisation_quarter') }}

),

final as (

    select
        zone_id,
        org_id,
        quarter,
        {{ quarter_index('quarter') }} as quarter_index,
        sector_code,
        ai_industry_code,
        ai_industry_catalogue,
        adopted_quarter,
        productivity_krmb,
        headcount_total,
        headcount_routine,
        headcount_routine__st,
        coalesce(is_simulated, false) as is_simulated
    from quarters

)

select * from final
