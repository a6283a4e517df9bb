{#- Fails with one row per row for which the condition is not true; null counts as broken, so say what null means. -#}
{% test holds(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
