{#-
  The wall-clock time in `zone` at an instant kept in UTC. Standard SQL `at time zone`; DuckDB's time-zone data (ICU) is
  built into its Python package, so nothing is loaded. Spark has another name for it.
-#}
{% macro local_time(instant, zone) -%}
    {%- if target is defined and target.type == 'spark' -%}
        from_utc_timestamp({{ instant }}, {{ zone }})
    {%- else -%}
        {{ instant }} at time zone {{ zone }}
    {%- endif -%}
{%- endmacro %}
