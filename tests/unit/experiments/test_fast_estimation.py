"""What makes thousands of estimates quick changes none of them: direct solution, categories, rows selected once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.design.generators.world import Streams
from experiments.design.simulation import Bench
from experiments.estimate import estimate
from experiments.estimators import absorb
from experiments.estimators.absorb import Absorber, Factor
from experiments.sample import codes
from tests.statistical.small_designs import cluster_trial


def absorber(seed: int, *, weighted: bool) -> tuple[Absorber, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = 600
    weights = rng.uniform(0.5, 2.0, size) if weighted else np.ones(size)
    factors = [pd.factorize(rng.integers(0, levels, size), sort=True)[0] for levels in (80, 7)]
    made = [Factor.of(name, numbers, weights) for name, numbers in zip("ab", factors, strict=True)]
    return Absorber(tuple(made), weights), rng.normal(size=(size, 3)) + np.arange(3) * 50


@pytest.mark.parametrize("weighted", [False, True])
def test_two_fixed_effects_solved_directly_as_by_descent(monkeypatch, weighted):
    made, columns = absorber(1, weighted=weighted)
    direct = made.residual(columns)
    monkeypatch.setattr(absorb, "NARROW", 0)
    descended = Absorber(made.factors, made.weights).residual(columns)
    assert np.abs(direct - descended).max() < 1e-10


def test_disconnected_groups_are_solved_too():
    """Two sets of units that share no period: the small system is singular, the projection is not."""
    unit, period = np.repeat(np.arange(6), 2), np.array([0, 1] * 3 + [2, 3] * 3)
    weights = np.ones(12)
    made = Absorber((Factor.of("unit", unit, weights), Factor.of("period", period, weights)), weights)
    column = np.random.default_rng(2).normal(size=(12, 1))
    dummies = np.column_stack([np.eye(6)[unit], np.eye(4)[period]])
    expected = column - dummies @ np.linalg.lstsq(dummies, column, rcond=None)[0]
    assert made.residual(column) == pytest.approx(expected, abs=1e-12)


def test_simulated_categories_and_released_texts_give_the_same_estimate():
    """A diagnosis fits tables whose ids are categories; a release holds texts: estimate, error and df are the same."""
    protocol = cluster_trial(effect=0.4, waves=["W1", "W2"], absence=0.1, outcome={"missing": 0.1})
    bench = Bench(protocol)
    drawn = bench.world.draw(Streams.of(1, 0))
    frame = drawn.realise(bench.mechanism.draw(drawn, 1), {}).frame
    ids = {name: frame[name].astype(str) for name in ("zone_id", "school_id", "person_id", "wave")}
    plan = {"fixed_effects": ("zone_id:wave",), "unit": "zone_id:person_id", "filter": "wave in ['W1', 'W2']"}
    spec = protocol.analyses[0].spec().model_copy(update=plan)
    spec = type(spec).model_validate(spec.model_dump(exclude_unset=True))
    quick, slow = (estimate(spec, table, data_sha256="") for table in (frame, frame.assign(**ids)))
    assert quick.n_units == slow.n_units
    for name in ("estimate", "std_error", "df", "p_value"):
        assert getattr(quick.row("treat"), name) == pytest.approx(getattr(slow.row("treat"), name), rel=1e-10)


def test_codes_of_categories_skip_those_that_do_not_occur():
    column = pd.Categorical(["c", "a", "c"], categories=["a", "b", "c"])
    assert codes(pd.DataFrame({"k": column}), "k").tolist() == [1, 0, 1]


def test_pairs_are_numbered_whether_few_or_many():
    few = pd.DataFrame({"a": [1, 1, 2], "b": [5, 6, 5]})
    many = pd.DataFrame({"a": range(500), "b": range(500)})
    assert codes(few, "a:b").tolist() == [0, 1, 2]
    assert codes(many, "a:b").tolist() == list(range(500))
