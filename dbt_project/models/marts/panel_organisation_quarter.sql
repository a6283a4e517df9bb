with enumerated as (

    select * from {{ ref('int_organisation_quarters_enumerated') }}
    where is_reporting and (is_alive or is_observed)

),

quarters as (

    select * from {{ ref('stg_organisation__quarters') }}

),

organisations as (

    select
        *,
        coalesce({{ quarter_index('adopted_quarter') }}, 0) as adopted_quarter_index
    from {{ ref('int_organisations_described') }}

),

joined as (

    select
        enumerated.zone_id,
        enumerated.org_id,
        enumerated.quarter,
        enumerated.quarter_index,
        enumerated.is_observed,
        enumerated.is_alive,
        enumerated.disposition_code,
        {{ unseen_status('enumerated.disposition_code', "'O'") }} as unseen__st,
        coalesce(quarters.sector_code, organisations.sector_code) as sector_code,
        quarters.ai_industry_code,
        quarters.ai_industry_catalogue,
        organisations.adopted_quarter,
        organisations.adopted_quarter_index,
        case
            when organisations.adopted_quarter is not null
                then enumerated.quarter_index - organisations.adopted_quarter_index
        end as quarters_since_adoption,
        quarters.productivity_krmb,
        quarters.headcount_total,
        quarters.headcount_routine,
        quarters.headcount_routine__st,
        coalesce(quarters.is_simulated, organisations.is_simulated) as is_simulated
    from enumerated
    inner join organisations
        on
            enumerated.zone_id = organisations.zone_id
            and enumerated.org_id = organisations.org_id
    left join quarters
        on
            enumerated.zone_id = quarters.zone_id
            and enumerated.org_id = quarters.org_id
            and enumerated.quarter = quarters.quarter

),

reasoned as (

    -- a figure that its report leaves empty was lost (9); of a quarter without a report the disposition says why
    select
        *,
        case
            when ai_industry_code is not null then 0
            when is_observed then 9
            else unseen__st
        end as ai_industry_code__st,
        case
            when productivity_krmb is not null then 0
            when is_observed then 9
            else unseen__st
        end as productivity_krmb__st,
        case
            when headcount_total is not null then 0
            when is_observed then 9
            else unseen__st
        end as headcount_total__st,
        case when is_observed then headcount_routine__st else unseen__st end as headcount_routine__status
    from joined

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(org_id as string) as org_id,
        cast(quarter as string) as quarter,
        cast(quarter_index as bigint) as quarter_index,
        cast(is_observed as boolean) as is_observed,
        cast(is_alive as boolean) as is_alive,
        cast(disposition_code as string) as disposition_code,
        cast(sector_code as string) as sector_code,
        cast(ai_industry_code as string) as ai_industry_code,
        cast(ai_industry_code__st as bigint) as ai_industry_code__st,
        cast(ai_industry_catalogue as string) as ai_industry_catalogue,
        cast(adopted_quarter as string) as adopted_quarter,
        cast(adopted_quarter_index as bigint) as adopted_quarter_index,
        cast(quarters_since_adoption as bigint) as quarters_since_adoption,
        cast(case when quarters_since_adoption >= 0 then 1 else 0 end as bigint) as is_adopted,
        cast(productivity_krmb as double) as productivity_krmb,
        cast(productivity_krmb__st as bigint) as productivity_krmb__st,
        cast(headcount_total as bigint) as headcount_total,
        cast(headcount_total__st as bigint) as headcount_total__st,
        cast(headcount_routine as bigint) as headcount_routine,
        cast(headcount_routine__status as bigint) as headcount_routine__st,
        cast(is_simulated as boolean) as is_simulated
    from reasoned

)

select * from final
