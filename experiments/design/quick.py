"""The live panel's answer: minimum detectable effects without simulation, while a form is being filled in.

Belongs here: protocol → MDE by analysis, or why there is none. Does not: anything that counts for review (diagnose). The
registered regression's weights on one draw of the design, with the model's variance components, give its exact variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data.messages import NotFound, Refused, Text
from experiments.design.components import variance_of
from experiments.design.diagnosands import multiplier
from experiments.design.generators import world_of
from experiments.design.generators.world import Streams, World
from experiments.design.questions import Question, questions_of
from experiments.design.simulation import mechanism_for
from experiments.estimators import method
from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.regression import covariate_columns
from experiments.estimators.twfe import COHORT_TERM
from experiments.expression import filter_columns
from experiments.messages import warning
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Words
from experiments.sample import Sample, Vector, draw, numbers, spec_columns
from experiments.spec import AnalysisSpec, spec_digest

LINEAR = frozenset({"ols", "twfe", "difference_in_means"})
FEW_CLUSTERS = 40
BASIS = Text(
    en="Variance of the registered regression in the declared model, by formula; two-sided test, power 0.80.",
    zh="按公式计算：在所声明的模型下，登记的回归估计量的方差；双侧检验，功效 0.80。",
)
NO_FORMULA = Text(
    en="There is no formula for {estimator}; run the diagnosis.",
    zh="{estimator} 没有相应公式，请运行诊断。",
)
ROW = "row_number__"


def quick_mde(protocol: Protocol) -> dict[str, Any]:
    """Return, by analysis id, the smallest effect that would be found with power 0.80.

    Parameters
    ----------
    protocol
        A draft may be incomplete: what cannot be computed says why.

    Returns
    -------
    dict
        ``{analysis_id: {"mde", "basis", "warnings"}}`` with texts as ``{"en", "zh"}``, or ``{"mde": None, "reason": …}`` for an
        analysis without a formula; ``{"reason": …}`` alone when the model itself cannot be used.
    """
    try:
        stage, questions = _stage(_key(protocol)), questions_of(protocol)
    except (Refused, NotFound) as error:
        return {"reason": error.text.model_dump()}
    except KeyError as error:
        lost = Text(en="Nothing in this protocol is called {name}.", zh="本方案中没有 {name}。")
        return {"reason": lost.fill(name=error.args[0]).model_dump()}
    known: dict[str, tuple[Vector, float]] = {}
    return {question.analysis.id: _entry(stage, question, known) for question in questions}


@dataclass(frozen=True)
class Stage:
    """A model and one realised table of it."""

    world: World
    frame: pd.DataFrame


def _key(protocol: Protocol) -> str:
    """Return the parts of a protocol that a stage depends on, as one text: most edits of a form leave it as it is."""
    bare = protocol.model_copy(update={"title_brief": Words(en="-")})
    return bare.model_dump_json(
        include={"experiment_id", "title_brief", "model_m", "assignment_spec", "arms", "zones"}, exclude_defaults=True
    )


@lru_cache(maxsize=16)
def _stage(key: str) -> Stage:
    protocol = Protocol.model_validate_json(key)
    world = world_of(protocol)
    drawn = world.draw(Streams.of(0, 0))
    mechanism = mechanism_for(protocol, world, drawn.units())
    return Stage(world, drawn.realise(mechanism.draw(drawn, 0) if mechanism else None, {}).frame)


def _entry(stage: Stage, question: Question, known: dict[str, tuple[Vector, float]]) -> dict[str, Any]:
    spec = question.analysis.spec()
    if spec.estimator not in LINEAR:
        return {"mde": None, "reason": NO_FORMULA.fill(estimator=spec.estimator).model_dump()}
    if spec.outcome not in stage.frame:
        return {"mde": None, "reason": NO_FORMULA.fill(estimator=spec.outcome).model_dump()}
    same = _same(spec, stage.frame)
    try:
        method(spec.estimator).check(spec)
        if same not in known:
            known[same] = weights_of(spec, stage.frame)
    except (Refused, NotFound) as error:
        return {"mde": None, "reason": error.text.model_dump()}
    weights, df = known[same]
    mde = multiplier(question, df) * variance_of(stage.world, spec.outcome, weights) ** 0.5
    return {"mde": mde, "basis": BASIS.model_dump(), "warnings": _warnings(question, mde, df)}


def _same(spec: AnalysisSpec, frame: pd.DataFrame) -> str:
    """Return what analyses have in common whose weights may be shared: all but the outcome, and how much of it is missing."""
    share = round(100 * float(frame[spec.outcome].isna().mean()))
    return f"{spec_digest(spec.model_copy(update={'outcome': '', 'id': None}))}:{share}"


def weights_of(spec: AnalysisSpec, frame: pd.DataFrame) -> tuple[Vector, float]:
    """Return each row's weight in the coefficient of interest (0 for rows left out), and the test's degrees of freedom."""
    read = [*spec_columns(spec), *filter_columns(spec.filter or "")]
    places = [place for place, name in enumerate(frame.columns) if name in read]
    sample = draw(spec, frame.take(places, axis=1).assign(**{ROW: np.arange(len(frame))}), keep=(ROW,))
    columns = covariate_columns(spec, sample)
    term = spec.treatment or next(iter(columns), COHORT_TERM)
    if spec.treatment:
        columns = {term: numbers(sample.frame, term, "treatment"), **columns}
    if spec.cohort:
        cohort, time = numbers(sample.frame, spec.cohort, "cohort"), numbers(sample.frame, str(spec.time), "time")
        term, columns = COHORT_TERM, {COHORT_TERM: ((cohort > 0) & (time >= cohort)).astype(float), **columns}
    own = (spec.unit, spec.time) if spec.estimator == "twfe" else (spec.strata,)
    fixed = tuple(dict.fromkeys(name for name in (*own, *spec.fixed_effects) if name))
    fit = fit_linear(Design(spec.outcome, numbers(sample.frame, spec.outcome, "outcome"), columns, fixed), sample)
    found: Vector = np.zeros(len(frame))
    found[sample.frame[ROW].to_numpy()] = fit.influence(term)
    return found, _df(spec, sample, fit)


def _df(spec: AnalysisSpec, sample: Sample, fit: Fit) -> float:
    clusters = spec.cluster or ((str(spec.unit),) if spec.estimator == "twfe" and spec.vcov in (None, "CR1") else ())
    if clusters:
        return float(min(int(sample.codes(name).max()) for name in clusters))
    return float(fit.size - fit.parameters)


def _warnings(question: Question, mde: float, df: float) -> list[dict[str, object]]:
    found = []
    if question.analysis.cluster and df + 1 < FEW_CLUSTERS:
        found.append(warning("W-EST-01", n=int(df) + 1, column=", ".join(question.analysis.cluster)))
    if question.sesoi is not None and mde > question.sesoi:
        found.append(warning("W-DIAG-01", mde=mde, sesoi=question.sesoi))
    return found
