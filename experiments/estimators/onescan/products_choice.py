"""Which regressions cluster cross-products answer, what they must be made of, and answering: the same estimator on few rows.

Belongs here: that choice. Does not: panel estimators from the wave cube (choice), curves of specifications (experiments.curve).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from experiments.estimators.onescan.choice import is_long
from experiments.estimators.onescan.products import Products, Taken, Wanted
from experiments.estimators.onescan.products_scan import scan_products, texts_of
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.frames import read_head
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec

REGRESSIONS = frozenset({"ols", "ancova"})
VARIANCES = (None, "CR1", "CR2", "CR3")
KNOWN_OPTIONS = frozenset({"joint", "cluster_count", "sesoi"})
SHORTER = 4
"""The few rows must be so many times fewer, or nothing is won."""


def in_products(spec: AnalysisSpec) -> bool:
    """Tell whether the cross-products of clusters are all that an analysis needs.

    Not so: products of columns, errors that are not clustered, two cluster variables, new draws of the assignment, units counted.

    >>> in_products(AnalysisSpec(estimator="ols", outcome="y", treatment="d", cluster=["zone"]))
    True
    """
    named = spec.treatment is not None and not any(":" in name for name in (spec.treatment, *spec.covariates))
    clustered = len(spec.cluster) == 1 and spec.vcov in VARIANCES
    drawn = spec.inference.method in ("analytic", "wild_bootstrap")
    idle = not (spec.unit or spec.time or spec.strata or spec.instrument or spec.cohort)
    known = set(spec.options) <= KNOWN_OPTIONS
    return spec.estimator in REGRESSIONS and named and clustered and drawn and idle and known


def wanted_by(specs: Iterable[AnalysisSpec], texts: frozenset[str]) -> Wanted:
    """Return what cross-products must be made of to answer some analyses; `texts`: columns that are categories."""
    numbers, keys, filters, weights = set[str](), set[str](), set[str](), set[str]()
    for spec in specs:
        covariates = set(spec.covariates)
        numbers |= {spec.outcome} | covariates - texts
        keys |= {part for name in (*spec.cluster, *spec.fixed_effects) for part in name.split(":")}
        keys |= {str(spec.treatment)} | covariates & texts
        filters |= {spec.filter} if spec.filter else set()
        weights |= {spec.weights} if spec.weights else set()
    return Wanted(*(tuple(sorted(names)) for names in (numbers - keys, keys, filters, weights)))


def taken_by(spec: AnalysisSpec, wanted: Wanted) -> Taken:
    """Return what an analysis takes of cross-products."""
    own = wanted_by([spec], frozenset(wanted.keys))
    complete = tuple(name for name in wanted.columns if name in own.columns)
    return Taken(own.numbers, own.keys, complete, spec.filter, spec.weights)


def few_rows(spec: AnalysisSpec, table: Path) -> Sample | None:
    """Return a few rows with the same sums by cluster as a long table's; None where the analysis needs those themselves."""
    if not (in_products(spec) and is_long(spec, table)):
        return None
    head = read_head(table)
    wanted = wanted_by([spec], texts_of(head))
    if not set(wanted.columns) <= set(head.columns) or spec.outcome not in wanted.numbers:
        return None
    try:
        products = scan_products(table, wanted)
    except NotInOneScan:
        return None
    sample = products.sample(taken_by(spec, wanted))
    return sample if 0 < sample.size * SHORTER <= products.rows else None


def estimate_from_products(spec: AnalysisSpec, products: Products, data_sha256: str) -> EstimateResult:
    """Return the result of a regression, equal to the one by rows but for rounding.

    Raises
    ------
    NotInOneScan
        The cells are too many for anything to be won, or the outcome tells cells apart.
    """
    from experiments.estimators import method

    what = taken_by(spec, products.wanted)
    if spec.outcome not in what.numbers:
        raise NotInOneScan
    sample = products.sample(what)
    if not sample.size:
        told = sample.counts
        raise refusal("E-EST-01", n_read=told["n_read"], n_filter=told["n_after_filter"], n_complete=0)
    if sample.size * SHORTER > products.rows:
        raise NotInOneScan
    found = method(spec.estimator).run(spec, sample, data_sha256)
    noted = {**found.diagnostics, "one_scan": {"cells": len(products.cells), "rows": sample.size}}
    return found.model_copy(update={"diagnostics": noted})
