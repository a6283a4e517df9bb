"""Months that stay: what a build makes of a zone's month once and keeps, so that a new month does not cost the whole history.

Belongs here: which months must be made anew (inputs), the rows of those that stay (store), both for one build (keeping).
Does not: the models (dbt_project), the lake.
"""

from quality.months.inputs import growing
from quality.months.keeping import Months, plan

__all__ = ["Months", "growing", "plan"]
