"""When treatment starts, stops and for whom: what a reader of a two-way fixed effects coefficient must know.

Belongs here: staggered starts, reversals, always-treated units, the weights with which effects enter (de Chaisemartin &
D'Haultfœuille 2020). Does not: the regression (twfe).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.messages import warning
from experiments.sample import Sample, Vector
from experiments.spec import AnalysisSpec

NOISE = 1e-12


@dataclass(frozen=True)
class Timing:
    """Diagnostics and warnings about the timing of treatment."""

    notes: dict[str, Any]
    warnings: tuple[dict[str, Any], ...]


def describe(spec: AnalysisSpec, sample: Sample, treatment: Vector, shares: Vector) -> Timing:
    """Return what the timing of treatment means for the coefficient.

    Parameters
    ----------
    spec
        Names `unit` and `time`; text periods are ordered as text.
    sample
        Complete cases.
    treatment
        Dummy or dose, one a row.
    shares
        Each row's weight in the coefficient as an average of effects; they sum to 1, some may be negative.

    Returns
    -------
    Timing
        Counts of units and starts; the share of treated rows with a negative weight and the sum of those weights.
    """
    path = pd.DataFrame(
        {
            "unit": sample.codes(str(spec.unit)),
            "time": sample.codes(str(spec.time)),
            "treatment": treatment,
        }
    ).sort_values(["unit", "time"], kind="stable")
    starts = path[path["treatment"] != 0].groupby("unit")["time"].min()
    first = path.groupby("unit")["time"].min()
    before = path[path["time"] < path["unit"].map(starts)].groupby("unit")["time"].max()
    drops = path.groupby("unit")["treatment"].diff() < 0
    treated = treatment != 0
    negative = treated & (shares < -NOISE)
    notes = {
        "n_periods": int(path["time"].nunique()),
        "n_starts": distinct_starts(before.reindex(starts.index).fillna(-1).to_numpy(), starts.to_numpy()),
        "n_ever_treated": len(starts),
        "n_never_treated": len(first) - len(starts),
        "n_always_treated": int((starts == first[starts.index]).sum()),
        "n_reverting": int(path["unit"][drops].nunique()),
        "negative_weight_share": float(negative.sum() / treated.sum()),
        "negative_weight_sum": float(shares[negative].sum()),
    }
    return Timing(notes, _warnings(notes))


def distinct_starts(last_before: Vector, first_treated: Vector) -> int:
    """Return the fewest starting times that agree with every unit: each started after `last_before`, by `first_treated`.

    A unit that misses its first treated period is seen treated one period late; that is no start of its own.

    >>> distinct_starts(np.array([2.0, 2.0, 3.0]), np.array([3, 4, 4]))
    2
    """
    found, latest = 0, -np.inf
    for place in np.argsort(first_treated, kind="stable"):
        if last_before[place] >= latest:
            found, latest = found + 1, float(first_treated[place])
    return found


def _warnings(notes: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    found = []
    if notes["n_starts"] > 1:
        found.append(
            warning(
                "W-TWFE-01",
                n=notes["n_starts"],
                share=notes["negative_weight_share"],
                total=notes["negative_weight_sum"],
            )
        )
    if notes["n_reverting"]:
        found.append(warning("W-TWFE-02", n=notes["n_reverting"]))
    if notes["n_always_treated"]:
        found.append(warning("W-TWFE-03", n=notes["n_always_treated"]))
    if not notes["n_never_treated"]:
        found.append(warning("W-TWFE-04"))
    return tuple(found)
