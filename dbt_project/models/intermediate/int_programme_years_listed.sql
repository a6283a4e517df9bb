-- The years from the first zone to the last year of the last national target: the frame of what is due, whatever has
-- arrived. No clock is read here: who asks what is overdue names the day.
with days as (

    select distinct cast(extract(year from day) as bigint) as year
    from {{ ref('int_days_listed') }}

),

zones as (

    select cast(extract(year from min(created_date)) as bigint) as first_year
    from {{ ref('zones') }}

),

targets as (

    select max(by_year) as last_year
    from {{ ref('programme_targets') }}

),

final as (

    select days.year
    from days
    inner join zones on days.year >= zones.first_year
    inner join targets on days.year <= targets.last_year

)

select * from final
