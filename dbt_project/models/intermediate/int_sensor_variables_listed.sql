{{ config(materialized='incremental', incremental_strategy='append') }} -- months that stay are kept (README)

-- The variables of the long table of readings, a zone and month: their thresholds are looked up.
with readings as (

    select * from {{ ref('stg_sensors__readings') }}

),

final as (

    select distinct
        zone_id,
        cast(date_trunc('month', observed_at_local) as date) as month,
        variable
    from readings

)

select * from final
