"""A break in a series as it is drawn: the line ends before it and begins anew, a rule stands there, words say why.

Belongs here: segments, the rule, the words. Does not: which breaks there are (apps.viewer.breaks), the series (charts).
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from apps.viewer.breaks import Break
from apps.viewer.components import markup
from apps.viewer.language import own, t

INK = "#101418"


def segments(periods: Sequence[str], breaks: Sequence[Break]) -> list[int]:
    """Return for each period how many breaks it is behind: points of two segments are never joined by a line.

    >>> from data.messages import Text
    >>> segments(["2012", "2013", "2014"], [Break("2014", Text(en="x", zh="x"))])
    [0, 0, 1]
    """
    return [sum(each.at <= period for each in breaks) for period in periods]


def rules(periods: Sequence[str], breaks: Sequence[Break]) -> list[alt.Chart]:
    """Return a dashed rule at the first period of each new segment that is drawn."""
    firsts = [min((p for p in periods if p >= each.at), default=None) for each in breaks]
    shown = [first for first in dict.fromkeys(firsts) if first is not None and first != min(periods)]
    if not shown:
        return []
    frame = pd.DataFrame({"period": shown, "said": [t("Break: {period}", period=period) for period in shown]})
    base = alt.Chart(frame).encode(x=alt.X("period:O", sort=list(periods)))
    rule = base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5)
    word = base.mark_text(align="left", dx=5, dy=9, fontSize=13, fontWeight=600, color=INK)
    return [rule, word.encode(y=alt.value(0), text="said:N")]


def said(periods: Sequence[str], breaks: Sequence[Break]) -> str:
    """Return the words for whoever does not see the rule; nothing without a break among the periods."""
    inside = [each for each in breaks if periods and min(periods) < each.at <= max(periods)]
    return " ".join(t("The series breaks at {period}: {note}", period=each.at, note=own(each.note)) for each in inside)


def tell(periods: Sequence[str], breaks: Sequence[Break]) -> None:
    """Say the breaks that lie among the periods above the figure."""
    told = said(periods, breaks)
    if told:
        markup.callout(t("Not one series"), [told], "warning")
