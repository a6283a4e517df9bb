"""The diagnosis is calibrated: what must be uniform is, what must agree does, and no random number is used twice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.design.components import variance_of
from experiments.design.diagnose import diagnose
from experiments.design.generators.world import Streams
from experiments.design.power import cluster_means, t_power
from experiments.design.quick import quick_mde
from experiments.design.simulation import NUMBERS, Bench
from tests.statistical.small_designs import cluster_trial, factorial_trial

pytestmark = pytest.mark.slow

SIMS = 400


def test_without_effect_p_values_are_uniform_and_intervals_cover() -> None:
    trials = Bench(cluster_trial()).run(range(SIMS), seed=11)
    p_values = trials.declared[:, 0, NUMBERS.index("p_value")]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    low, high = (trials.declared[:, 0, NUMBERS.index(name)] for name in ("conf_low", "conf_high"))
    covered = ((low <= 0) & (high >= 0)).mean()
    assert abs(covered - 0.95) < 3 * (0.95 * 0.05 / SIMS) ** 0.5


def test_power_is_that_of_the_formula() -> None:
    found = diagnose(cluster_trial(effect=0.6, sesoi=0.5), sims=SIMS, seed=12, processes=1).analysis("main")
    for name, effect in (("power", 0.6), ("power_sesoi", 0.5)):
        power = found.value(name)
        assert abs(power.value - cluster_means(effect, 12, 8, 0.1)) < 3 * power.mc_se


def test_power_of_a_two_by_two_is_that_of_the_formula() -> None:
    """64 persons: variances 4/64 of a factor's effect and 16/64 of the interaction; t with 61 and 60 degrees of freedom."""
    declared = {"call": (0.7, 0.25, 61), "visit": (0.5, 0.25, 61), "both": (0.0, 0.5, 60)}
    effects = {name: effect for name, (effect, _, _) in declared.items()}
    found = diagnose(factorial_trial(**effects, sesoi=0.8, persons=64), sims=SIMS, seed=14, processes=1)
    for name, (effect, se, df) in declared.items():
        power, smallest = (found.analysis(name).value(wanted) for wanted in ("power", "power_sesoi"))
        assert abs(power.value - t_power(effect, se, df)) < 3.5 * power.mc_se
        assert abs(smallest.value - t_power(0.8, se, df)) < 3.5 * smallest.mc_se


def test_mde_by_formula_agrees_with_simulation() -> None:
    protocol = cluster_trial(effect=0.3)
    simulated = diagnose(protocol, sims=SIMS, seed=13, processes=1).analysis("main").value("mde")
    assert abs(quick_mde(protocol)["main"]["mde"] - simulated.value) < 3 * simulated.mc_se


def test_variance_components_add_up_to_the_variance_of_a_mean() -> None:
    bench = Bench(cluster_trial())
    weights = np.full(24 * 8, 1 / (24 * 8))
    assert variance_of(bench.world, "score", weights) == pytest.approx(0.1 / 24 + 0.9 / (24 * 8), rel=1e-12)


def test_streams_are_independent() -> None:
    """DeclareDesign 1.0.8 drew several steps from one stream; here no step shares numbers with another or with a neighbour."""
    drawn = []
    for number in range(40):
        streams = Streams.of(7, number)
        drawn += [streams.data.random(500), streams.attrition.random(500)]
        drawn += [np.random.default_rng(seed).random(500) for seed in (streams.assignment, streams.estimator)]
    correlations = np.corrcoef(np.array(drawn))[np.triu_indices(len(drawn), 1)]
    assert len(np.unique(np.array(drawn))) == 160 * 500
    assert np.abs(correlations).max() < 6 / 500**0.5
    assert abs(correlations.std() - 1 / 500**0.5) < 0.05 / 500**0.5


def test_assignment_and_losses_do_not_touch_the_data() -> None:
    """Turning losses on, or drawing another assignment, leaves every outcome that is still seen as it was."""
    whole, lossy = (
        Bench(cluster_trial(attrition={"new": [share], "old": [share]})).world.draw(Streams.of(3, 5)).latent["score"]
        for share in (0.0, 0.3)
    )
    assert np.array_equal(whole, lossy)


def test_assignment_does_not_follow_the_outcome() -> None:
    bench = Bench(cluster_trial())
    gaps = []
    for number in range(200):
        streams = Streams.of(21, number)
        drawn = bench.world.draw(streams)
        treated = np.array([arm == "new" for arm in bench.mechanism.draw(drawn, streams.assignment)])
        means = drawn.latent["score"][0].reshape(24, 8).mean(axis=1)
        gaps.append(means[treated].mean() - means[~treated].mean())
    spread = (0.1 + 0.9 / 8) ** 0.5 * (2 / 12) ** 0.5
    assert abs(np.mean(gaps)) < 3 * spread / 200**0.5
    assert np.std(gaps) == pytest.approx(spread, rel=0.2)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_null_is_uniform_with_blocks_waves_and_losses() -> None:
    """Two waves, twelve pairs, moderator, losses that differ by arm: the pairs as clusters keep their level."""
    protocol = cluster_trial(
        columns={"cluster": "school_id", "block": "pair_id"},
        blocks_per_zone=30,
        clusters_per_block=2,
        waves=["W1", "W2", "W3"],
        treated_from="W2",
        moderators={"is_old": {"share": 0.25, "exact": True}},
        attrition={"new": [0, 0.05, 0.05], "old": [0, 0.15, 0.15]},
        absence=0.05,
        outcome={"cluster_autocorrelation": 0.8, "unit_autocorrelation": 0.5, "missing": 0.05},
    )
    spec = {"method": "block", "unit_id": "school_id", "strata": ["pair_id"]}
    analysis = {
        **protocol.analyses[0].model_dump(exclude_unset=True),
        "fixed_effects": ["pair_id", "wave"],
        "cluster": ["pair_id"],
        "filter": "is_post == True",
    }
    changed = {**protocol.model_dump(exclude_unset=True), "assignment_spec": spec, "analyses": [analysis]}
    found = diagnose(type(protocol).model_validate(changed), sims=1500, seed=5).analysis("main")
    assert abs(found.value("coverage").value - 0.95) < 3 * (0.95 * 0.05 / 1500) ** 0.5
    assert abs(found.value("bias").value) < 3 * found.value("bias").mc_se
