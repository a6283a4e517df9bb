"""The estimate without each zone in turn: whether one of them carries the result.

When: an effect is reported over zones (or schools, sites). The option `leave_one_out: zone_id` of any analysis. Belongs here: the
estimates, their range, the zone that moves the result most. Does not: estimating (the method again on the rows that are left).
Nothing is decided by it. A zone without which nothing can be estimated is named with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from data.messages import Refused
from experiments.estimators.method import LEAVE_ONE_OUT, SESOI, SUBGROUPS
from experiments.messages import refusal
from experiments.result import Estimate, EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec, Inference

LEAST, MOST = 3, 200
"""Groups below which nothing is left to compare, and above which a single one says little."""
Again = Callable[[AnalysisSpec, Sample], EstimateResult]


def without_each(spec: AnalysisSpec, result: EstimateResult, runs: Mapping[str, Callable[[], EstimateResult]]) -> Any:  # noqa: ANN401 - JSON
    """Return what stands in `diagnostics.leave_one_out`.

    Parameters
    ----------
    spec, result
        The analysis on all rows.
    runs
        By group, the same analysis without it.

    Raises
    ------
    Refused
        E-LEAVE-01: fewer than three groups, or more than 200.
    """
    column = str(spec.options[LEAVE_ONE_OUT])
    if not LEAST <= len(runs) <= MOST:
        raise refusal("E-LEAVE-01", column=column, n=len(runs), least=LEAST, most=MOST)
    own = headline_row(spec, result)
    without = [{"group": name, **_told(run, own)} for name, run in runs.items()]
    known = [item for item in without if "estimate" in item]
    most = max(known, key=lambda item: abs(item["estimate"] - own.estimate), default=None)
    return {
        "column": column,
        "term": own.term,
        "without": without,
        "low": min((item["estimate"] for item in known), default=None),
        "high": max((item["estimate"] for item in known), default=None),
        "moves_most": None if most is None else most["group"],
        "moved_by": None if most is None else most["estimate"] - own.estimate,
        "changes_sign": any(item["estimate"] * own.estimate < 0 for item in known),
    }


def by_rows(spec: AnalysisSpec, sample: Sample, again: Again) -> dict[str, Callable[[], EstimateResult]]:
    """Return, by group of the option's column, the analysis without its rows."""
    column = str(spec.options[LEAVE_ONE_OUT])
    labels = sample.frame[column].astype(str).to_numpy()
    bare = without_extras(spec)
    return {
        str(name): (lambda kept=labels != name: again(bare, sample.where(kept)))  # type: ignore[misc]
        for name in np.unique(labels[sample.frame[column].notna().to_numpy()])
    }


def headline_row(spec: AnalysisSpec, result: EstimateResult) -> Estimate:
    """Return the row that an analysis is about: the treatment's, else the first after the intercept."""
    rows = [row for row in result.estimates if row.term != "(Intercept)"]
    return next((row for row in rows if row.term == spec.treatment), rows[0])


def without_extras(spec: AnalysisSpec) -> AnalysisSpec:
    """Return the spec for another estimate of the same: nothing resampled, nothing tested beside."""
    extras = {LEAVE_ONE_OUT, SUBGROUPS, SESOI, "joint", "honest"}
    options = {name: value for name, value in spec.options.items() if name not in extras}
    return spec.model_copy(update={"inference": Inference(reps=1), "options": options})


def _told(run: Callable[[], EstimateResult], own: Estimate) -> dict[str, Any]:
    try:
        rows = run().estimates
        row = next(item for item in rows if (item.term, item.group) == (own.term, own.group))
    except Refused as error:
        return {"refused": {"code": error.code, "message": error.text.model_dump()}}
    except StopIteration:
        return {"refused": {"code": "E-LEAVE-02", "message": refusal("E-LEAVE-02", term=own.term).text.model_dump()}}
    return {name: getattr(row, name) for name in ("estimate", "std_error", "conf_low", "conf_high")}
