"""Specifications that share their rows, fixed effects and clusters: their columns once, as products by cluster.

Belongs here: which specifications go together; sweeping fixed effects out of all their columns at once; products by own cluster
and by the cluster that is drawn. Does not: one specification (points).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from experiments.estimators.absorb import Absorber, Factor
from experiments.estimators.bias_reduced import basis_of
from experiments.estimators.linear import Fit
from experiments.estimators.onescan.products import Products, Taken, Value
from experiments.estimators.onescan.products_choice import taken_by
from experiments.estimators.variance import clustered_parameters, is_nested
from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Sample, Vector, design_columns
from experiments.spec import AnalysisSpec

Cubes = npt.NDArray[np.float64]
Numbered = tuple[int, AnalysisSpec]


@dataclass(frozen=True)
class Group:
    """Columns of some specifications, fixed effects (or the mean) swept out: `products` by pair of drawn and own cluster.

    Parameters
    ----------
    names
        Of the columns: `wide` directions of fixed effects that no cluster contains come first, without a name.
    products
        (pairs, K, K).
    drawn, own
        (pairs,) the cluster that is drawn, the cluster of the errors.
    lengths
        (K,) of the columns before anything was swept out; `spreads` (K,) their standard deviations.
    draws
        Clusters that are drawn, those of other specifications among them.
    rows, spent
        Rows meant; parameters of the small-sample factor that are not columns.
    """

    names: tuple[str, ...]
    wide: int
    products: Cubes
    drawn: Codes
    own: Codes
    lengths: Vector
    spreads: Vector
    draws: int
    rows: int
    spent: int

    @cached_property
    def by_own(self) -> Cubes:
        """Return the products by the cluster of the errors, (H, K, K)."""
        found = np.zeros((int(self.own.max()) + 1, *self.products.shape[1:]))
        np.add.at(found, self.own, self.products)
        return found

    @cached_property
    def total(self) -> Matrix:
        """Return the products of all rows, (K, K)."""
        found: Matrix = self.products.sum(axis=0)
        return found

    @cached_property
    def of_drawn(self) -> Matrix:
        """Return which pairs a drawn cluster has, (G, pairs), as 0 and 1."""
        found: Matrix = (np.arange(self.draws)[:, None] == self.drawn).astype(np.float64)
        return found


@dataclass(frozen=True)
class Source:
    """Cross-products, the cluster that is drawn, and the few rows that were taken of them before."""

    products: Products
    drawn: str
    samples: dict[Taken, Sample] = field(default_factory=dict)

    def sample(self, what: Taken) -> Sample:
        """Return `Products.sample`, each once."""
        if what not in self.samples:
            self.samples[what] = self.products.sample(what)
        return self.samples[what]

    @cached_property
    def missing(self) -> frozenset[str]:
        """Return the columns that some row lacks."""
        return self.products.ever_missing()

    @cached_property
    def numbers(self) -> dict[tuple[Value, ...], int]:
        """Return a number for each cluster that is drawn, the same in every group."""
        places = [self.products.wanted.keys.index(name) for name in self.drawn.split(":")]
        seen = dict.fromkeys(tuple(cell.values[place] for place in places) for cell in self.products.cells)
        return {values: number for number, values in enumerate(seen)}


def groups(specs: list[AnalysisSpec], source: Source) -> Iterator[list[Numbered]]:
    """Yield the specifications that share sample, weights, fixed effects and clusters, numbered as they came."""
    found: dict[tuple[object, ...], list[Numbered]] = {}
    for place, spec in enumerate(specs):
        own = source.missing & set(taken_by(spec, source.products.wanted).complete)
        key = (spec.filter, spec.weights, spec.fixed_effects, spec.cluster, own)
        found.setdefault(key, []).append((place, spec))
    yield from found.values()


def grouped(members: list[Numbered], source: Source) -> Group:
    """Return the columns of specifications that go together.

    Raises
    ------
    Refused
        E-EST-01: no row is left. E-EST-04: one cluster.
    """
    spec, sample = members[0][1], source.sample(_taken(members, source))
    own, across = _clusters(spec, sample, source)
    columns = _columns(members, sample)
    raw = np.column_stack(list(columns.values()))
    weights = sample.weights if sample.weights is not None else np.ones(sample.size)
    mean = weights @ raw / weights.sum()
    spreads = np.sqrt(np.maximum(weights @ (raw - mean) ** 2 / weights.sum(), 0.0))
    swept, basis, spent = _swept(spec, sample, raw, weights, own)
    inside = swept * np.sqrt(weights)[:, None]
    inside = inside - basis @ (basis.T @ inside)
    whole = np.hstack([basis, inside])
    pairs, products = _by_pair(whole, across * (int(own.max()) + 1) + own)
    lengths = np.sqrt(weights @ raw**2)
    wide = basis.shape[1]
    return Group(
        names=("",) * wide + tuple(columns),
        wide=wide,
        products=products,
        drawn=pairs // (int(own.max()) + 1),
        own=pairs % (int(own.max()) + 1),
        lengths=np.concatenate([np.ones(wide), lengths]),
        spreads=np.concatenate([np.ones(wide), spreads]),
        draws=len(source.numbers),
        rows=sample.rows_meant,
        spent=spent,
    )


def _clusters(spec: AnalysisSpec, sample: Sample, source: Source) -> tuple[Codes, Codes]:
    """Return the number of each row's cluster, of the errors' and of those drawn; refuse no row and one cluster."""
    if not sample.size:
        told = sample.counts
        raise refusal("E-EST-01", n_read=told["n_read"], n_filter=told["n_after_filter"], n_complete=0)
    own = sample.codes(spec.cluster[0])
    rows = zip(*(sample.frame[name].tolist() for name in source.drawn.split(":")), strict=True)
    across = np.array([source.numbers[row] for row in rows], dtype=np.int64)
    for name, codes in ((spec.cluster[0], own), (source.drawn, across)):
        if len(np.unique(codes)) == 1:
            raise refusal("E-EST-04", column=name, n=1)
    return own, across


def _by_pair(whole: Matrix, codes: Codes) -> tuple[Codes, Cubes]:
    """Return the pairs of clusters that occur, in order, and the products of the rows of each."""
    pairs, pair = np.unique(codes, return_inverse=True)
    order = np.argsort(pair, kind="stable")
    cuts = np.flatnonzero(np.diff(pair[order]))
    return pairs, np.stack([part.T @ part for part in np.split(whole[order], cuts + 1)])


def _taken(members: list[Numbered], source: Source) -> Taken:
    """Return what a group takes: all columns, so that groups of the same rows take the same."""
    wanted, spec = source.products.wanted, members[0][1]
    complete = tuple(name for name in taken_by(spec, wanted).complete if name in source.missing)
    return Taken(wanted.numbers, wanted.keys, complete, spec.filter, spec.weights)


def _columns(members: list[Numbered], sample: Sample) -> dict[str, Vector]:
    """Return every column that some of the specifications use; categories as indicators."""
    names = {name for _, spec in members for name in (spec.outcome, str(spec.treatment), *spec.covariates)}
    found: dict[str, Vector] = {}
    for name in sorted(names):
        found |= design_columns(sample.frame, name)
    return found


def _swept(spec: AnalysisSpec, sample: Sample, raw: Matrix, weights: Vector, own: Codes) -> tuple[Matrix, Matrix, int]:
    """Return the columns without effects nested in clusters, a basis of the other effects, parameters that are no columns."""
    if not spec.fixed_effects:
        mean = np.sqrt(weights / weights.sum())[:, None]
        return raw, mean, 1
    fixed = dict.fromkeys(spec.fixed_effects)
    absorber = Absorber(tuple(Factor.of(name, sample.codes(name), weights) for name in fixed), weights)
    nested = tuple(factor for factor in absorber.factors if is_nested(factor.codes, own))
    swept = Absorber(nested, weights).residual(raw) if nested else raw
    empty = _empty(sample, weights, absorber)
    basis = basis_of(empty, own, str(spec.vcov or "CR1"))
    return swept, basis, clustered_parameters(empty, [own])


def _empty(sample: Sample, weights: Vector, absorber: Absorber) -> Fit:
    """Return a regression of no columns: what its fixed effects alone are."""
    none = np.zeros((sample.size, 0))
    return Fit(
        names=(),
        beta=np.zeros(0),
        x=none,
        residual=np.zeros(sample.size),
        bread=np.zeros((0, 0)),
        weights=weights,
        absorber=absorber,
        r_squared=0.0,
        within_r_squared=None,
        rows_meant=sample.rows_meant,
    )
