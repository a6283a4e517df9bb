-- One row per variable that any device measures: its own declared thresholds, or those of every other variable (*).
with rules as (

    select * from {{ ref('sensor_rules') }}

),

variables as (

    select variable from {{ ref('sensor_series') }}
    union distinct
    select variable from {{ ref('stg_sensors__devices') }}
    union distinct
    select variable from {{ ref('int_sensor_variables_listed') }}

),

final as (

    select
        variables.variable,
        rules.min_hour_share,
        rules.min_day_share,
        rules.min_month_share,
        rules.outlier_score,
        rules.min_judged,
        rules.flat_after,
        rules.clock_tolerance_s
    from variables
    inner join rules
        on
            rules.variable = case
                when variables.variable in (select own.variable from rules as own) then variables.variable
                else '*'
            end

)

select * from final
