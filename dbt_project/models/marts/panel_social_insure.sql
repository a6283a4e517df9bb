with respondents as (

    select * from {{ ref('stg_social_insure__respondents') }}

),

final as (

    select
        cast(respondent_id as bigint) as respondent_id,
        cast(address as string) as address,
        cast(village as string) as village,
        cast(takeup_survey as bigint) as takeup_survey,
        cast(age as double) as age,
        cast(agpop as double) as agpop,
        cast(ricearea_2010 as double) as ricearea_2010,
        cast(disaster_prob as double) as disaster_prob,
        cast(male as bigint) as male,
        cast("default" as bigint) as "default",
        cast(intensive as bigint) as intensive,
        cast(risk_averse as double) as risk_averse,
        cast(literacy as bigint) as literacy,
        cast(pre_takeup_rate as double) as pre_takeup_rate
    from respondents

)

select * from final
