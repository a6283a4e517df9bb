{#-
  The mean of a measurement, the same on one thread and on many: a sum of doubles depends on the order of its terms (six
  results in six runs, domain/lake.md 4.3), a sum of decimals does not. Six decimals are kept of each value.
  Null without any value.
-#}
{% macro stable_mean(expression) -%}
    cast({{ stable_sum(expression) }} as double) / nullif(count({{ expression }}), 0)
{%- endmacro %}

{#- The sum behind it, exact, so that means of parts can be pooled without a digit changing. -#}
{% macro stable_sum(expression) -%}
    sum(cast({{ expression }} as decimal(38, 6)))
{%- endmacro %}
