with practices as (

    select * from {{ ref('stg_zone__practices') }}

),

documents as (

    select
        zone_id,
        document_id
    from {{ ref('int_zone_documents_unioned') }}

),

joined as (

    select
        practices.*,
        documents.document_id is not null as is_documented
    from practices
    left join documents
        on
            practices.zone_id = documents.zone_id
            and practices.document_id = documents.document_id

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(practice_id as string) as practice_id,
        cast(title as string) as title,
        cast(task_type_code as string) as task_type_code,
        cast(proposed_date as date) as proposed_date,
        cast(experiment_id as string) as experiment_id,
        cast(document_id as string) as document_id,
        cast(is_documented as boolean) as is_documented,
        cast(is_documented and experiment_id is not null as boolean) as is_candidate,
        cast(adopted_count as bigint) as adopted_count,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
