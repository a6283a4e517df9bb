"""The wild bootstrap's short cuts: interval ends from fewer and fewer draws, infinite ends, many clusters."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from experiments.estimators import wild_bootstrap
from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.wild_bootstrap import ROUNDING, _draws, _end, edge, wild_cluster
from experiments.sample import Sample


def fitted(clusters, seed=1, effect=0.3):
    rng = np.random.default_rng(seed)
    zone = np.repeat(np.arange(clusters), 10)
    x = rng.normal(size=clusters)[zone] + rng.normal(size=len(zone))
    y = effect * x + rng.normal(size=clusters)[zone] + rng.normal(size=len(zone))
    design = Design("y", y, {"x": x, "z": rng.normal(size=len(zone))})
    return fit_linear(design, Sample(pd.DataFrame({"x": x}), None, {})), zone


@pytest.mark.parametrize("clusters", [7, 12, 20])
@pytest.mark.parametrize("ties", [-ROUNDING, ROUNDING])
def test_ends_do_not_depend_on_how_many_draws_are_looked_at(monkeypatch, clusters, ties):
    fit, zone = fitted(clusters)
    draws = _draws(fit, zone, 1, 1999, 1)[0]
    for step in (0.1, -0.1):
        of_all = edge(partial(draws.p_value, ties=ties), step, 0.05)
        monkeypatch.setattr(wild_bootstrap, "MANY", 0)
        assert _end(draws, step, 0.05, ties) == of_all


def test_draws_left_out_are_counted():
    fit, zone = fitted(12)
    draws = _draws(fit, zone, 1, 99, 1)[0]
    part = draws.between(0.4, 0.9, ties=-ROUNDING)
    assert len(part.n0) < len(draws.n0)
    for gap in np.linspace(0.4, 0.9, 21):
        assert part.p_value(gap) == draws.p_value(gap)


def test_an_end_that_no_null_reaches_is_infinite():
    """With four clusters the smallest p-value is 1/8: no value is rejected at 5 %, however far away."""
    fit, zone = fitted(4)
    found = wild_cluster(fit, zone, 1, reps=9, seed=1)
    assert (found.conf_low, found.conf_high) == (-np.inf, np.inf)


def test_few_products_give_what_one_product_gives(monkeypatch):
    fit, zone = fitted(70)
    few = wild_cluster(fit, zone, 1, reps=499, seed=3)
    monkeypatch.setattr(wild_bootstrap, "DENSE", 100)
    one = wild_cluster(fit, zone, 1, reps=499, seed=3)
    assert (few.p_value, few.draws) == (one.p_value, one.draws)
    assert few.conf_low == pytest.approx(one.conf_low, rel=1e-9)
