"""Size of joint corrections under correlated nulls: few clusters, several outcomes; and what they gain over Holm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.estimators.joint_wild import Coefficient, joint_draws
from experiments.estimators.linear import Design, fit_linear
from experiments.joint_tests import adjusted, step_down
from experiments.sample import Sample

CLUSTERS, EACH, TESTS, ALPHA = 14, 8, 5, 0.05


def outcomes(
    rng: np.random.Generator, together: float, effects: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return clusters, treatment and outcomes whose errors share a part within rows and within clusters."""
    cluster = np.repeat(np.arange(CLUSTERS), EACH)
    treated = (np.isin(cluster, rng.permutation(CLUSTERS)[: CLUSTERS // 2])).astype(float)

    def errors(count: int) -> np.ndarray:
        common = rng.normal(size=(count, 1))
        return np.sqrt(together) * common + np.sqrt(1 - together) * rng.normal(size=(count, TESTS))

    return cluster, treated, treated[:, None] * effects + 0.6 * errors(CLUSTERS)[cluster] + errors(CLUSTERS * EACH)


def p_values(cluster: np.ndarray, treated: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the joint p-values, and Holm's of the single bootstraps."""
    sample = Sample(pd.DataFrame({"x": treated}), None, {})
    fits = [fit_linear(Design("y", column, {"x": treated}), sample) for column in y.T]
    made = joint_draws([Coefficient(fit, "x", cluster) for fit in fits], reps=999, seed=1)
    single = (made.drawn >= np.abs(made.statistics) * (1 - 1e-9)).mean(axis=0)
    return step_down(made.statistics, made.drawn, exact=made.exact), adjusted(single, "holm")


@pytest.mark.slow
@pytest.mark.parametrize("together", [0.0, 0.8])
def test_romano_wolf_errs_in_one_family_of_twenty(together: float) -> None:
    rng, sims = np.random.default_rng(7), 300
    found = [p_values(*outcomes(rng, together, np.zeros(TESTS))) for _ in range(sims)]
    joint = np.mean([(one <= ALPHA).any() for one, _ in found])
    assert abs(joint - ALPHA) < 3 * np.sqrt(ALPHA * (1 - ALPHA) / sims)


@pytest.mark.slow
def test_a_true_null_among_effects_is_kept_and_power_is_gained() -> None:
    rng, sims = np.random.default_rng(8), 250
    effects = np.array([1.4, 1.4, 1.4, 1.4, 0.0])
    found = [p_values(*outcomes(rng, 0.8, effects)) for _ in range(sims)]
    wrongly = np.mean([one[-1] <= ALPHA for one, _ in found])
    assert wrongly < ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / sims)
    gained = np.mean([(one[:-1] <= ALPHA).sum() - (two[:-1] <= ALPHA).sum() for one, two in found])
    assert gained > 0.1
