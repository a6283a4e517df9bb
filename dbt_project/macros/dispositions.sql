{#-
  The class of a disposition code for the response rates of AAPOR: I, P, R, NC, O, UH, UO, NE. P1 to P10 are the extension for panels
  (domain/registry.md L5). Whoever died is eligible until that day: O in the wave in whose field period it fell, NE afterwards.
-#}
{% macro disposition_class(code, died_in_field) -%}
    case
        when {{ code }} = '1.1' then 'I'
        when {{ code }} = '1.2' then 'P'
        when {{ code }} in ('2.11', '2.12', 'P2', 'P3', 'P4') then 'R'
        when {{ code }} = '2.20' then 'NC'
        when {{ code }} in ('2.31', '2.32', '2.33', '2.35') then 'O'
        when {{ code }} = 'P8' and {{ died_in_field }} then 'O'
        when {{ code }} = '3.1' then 'UH'
        when {{ code }} in ('3.2', '3.9', 'P5') then 'UO'
        when {{ code }} in ('4.1', '4.5', '4.7', '4.9', 'P1', 'P6', 'P7', 'P8', 'P9', 'P10') then 'NE'
    end
{%- endmacro %}

{#-
  Why everything about a unit is absent in a wave in which it was not seen (codes of data.contracts.MISSING_STATUS): not asked this
  wave (10), consent withdrawn (12), lost although the field says that it was collected (9), no longer in scope (8), else unit
  non-response (11).
-#}
{% macro unseen_status(code, class) -%}
    case
        when {{ code }} = 'P1' then 10
        when {{ code }} = 'P4' then 12
        when {{ class }} in ('I', 'P') then 9
        when {{ class }} = 'NE' then 8
        else 11
    end
{%- endmacro %}
