"""The mixed model's likelihood: its derivatives are those of its values, and no search finds more than Newton's steps."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.estimators.mixed_likelihood import evaluate, slopes
from experiments.estimators.mixed_optimum import _newton, _searched, fit_mixed
from experiments.estimators.mixed_products import Level, cross_products

STEP = 1e-5


def products(seed=1, groups=40, inner=3, *, nested=True, spread=1.0, slope=0.3):
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(groups), 5)
    wave, site = np.tile(np.arange(5.0), groups), unit * inner + rng.integers(0, inner, len(unit))
    x = np.column_stack([np.ones(len(unit)), wave, rng.normal(size=len(unit))])
    y = x @ [1.0, 0.2, 0.3] + spread * rng.normal(size=groups)[unit] + slope * rng.normal(size=groups)[unit] * wave
    y += rng.normal(size=groups * inner)[site] * nested + rng.normal(size=len(unit))
    levels = [Level("unit", ("1", "wave"), unit, np.column_stack([np.ones(len(unit)), wave]))]
    if nested:
        levels.append(Level("site", ("1",), np.unique(site, return_inverse=True)[1], np.ones((len(unit), 1))))
    return cross_products(x, y, levels)


@pytest.mark.parametrize("criterion", ["reml", "ml"])
@pytest.mark.parametrize("nested", [True, False])
def test_derivatives_are_those_of_the_deviance(criterion, nested):
    data = products(nested=nested)
    assert (data.spread is None) == nested, "the two forms of the cross-products"
    theta = np.random.default_rng(2).normal(size=len(data.directions))

    def value(at):
        return evaluate(data, at).deviance(data, criterion)

    def gradient(at):
        found = evaluate(data, at)
        return slopes(data, found).deviance(found, found.free(data, criterion), criterion)[0]

    at = evaluate(data, theta)
    first, second = slopes(data, at).deviance(at, at.free(data, criterion), criterion)
    ways = STEP * np.eye(len(theta))
    by_value = [(value(theta + way) - value(theta - way)) / (2 * STEP) for way in ways]
    by_gradient = [(gradient(theta + way) - gradient(theta - way)) / (2 * STEP) for way in ways]
    np.testing.assert_allclose(first, by_value, rtol=1e-7, atol=1e-5)
    np.testing.assert_allclose(second, by_gradient, rtol=1e-6, atol=1e-5)


def test_groups_taken_in_parts_add_up(monkeypatch):
    data = products()
    at = evaluate(data, np.array([0.8, 0.1, 0.4, 0.9]))
    whole = slopes(data, at).deviance(at, at.free(data, "reml"), "reml")
    monkeypatch.setattr("experiments.estimators.mixed_products.CELLS", 1)
    parts = slopes(data, at).deviance(at, at.free(data, "reml"), "reml")
    for one, two in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-11)


@pytest.mark.parametrize(("spread", "slope"), [(1.0, 0.3), (0.0, 0.3), (1.0, 0.0), (0.0, 0.0), (30.0, 2.0)])
def test_no_search_finds_more_than_the_steps(spread, slope):
    data = products(7, nested=False, spread=spread, slope=slope)
    steps = _newton(data, "reml")
    assert steps is not None
    found = [evaluate(data, theta).deviance(data, "reml") for theta in (steps, _searched(data, "reml"))]
    assert found[0] <= found[1] + 1e-7


def test_standard_deviations_are_not_negative_and_none_is_none():
    data = products(3, nested=False, spread=1.0, slope=0.0)
    fit = fit_mixed(data, "reml")
    assert fit.converged
    assert (fit.theta[[0, 2]] >= 0).all()


def test_the_search_is_there_where_the_steps_do_not_arrive(monkeypatch):
    data = products(nested=False)
    steps = fit_mixed(data, "reml")
    monkeypatch.setattr("experiments.estimators.mixed_optimum.STEPS", 1)
    searched = fit_mixed(data, "reml")
    np.testing.assert_allclose(searched.beta, steps.beta, rtol=1e-6)
    np.testing.assert_allclose(searched.df, steps.df, rtol=1e-3)
