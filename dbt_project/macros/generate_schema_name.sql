{#- Schemas are called what the folder says (staging, marts), not <target>_staging: the build file holds one build only. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
