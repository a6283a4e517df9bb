"""Do the demo's 95 % intervals cover the truth in 95 % of the programmes that could have been drawn?

100 seeds through `experiments.estimate` with the registered specs (tests/statistical/demo_coverage.py, which `make demo-coverage`
runs over 200).
"""

import math

import numpy as np
import pytest

from data.demo import simulate, simulate_experiments, true_effects
from tests.statistical import demo_coverage

SEEDS = 100
LEVEL = 0.95
MONTE_CARLO_ERROR = math.sqrt(LEVEL * (1 - LEVEL) / SEEDS)  # 2.2 points


@pytest.fixture(scope="module")
def lines():
    return {line.analysis: line for line in demo_coverage.summarised(demo_coverage.over(range(1, SEEDS + 1)))}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("entry", true_effects(), ids=lambda entry: entry.analysis)
def test_intervals_cover_as_often_as_they_say(lines, entry):
    line = lines[entry.analysis]
    told = (
        f"covered {line.coverage:.2f}, bias {line.bias:+.4f}, spread {line.sd_estimate:.4f}, {line.mean_std_error:.4f}"
    )
    print(f"{entry.analysis}: {told}")  # noqa: T201 `pytest -rP` shows the coverage table
    assert abs(line.coverage - LEVEL) <= 3 * MONTE_CARLO_ERROR, told
    # four Monte-Carlo errors: thirteen estimands are looked at, and three would fail by chance once in thirty runs
    assert abs(line.bias) <= 4 * line.bias_mcse, told


@pytest.mark.integration
def test_the_experiments_alone_are_those_of_the_programme():
    whole, alone = simulate(3, 0.1), simulate_experiments(3, 0.1)
    for name, table in vars(alone).items():
        assert table.equals(getattr(whole, name)), name


def test_a_line_says_what_its_rows_say():
    rows = np.array([[0.0, 1.0, 0.5, 2.0, 0.04], [-1.0, 0.5, 0.5, -0.1, 0.2]])
    found = {(entry.experiment, entry.analysis): rows for entry in true_effects()}
    line = next(one for one in demo_coverage.summarised(found) if one.truth == 0)
    assert (line.mean_estimate, line.bias, line.coverage, line.size) == (0.75, 0.75, 0.5, 0.5)
    assert line.analysis in demo_coverage.shown([line])
