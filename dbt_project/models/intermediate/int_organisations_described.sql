-- One row per organisation: the earliest quarter of adoption that its reports name. An organisation that had not yet
-- adopted when it reported leaves the cell empty, so the rows of one organisation need not agree.
with quarters as (

    select * from {{ ref('stg_organisation__quarters') }}

),

final as (

    select
        zone_id,
        org_id,
        min(adopted_quarter) as adopted_quarter
    from quarters
    group by zone_id, org_id

)

select * from final
