"""How the values of a number spread: quantiles on one line, with the mean.

Belongs here: the picture, its text, its numbers. Does not: which of them may be shown (quality.codebook.protection).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from apps.viewer.components.charts import BLUE, INK, VERMILION, Figure, plain
from apps.viewer.language import number, t
from quality.codebook.protection import Shown

_WHOLE = 1000
_PAIRS = (("p10", "p90", 3), ("p25", "p75", 12))


def told(value: float) -> str:
    """Return a number with as many decimals as it has sense.

    >>> told(1987.0), told(12.3456), told(0.01234)
    ('1,987', '12.3', '0.012')
    """
    if float(value).is_integer() or abs(value) >= _WHOLE:
        return number(value)
    return number(value, 1 if abs(value) >= 10 else 3)  # noqa: PLR2004 - three digits are enough


def numbers(shown: Shown) -> list[tuple[str, float]]:
    """Return the numbers that may be shown, by name."""
    named: list[tuple[str, float | None]] = [
        (t("mean"), shown.mean),
        (t("standard deviation"), shown.sd),
        (t("least"), shown.least),
        *shown.quantiles.items(),
        (t("greatest"), shown.greatest),
    ]
    return [(name, value) for name, value in named if value is not None]


def spread(shown: Shown, label: str, unit: str | None) -> Figure | None:
    """Draw quantiles as a line within a line with the median and the mean; None where no quantile may be shown."""
    held = shown.quantiles
    if "p50" not in held:
        return None
    title = f"{label} ({unit})" if unit else label
    x: Any = alt.X("low:Q", scale=alt.Scale(zero=False, padding=24), axis=alt.Axis(title=title, tickCount=6))
    chart = alt.layer(*_ranges(held, x), *_middles(shown, held, x)).properties(height=110, width="container")
    said = t(
        "Spread of {label}: median {median}, mean {mean}; half of the values lie between {low} and {high}.",
        label=title,
        median=told(held["p50"]),
        mean=told(shown.mean or 0),
        low=told(held.get("p25", held["p50"])),
        high=told(held.get("p75", held["p50"])),
    )
    return Figure(plain(chart), said)


def _ranges(held: Mapping[str, float], x: Any) -> list[alt.Chart]:  # noqa: ANN401 - an Altair channel
    y: Any = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    return [
        alt.Chart(pd.DataFrame([{"low": held[low], "high": held[high], "y": 0.5}]))
        .mark_rule(strokeWidth=width, color=BLUE, opacity=0.9 if width > 3 else 0.6)  # noqa: PLR2004 - the outer one is thin
        .encode(x=x, x2="high:Q", y=y)
        for low, high, width in _PAIRS
        if low in held and high in held
    ]


def _middles(shown: Shown, held: Mapping[str, float], x: Any) -> tuple[alt.Chart, alt.Chart]:  # noqa: ANN401 - as above
    """Return median and mean as marks, and their words."""
    y: Any = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    points = pd.DataFrame(
        [
            {"low": held["p50"], "said": t("median {n}", n=told(held["p50"])), "y": 0.5, "label": 0.86},
            {"low": shown.mean, "said": t("mean {n}", n=told(shown.mean or 0)), "y": 0.5, "label": 0.14},
        ]
    )
    base = alt.Chart(points).encode(x=x)
    said_by: dict[str, Any] = {"domain": list(points["said"])}
    shape = alt.Shape("said:N", scale=alt.Scale(range=["circle", "diamond"], **said_by), legend=None)
    colour = alt.Color("said:N", scale=alt.Scale(range=["white", VERMILION], **said_by), legend=None)
    size = alt.Size("said:N", scale=alt.Scale(range=[220, 80], **said_by), legend=None)
    marks = base.mark_point(filled=True, stroke=INK, strokeWidth=1.5, opacity=1).encode(
        shape=shape, color=colour, size=size, y=y
    )
    words = base.mark_text(fontSize=13, color=INK, fontWeight=600).encode(
        text="said:N", y=alt.Y("label:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    )
    return marks, words
