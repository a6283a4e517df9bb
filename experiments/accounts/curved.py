"""Registered specification curves: the same question under every declared choice, told as a whole.

Belongs here: running the curve of a registered analysis on its released rows, in numbers about all specifications together. Does
not: the engine (curve), single points, which tell of samples that nobody judged for disclosure: only what rests on all leaves.
"""

from __future__ import annotations

from data.messages import NotFound, Refused
from experiments.accounts.shapes import Curve, Label
from experiments.curve.making import curve_of, curve_specs
from experiments.curve.result import SpecificationCurve
from experiments.estimators.onescan.products_choice import wanted_by
from experiments.estimators.onescan.products_scan import MOST_CELLS, products_of, texts_of
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.expression import filter_columns
from experiments.messages import refusal
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.sample import spec_columns
from experiments.source import Source
from experiments.spec import AnalysisSpec


def curves(source: Source, protocol: Protocol, released: frozenset[str]) -> tuple[Curve, ...]:
    """Return the curve of each analysis that registered one.

    Parameters
    ----------
    released
        Analyses whose own result may leave; of others no curve is told.
    """
    asked = [item for item in protocol.analyses if item.specification_curve is not None]
    return tuple(_told(source, item) for item in asked if item.id in released)


def _told(source: Source, item: RegisteredAnalysis) -> Curve:
    try:
        return summary(item.id, made(source, item))
    except (Refused, NotFound) as error:
        return Curve(id=item.id, reason=Label.of(error.text))


def made(source: Source, item: RegisteredAnalysis) -> SpecificationCurve:
    """Return the whole curve of one analysis.

    Raises
    ------
    Refused
        E-CURVE-01, -02, -03: too many specifications, or not such that cross-products answer. E-SPEC-09: a column is missing.
    """
    declared = item.specification_curve
    if declared is None:
        raise ValueError(item.id)
    specs = curve_specs(counted_by_nobody(item), declared)
    columns = [name for spec in specs for name in (*spec_columns(spec), *filter_columns(spec.filter or ""))]
    frame = source.frame(item.dataset, specs[0], more=list(dict.fromkeys(columns)))
    try:
        products = products_of(wanted_by(specs, texts_of(frame)), frame)
    except NotInOneScan as error:
        raise refusal("E-CURVE-03", limit=MOST_CELLS) from error
    return curve_of(specs, declared, products)


def counted_by_nobody(item: RegisteredAnalysis) -> AnalysisSpec:
    """Return the spec of an analysis without its `unit`, which counts units and bears on no estimate of a regression."""
    return item.spec().model_copy(update={"unit": None})


def summary(name: str, found: SpecificationCurve) -> Curve:
    """Return what a curve says as a whole; `rank` is the place of the registered specification, from the lowest."""
    rank = next((place for place, point in enumerate(found.points, start=1) if point.registered), None)
    tests = found.joint
    return Curve(
        id=name,
        varied={key: int(count) for key, count in found.varied.items()},
        specifications=len(found.points),
        refused=len(found.refused),
        rank=rank,
        median=tests.median.value if tests else None,
        median_p=tests.median.p_value if tests else None,
        same_sign=tests.same_sign.value if tests else None,
        same_sign_p=tests.same_sign.p_value if tests else None,
        significant=tests.significant.value if tests else None,
        significant_p=tests.significant.p_value if tests else None,
        draws=tests.draws if tests else None,
    )
