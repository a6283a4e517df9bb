"""Families corrected by joint resampling: step-down maxT over the registered analyses of a family.

Belongs here: the family's regressions, the draws that they share, p-values by analysis. Does not: the step-down (joint_tests),
the draws (estimators.joint_wild, design.redraws), other corrections (design.decisions). `romano_wolf` draws weights for the
clusters that the analyses name, else their units (of a long table cross-products are enough); `westfall_young` repeats the
registered assignment. A member without a result is a test that decides nothing and keeps its share of alpha: the others'
p-values are multiplied by tests over results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.messages import NotFound, Refused
from experiments.design.questions import Question, questions_of
from experiments.estimators import method
from experiments.estimators.joint_wild import Coefficient, joint_draws
from experiments.estimators.linear import fit_linear
from experiments.estimators.onescan.products_choice import few_rows
from experiments.estimators.redrawn import estimates, meanings
from experiments.estimators.regression import Regression
from experiments.frames import plain
from experiments.joint_tests import step_down
from experiments.lots import COLUMN
from experiments.messages import refusal
from experiments.registry.protocol import Family, Protocol
from experiments.registry.schema.questions import Resampling
from experiments.results import Attempt, headline
from experiments.sample import Matrix, Sample, Vector, draw
from experiments.source import Source
from experiments.spec import AnalysisSpec

JOINTLY = frozenset({"romano_wolf", "westfall_young"})


@dataclass(frozen=True)
class Joint:
    """What joint resampling found for one family: p-values by analysis (none where it was refused) and how they came about."""

    p_values: dict[str, float]
    notes: dict[str, Any]


@dataclass(frozen=True)
class _Member:
    analysis_id: str
    spec: AnalysisSpec
    term: str
    sample: Sample
    regression: Regression
    key: str | None


def joint_families(protocol: Protocol, attempts: Sequence[Attempt], source: Source) -> dict[str, Joint]:
    """Return what joint resampling finds for each family that asks for it.

    Parameters
    ----------
    attempts
        The protocol's analyses with their results or refusals, in its order.
    source
        Where their rows are.
    """
    found: dict[str, Joint] = {}
    for family in protocol.families:
        if family.correction not in JOINTLY:
            continue
        asked = [item for item in questions_of(protocol) if item.family_id == family.id]
        done = {item.analysis.id: item for item in attempts if item.result is not None}
        try:
            found[family.id] = _resampled(family, asked, done, source)
        except (Refused, NotFound) as error:
            found[family.id] = Joint({}, {"refused": {"code": error.code, "message": error.text.model_dump()}})
    return found


def _resampled(family: Family, asked: list[Question], done: dict[str, Attempt], source: Source) -> Joint:
    how = family.resampling or Resampling()
    by_lottery = family.correction == "westfall_young"
    members = [
        _member(done[item.analysis.id], source, how, by_lottery=by_lottery)
        for item in asked
        if item.analysis.id in done
    ]
    if not members:
        return Joint({}, {})
    p_values, notes = (_by_lottery if by_lottery else _by_clusters)(members, how)
    share = len(asked) / len(members)
    kept = {item.analysis_id: min(float(p) * share, 1.0) for item, p in zip(members, p_values, strict=True)}
    return Joint(kept, notes | {"seed": how.seed, "n_results": len(members)})


def _member(attempt: Attempt, source: Source, how: Resampling, *, by_lottery: bool) -> _Member:
    analysis, result = attempt.analysis, attempt.result
    spec = analysis.spec()
    planned: Callable[..., Regression] | None = method(spec.estimator).regression
    if planned is None or result is None:
        raise refusal("E-FAM-01", analysis=analysis.id, estimator=spec.estimator)
    if by_lottery and source.lottery is None:
        raise refusal("E-FAM-02", analysis=analysis.id)
    few = None if by_lottery else few_rows(spec, source.release.table(analysis.dataset))
    sample = few or _rows(attempt, source, how, by_lottery=by_lottery)
    key = spec.cluster[0] if len(spec.cluster) == 1 else spec.unit
    return _Member(analysis.id, spec, headline(analysis, result), sample, planned(spec, sample), key)


def _rows(attempt: Attempt, source: Source, how: Resampling, *, by_lottery: bool) -> Sample:
    lots = source.lottery.lots(how.reps, how.seed) if by_lottery and source.lottery else None
    keep = (COLUMN,) if by_lottery else ()
    spec = attempt.analysis.spec()
    frame = plain(source.frame(attempt.analysis.dataset, spec, lots=by_lottery))
    return replace(draw(spec, frame, keep, partial=frozenset(keep)), lots=lots)


def _by_clusters(members: list[_Member], how: Resampling) -> tuple[Vector, dict[str, Any]]:
    """Return p-values by wild bootstraps that share the weights of their clusters."""
    keys = {item.key for item in members}
    if len(keys) > 1 or None in keys:
        raise refusal("E-FAM-03", analyses=", ".join(item.analysis_id for item in members))
    key = str(members[0].key)
    tested = [
        Coefficient(fit_linear(item.regression.design, item.sample), item.term, _labels(item, key)) for item in members
    ]
    made = joint_draws(tested, reps=how.reps, seed=how.seed)
    notes = {
        "by": key,
        "clusters": made.clusters,
        "draws": len(made.drawn),
        "exact": made.exact,
        "weights": made.weights,
    }
    return step_down(made.statistics, made.drawn, exact=made.exact), notes


def _labels(item: _Member, key: str) -> np.ndarray:
    parts = [item.sample.frame[name].astype(str) for name in key.split(":")]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + ":" + part
    labels: np.ndarray = joined.to_numpy(dtype=str)
    return labels


def _by_lottery(members: list[_Member], _how: Resampling) -> tuple[Vector, dict[str, Any]]:
    """Return p-values by the registered draws; each coefficient counts in multiples of its spread over them."""
    ours, theirs = [], []
    for item in members:
        fit = fit_linear(item.regression.design, item.sample)
        design = item.regression.design
        values = meanings(item.spec, item.sample, design.columns[item.term])
        own, others = estimates(item.sample, design, fit, item.term, values)
        ours.append(own[0])
        theirs.append(others[:, 0])
    drawn: Matrix = np.column_stack(theirs)
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    spread = np.sqrt((drawn**2).mean(axis=0))
    lots = members[0].sample.lots
    exact = lots is not None and lots.exact
    notes = {"by": "registered assignment", "mechanism": lots.mechanism if lots else None, "draws": len(drawn)}
    return step_down(np.array(ours) / spread, drawn / spread, exact=exact), notes | {"exact": exact}
