{#- Whether any row of a group carries a flag; a source without the flag's column counts as not flagged. -#}
{% macro is_flagged(flag) -%}
    coalesce(max(case when {{ flag }} then 1 else 0 end), 0) = 1
{%- endmacro %}
