with documents as (

    select * from {{ ref('int_zone_documents_unioned') }}
    where state_code is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by zone_id, state_code
            order by issued_date, origin, document_id
        ) as document_number
    from documents

),

entered as (

    select
        zone_id,
        state_code,
        state_order,
        issued_date as since_date,
        document_id,
        is_simulated
    from ranked
    where document_number = 1

),

ordered as (

    select
        *,
        -- a state ends when any later one begins, also where one between them left no document
        min(since_date) over (
            partition by zone_id
            order by state_order
            rows between 1 following and unbounded following
        ) as until_date,
        max(since_date) over (
            partition by zone_id
            order by state_order
            rows between unbounded preceding and 1 preceding
        ) as before_date
    from entered

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(state_code as string) as state_code,
        cast(state_order as bigint) as state_order,
        cast(since_date as date) as since_date,
        cast(until_date as date) as until_date,
        cast(document_id as string) as document_id,
        cast(coalesce(since_date >= before_date, true) as boolean) as is_in_order,
        cast(is_simulated as boolean) as is_simulated
    from ordered

)

select * from final
