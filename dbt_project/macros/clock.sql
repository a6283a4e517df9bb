{#- Seconds since 1970 at an instant kept in UTC; Spark has another name for it. -#}
{% macro epoch_seconds(instant) -%}
    {%- if target is defined and target.type == 'spark' -%}
        cast({{ instant }} as double)
    {%- else -%}
        cast(extract(epoch from {{ instant }}) as double)
    {%- endif -%}
{%- endmacro %}

{#- How far `seconds` lies from the nearest multiple of `step`, before it (negative) or after it: within half a step either way. -#}
{% macro off_the_grid(seconds, step) -%}
    ({{ seconds }}) - ({{ step }}) * floor(({{ seconds }}) / ({{ step }}) + 0.5)
{%- endmacro %}
