with quarters as (

    select * from {{ ref('stg_organisation__quarters') }}

),

organisations as (

    select
        zone_id,
        org_id,
        adopted_quarter,
        coalesce({{ quarter_index('adopted_quarter') }}, 0) as adopted_quarter_index
    from {{ ref('int_organisations_described') }}

),

joined as (

    select
        quarters.zone_id,
        quarters.org_id,
        quarters.quarter,
        quarters.quarter_index,
        quarters.sector_code,
        organisations.adopted_quarter,
        organisations.adopted_quarter_index,
        case
            when organisations.adopted_quarter is not null
                then quarters.quarter_index - organisations.adopted_quarter_index
        end as quarters_since_adoption,
        quarters.productivity_krmb,
        quarters.headcount_total,
        quarters.headcount_routine,
        quarters.headcount_routine__st,
        quarters.is_simulated
    from quarters
    inner join organisations
        on
            quarters.zone_id = organisations.zone_id
            and quarters.org_id = organisations.org_id

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(org_id as string) as org_id,
        cast(quarter as string) as quarter,
        cast(quarter_index as bigint) as quarter_index,
        cast(sector_code as string) as sector_code,
        cast(adopted_quarter as string) as adopted_quarter,
        cast(adopted_quarter_index as bigint) as adopted_quarter_index,
        cast(quarters_since_adoption as bigint) as quarters_since_adoption,
        cast(case when quarters_since_adoption >= 0 then 1 else 0 end as bigint) as is_adopted,
        cast(productivity_krmb as double) as productivity_krmb,
        cast(headcount_total as bigint) as headcount_total,
        cast(headcount_routine as bigint) as headcount_routine,
        cast(headcount_routine__st as bigint) as headcount_routine__st,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
