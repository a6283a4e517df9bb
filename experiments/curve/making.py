"""Specifications → their curve: the steps in order.

Belongs here: putting points, joint inference and the registered analysis together. Does not: any number (points, joint), files
(experiments.estimate).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from data.messages import Refused
from experiments.curve.declared import CurveSpec
from experiments.curve.grouped import Source, grouped, groups
from experiments.curve.joint import adjusted, joint, weights_of, worlds
from experiments.curve.points import Evaluated, evaluated
from experiments.curve.result import JointInference, Point, Refusal, SpecificationCurve
from experiments.estimators import method
from experiments.estimators.onescan.products import Products
from experiments.estimators.onescan.products_choice import in_products
from experiments.messages import refusal
from experiments.spec import AnalysisSpec

FIELDS = ("outcome", "covariates", "fixed_effects", "filter", "cluster", "weights")


def curve_specs(registered: AnalysisSpec, declared: CurveSpec) -> list[AnalysisSpec]:
    """Return the specifications, the registered one first.

    Raises
    ------
    Refused
        E-CURVE-01: too many. E-CURVE-02: the registered analysis is not one that cross-products answer. As the estimator.
    """
    specs = declared.specs(registered)
    for spec in specs:
        method(spec.estimator).check(spec)
        if not in_products(spec):
            raise refusal("E-CURVE-02", estimator=spec.estimator)
    return specs


def curve_of(specs: list[AnalysisSpec], declared: CurveSpec, products: Products) -> SpecificationCurve:
    """Return the curve from cross-products; after the scan nothing depends on the number of rows."""
    source = Source(products, specs[0].cluster[0])
    found: dict[int, Evaluated] = {}
    failed: dict[int, Refused] = {}
    for members in groups(specs, source):
        try:
            group = grouped(members, source)
        except Refused as error:
            failed |= {place: error for place, _ in members}
            continue
        for place, spec in members:
            try:
                found[place] = evaluated(spec, group)
            except Refused as error:
                failed[place] = error
    order = sorted(found)
    tests, shares, scales = _together([found[place] for place in order], specs, declared)
    points = [_point(specs, place, found[place], share) for place, share in zip(order, shares, strict=True)]
    ranked = sorted(zip(points, scales, strict=True), key=lambda pair: pair[0].estimate / pair[1])
    return SpecificationCurve(
        term=str(specs[0].treatment),
        varied={name: len(values) for name, values in declared.choices().items()},
        points=tuple(point for point, _ in ranked),
        refused=tuple(_refusal(specs, place, failed[place]) for place in sorted(failed)),
        joint=tests,
    )


def _together(
    found: list[Evaluated], specs: list[AnalysisSpec], declared: CurveSpec
) -> tuple[JointInference | None, list[float | None], list[float]]:
    """Return joint inference, adjusted p-values and what effects are divided by."""
    several = len({spec.outcome for spec in specs}) > 1
    scales = [one.spread if several else 1.0 for one in found]
    if not found:
        return None, [], scales
    weights, kind = weights_of(len(found[0].shift), declared.joint.reps, declared.joint.seed)
    made = worlds(found, weights, exact=kind.startswith("Rademacher"))
    told = {"scale": "sd" if several else "outcome", "weights": kind, "cluster": specs[0].cluster[0]}
    return joint(found, made, np.array(scales), told), list(adjusted(found, made)), scales


def _choice(spec: AnalysisSpec) -> dict[str, Any]:
    return {name: value for name, value in spec.model_dump(mode="json", include=set(FIELDS)).items() if value}


def _point(specs: list[AnalysisSpec], place: int, one: Evaluated, share: float | None) -> Point:
    row = one.row.model_dump(exclude={"term", "group"})
    counts = {"n_obs": one.rows, "n_clusters": one.clusters}
    return Point(choice=_choice(specs[place]), registered=place == 0, p_adjusted=share, **row, **counts)


def _refusal(specs: list[AnalysisSpec], place: int, error: Refused) -> Refusal:
    return Refusal(
        choice=_choice(specs[place]), registered=place == 0, code=error.code, message=error.text.model_dump()
    )
