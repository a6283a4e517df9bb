with divisions as (

    select * from {{ source('lake', 'admin_division') }}

),

final as (

    select
        -- provinces have two digits and prefectures four: the codes of other tables have six
        case length(division_code)
            when 2 then division_code || '0000'
            when 4 then division_code || '00'
            else division_code
        end as division_code,
        division_name
    from divisions

)

select * from final
