with respondents as (

    select * from {{ source('lake', 'social_insure') }}

),

final as (

    select
        respondent_id,
        address,
        village,
        takeup_survey,
        age,
        agpop,
        ricearea_2010,
        disaster_prob,
        male,
        "default",
        intensive,
        risk_averse,
        literacy,
        pre_takeup_rate
    from respondents

)

select * from final
