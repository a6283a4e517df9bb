{#- Periods as whole numbers, so that one period later is always plus one. -#}
{% macro quarter_index(quarter) -%}
    cast(substr({{ quarter }}, 1, 4) as bigint) * 4 + cast(substr({{ quarter }}, 6, 1) as bigint) - 1
{%- endmacro %}

{% macro month_index(month) -%}
    cast(extract(year from {{ month }}) as bigint) * 12 + cast(extract(month from {{ month }}) as bigint) - 1
{%- endmacro %}

{% macro wave_order(wave) -%}
    cast(substr({{ wave }}, 2) as bigint)
{%- endmacro %}

{% macro date_quarter_index(day) -%}
    cast(extract(year from {{ day }}) as bigint) * 4 + cast(extract(quarter from {{ day }}) as bigint) - 1
{%- endmacro %}

{% macro quarter_first_day(quarter) -%}
    make_date(cast(substr({{ quarter }}, 1, 4) as int), cast(substr({{ quarter }}, 6, 1) as int) * 3 - 2, 1)
{%- endmacro %}

{#- Whole days from one day to another; Spark has another name for it. -#}
{% macro days_between(first_day, last_day) -%}
    {%- if target is defined and target.type == 'spark' -%}
        datediff({{ last_day }}, {{ first_day }})
    {%- else -%}
        datediff('day', {{ first_day }}, {{ last_day }})
    {%- endif -%}
{%- endmacro %}
