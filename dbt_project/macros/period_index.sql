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
