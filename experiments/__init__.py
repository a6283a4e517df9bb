"""The study: what was promised, what was estimated, what may be said.

Belongs here: protocols, estimators, running one on the other, published studies, reports. Does not: files that zones send and
their checks (quality), tables (dbt_project), scheduling (orchestration), pages and commands (apps).
"""
