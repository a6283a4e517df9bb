"""Do the demo's 95 % intervals cover the truth in 95 % of the programmes that could have been drawn?

100 seeds through `experiments.estimate` with the registered specs, on panels computed in pandas (that these equal the dbt marts
is asserted at the default seed by tests/integration/test_demo_truth.py). The clinics of each seed are drawn as the demo draws
them: by the registered declaration, with the seed's own secret.
"""

import math

import pytest

from data.demo import frames, simulate, true_effects
from data.settings import REPOSITORY
from experiments.design.assignment import assign
from experiments.design.sealing import arms_of
from experiments.estimate import estimate
from experiments.registry.demo_path import demo_secret
from experiments.registry.protocol import load_protocol
from tests.statistical import demo_reference

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

SEEDS = 100
LEVEL = 0.95
MONTE_CARLO_ERROR = math.sqrt(LEVEL * (1 - LEVEL) / SEEDS)  # 2.2 points


def _registered():
    folder = REPOSITORY / "experiments" / "registry" / "demo"
    return {
        (protocol.experiment_id, analysis.id): analysis
        for protocol in map(load_protocol, sorted(folder.glob("*.yml")))
        for analysis in protocol.analyses
    }


def _drawn(seed):
    protocol = load_protocol(REPOSITORY / "experiments" / "registry" / "demo" / "SE-2026-0001.yml")
    secret = demo_secret(seed, protocol.experiment_id)
    frame = frames(seed, 1.0)[protocol.experiment_id]
    return assign(frame, protocol.assignment_spec, arms_of(protocol), seed=secret.seed).arm_of()


@pytest.fixture(scope="module")
def draws():
    """Return {(experiment, analysis): [(low, estimate, std_error, high), ...]} over the seeds."""
    registered = _registered()
    found = {(entry.experiment, entry.analysis): [] for entry in true_effects()}
    for seed in range(1, SEEDS + 1):
        panels = demo_reference.panels(simulate(seed, 1.0, arms=_drawn(seed)))
        for key, rows in found.items():
            analysis = registered[key]
            result = estimate(analysis.spec(), panels[analysis.dataset], data_sha256="")
            row = result.row(analysis.treatment)
            rows.append((row.conf_low, row.estimate, row.std_error, row.conf_high))
    return found


@pytest.mark.parametrize("entry", true_effects(), ids=lambda entry: entry.analysis)
def test_intervals_cover_as_often_as_they_say(draws, entry):
    rows = draws[entry.experiment, entry.analysis]
    covered = sum(low <= entry.truth <= high for low, _, _, high in rows) / SEEDS
    mean = sum(estimate for _, estimate, _, _ in rows) / SEEDS
    spread = math.sqrt(sum((estimate - mean) ** 2 for _, estimate, _, _ in rows) / (SEEDS - 1))
    typical = sum(error for _, _, error, _ in rows) / SEEDS
    told = f"covered {covered:.2f}, bias {mean - entry.truth:+.4f}, spread {spread:.4f}, mean std_error {typical:.4f}"
    print(f"{entry.analysis}: {told}")  # noqa: T201 `pytest -rP` shows the coverage table
    assert abs(covered - LEVEL) <= 3 * MONTE_CARLO_ERROR, told
    # four Monte-Carlo errors: thirteen estimands are looked at, and three would fail by chance once in thirty runs
    assert abs(mean - entry.truth) <= 4 * spread / math.sqrt(SEEDS), told
