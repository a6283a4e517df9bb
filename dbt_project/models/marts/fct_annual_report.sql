with zones as (

    select
        zone_id,
        -- the duty is of the guidelines of 29 September 2020: the first report is that of the year in which both they
        -- and the zone existed
        greatest(cast(extract(year from created_date) as bigint), 2020) as first_year
    from {{ ref('zones') }}

),

years as (

    select * from {{ ref('int_programme_years_listed') }}

),

documents as (

    select * from {{ ref('int_zone_documents_unioned') }}

),

withdrawals as (

    select
        zone_id,
        min(issued_date) as withdrawn_date
    from documents
    where kind_code = 'withdrawal'
    group by zone_id

),

reports as (

    select
        zone_id,
        report_year,
        min(case when kind_code = 'annual_report' then issued_date end) as submitted_date,
        min(case when kind_code = 'report_province_review' then issued_date end) as reviewed_date,
        min(case when kind_code = 'report_most_receipt' then issued_date end) as received_date,
        {{ is_flagged('is_simulated') }} as is_simulated
    from documents
    where kind_code in ('annual_report', 'report_province_review', 'report_most_receipt')
    group by zone_id, report_year

),

joined as (

    select
        zones.zone_id,
        years.year as report_year,
        cast(concat(cast(years.year as string), '-12-31') as date) as due_date,
        reports.submitted_date,
        reports.reviewed_date,
        reports.received_date,
        coalesce(reports.is_simulated, false) as is_simulated
    from zones
    inner join years on zones.first_year <= years.year
    left join reports
        on
            zones.zone_id = reports.zone_id
            and years.year = reports.report_year
    left join withdrawals on zones.zone_id = withdrawals.zone_id
    where
        withdrawals.withdrawn_date is null
        or years.year <= extract(year from withdrawals.withdrawn_date)
        or reports.submitted_date is not null

),

final as (

    select
        cast(zone_id as string) as zone_id,
        cast(report_year as bigint) as report_year,
        cast(due_date as date) as due_date,
        cast(submitted_date as date) as submitted_date,
        cast(reviewed_date as date) as reviewed_date,
        cast(received_date as date) as received_date,
        cast(submitted_date > due_date as boolean) as is_late,
        cast(is_simulated as boolean) as is_simulated
    from joined

)

select * from final
