"""The forest plot: estimates of one unit on one axis, each with its interval, by what they may be called.

Belongs here: its marks and its words. Does not: other charts, colours and fonts (charts), reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from apps.viewer.components.charts import BLUE, HALO, INK, VERMILION, Figure, plain
from apps.viewer.findings import Finding
from apps.viewer.language import t

KINDS = {
    "confirmatory": (BLUE, "circle"),
    "deviated": (BLUE, "triangle-up"),
    "exploratory": ("#6B7780", "diamond"),
    "harm": (VERMILION, "square"),
}
"""How a finding is drawn in the forest plot, by its label: colour and shape; a harm by being one."""


def forest(findings: Sequence[Finding]) -> Figure:
    """Draw estimates of one unit on one axis: point, 95 % interval, the line of no difference."""
    outcomes = {finding.said.outcome for finding in findings}
    frame = pd.DataFrame([_forest_row(finding, _forest_name(finding, findings)) for finding in findings])
    unit = findings[0].said.unit
    what = unit if len(outcomes) > 1 else t("{label} ({unit})", label=outcomes.pop(), unit=unit)
    row = alt.Y("name:N", sort=list(frame["name"]), axis=None, scale=alt.Scale(paddingOuter=0.35))
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(KINDS), range=[KINDS[k][0] for k in KINDS]), legend=None)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(KINDS), range=[KINDS[k][1] for k in KINDS]), legend=None)
    ends = _span(frame)
    frame[["low", "high"]] = frame[["low", "high"]].clip(*ends)  # an open interval runs to the edge
    span = alt.Scale(domain=ends, nice=True)
    text: dict[str, Any] = {"align": "left", "dy": -17, "fontSize": 13}
    low = alt.X("low:Q", scale=span, axis=alt.Axis(title=what, tickCount=6, grid=True))
    base = alt.Chart(frame)
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"zero": [0]}))
        .mark_rule(color=INK, strokeDash=[4, 3])
        .encode(x=alt.X("zero:Q", scale=span)),
        base.mark_rule(strokeWidth=3).encode(x=low, x2="high:Q", y=row, color=colour),
        base.mark_point(filled=True, size=130, opacity=1).encode(
            x=alt.X("estimate:Q"), y=row, color=colour, shape=shape
        ),
        *(
            base.mark_text(**text, **paint).encode(x=alt.value(4), y=row, text="said:N")
            for paint in (HALO, {"color": INK})
        ),
    ).properties(height=54 * len(findings) + 62, width="container")
    said = "; ".join(str(text) for text in frame["said"])
    return Figure(plain(chart), t("Forest plot, {unit}: {said}.", unit=what, said=said))


def _forest_name(finding: Finding, findings: Sequence[Finding]) -> str:
    """Return the shortest name that tells a row from its neighbours: a phone has room for no more."""
    outcomes = [other.said.outcome for other in findings]
    if len(set(outcomes)) == 1 < len(outcomes):
        return finding.analysis_id
    only = outcomes.count(finding.said.outcome) == 1
    return finding.said.outcome if only else f"{finding.said.outcome} · {finding.analysis_id}"


def _forest_row(finding: Finding, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "estimate": finding.estimate,
        "low": finding.conf_low,
        "high": finding.conf_high,
        "kind": _kind(finding),
        "said": f"{name}  {interval(finding)}",
    }


def interval(finding: Finding) -> str:
    """Return the estimate and its interval as the whole page prints them."""
    said = finding.said
    return t("{estimate} [{low}, {high}]", estimate=said.estimate, low=said.low, high=said.high)


def _kind(finding: Finding) -> str:
    return "harm" if finding.is_harm else finding.label


def _span(frame: pd.DataFrame) -> list[float]:
    known = frame[["low", "estimate", "high"]].to_numpy(float)
    known = known[np.isfinite(known)]
    low, high = min(0.0, float(known.min())), max(0.0, float(known.max()))
    margin = (high - low or 1.0) * 0.06
    return [low - margin, high + margin]
