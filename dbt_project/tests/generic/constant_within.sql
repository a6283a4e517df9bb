{#- Fails with one row per group in which a column takes more than one value; null is no value. -#}
{% test constant_within(model, column_name, group_by) %}
select
    {{ group_by | join(', ') }},
    count(distinct {{ column_name }}) as values_found
from {{ model }}
group by {{ group_by | join(', ') }}
having count(distinct {{ column_name }}) > 1
{% endtest %}
