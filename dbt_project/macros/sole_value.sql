{#- The value of a group if its rows agree on one, else null: two sources that contradict each other make no value. -#}
{% macro sole_value(column) -%}
    case when count(distinct {{ column }}) = 1 then max({{ column }}) end
{%- endmacro %}

{#-
  Its status: 0 where the rows agree, 4 (inadmissible multiple) where they differ, else the smallest reason that is given; null where
  no row of the source is in the group.
-#}
{% macro sole_status(column, of) -%}
    case
        when count(distinct {{ column }}) = 1 then 0
        when count(distinct {{ column }}) > 1 then 4
        else min(case when {{ of }} then {{ column }}__st end)
    end
{%- endmacro %}
