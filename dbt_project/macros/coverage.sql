{#- Readings that a cadence makes expect of a calendar month: days x 1440 minutes / cadence. -#}
{% macro month_slots(month, cadence) -%}
    extract(day from last_day({{ month }})) * 1440 / {{ cadence }}
{%- endmacro %}

{#- The declared share of a month for a variable: its own row of the seed sensor_rules, else that of every other variable (*). -#}
{% macro month_share_asked(variable) -%}
    coalesce(
        max(case when variable = '{{ variable }}' then min_month_share end),
        max(case when variable = '*' then min_month_share end)
    )
{%- endmacro %}

{#- Why a month has no mean: 0 it has one, 16 most of what is lacking lay outside detection, 9 most was empty, else 14 (silent). -#}
{% macro month_status(valid, out, empty, expected, asked) -%}
    case
        when {{ valid }} >= {{ asked }} * {{ expected }} then 0
        when 2 * {{ out }} > {{ expected }} - {{ valid }} then 16
        when 2 * {{ empty }} > {{ expected }} - {{ valid }} then 9
        else 14
    end
{%- endmacro %}
