"""A protected share in words: exact, a bound, or not shown.

Belongs here: the wording. Does not: the rule (quality.disclosure).
"""

from __future__ import annotations

from apps.viewer.language import number, percent, t
from quality.disclosure import MIN_CELL, Share

_SIGN = {"exact": "", "above": "> ", "below": "< "}


def share_text(share: Share | None) -> str:
    """Return a share as far as it may be shown; a dash when there is none.

    >>> share_text(Share("above", 0.875, 80))
    '> 87.5%'
    """
    if share is None:
        return "–"
    return units_text(None) if share.kind == "hidden" else f"{_SIGN[share.kind]}{percent(share.value)}"


def units_text(units: int | None) -> str:
    """Return a count, or that it is too small to show.

    >>> units_text(1200), units_text(None)
    ('1,200', 'under 10')
    """
    return t("under {n}", n=MIN_CELL) if units is None else number(units)
