"""The demo's declared models are faithful: their truths are those of the worlds that the demo is drawn from."""

from __future__ import annotations

import pytest

from data.demo import true_effects
from data.settings import REPOSITORY
from experiments.design.diagnose import diagnose
from experiments.design.gates import gates
from experiments.design.quick import quick_mde
from experiments.registry.protocol import Protocol, load_protocol

DEMO = sorted((REPOSITORY / "experiments" / "registry" / "demo").glob("*.yml"))
POOLED = "productivity_pooled_twfe"
ROUNDING = 0.03
"""What rounding to whole persons adds to the routine headcounts' truth in a few draws."""


def protocols() -> list[Protocol]:
    return [protocol for protocol in map(load_protocol, DEMO) if protocol.model_m is not None]


@pytest.mark.parametrize("protocol", protocols(), ids=lambda item: item.experiment_id)
def test_truth_is_that_of_the_demo_world(protocol: Protocol):
    found = diagnose(protocol, sims=3, processes=1)
    truths = {entry.analysis: entry.truth for entry in true_effects() if entry.experiment == protocol.experiment_id}
    for item in found.analyses:
        assert item.failed == 0, item.refused
        if item.analysis_id in truths:
            assert item.truth == pytest.approx(truths[item.analysis_id], abs=ROUNDING)


@pytest.mark.parametrize("protocol", protocols(), ids=lambda item: item.experiment_id)
def test_live_panel_has_an_answer_for_each_analysis(protocol: Protocol):
    assert all(entry["mde"] > 0 for entry in quick_mde(protocol).values())


@pytest.mark.slow
@pytest.mark.parametrize("protocol", protocols(), ids=lambda item: item.experiment_id)
def test_gates_find_only_the_pooled_coefficient(protocol: Protocol):
    """The pooled two-way coefficient is shown because it misleads; the diagnosis says so before any data exist."""
    found = gates(protocol, diagnose(protocol, sims=1000))
    said = {protocol.analyses[int(problem.path.split(".")[1])].id for problem in found}
    assert said <= {POOLED, *(f"productivity_{cohort}" for cohort in ("2024q1", "2024q3", "2025q1"))}
    assert all(problem.severity == "warning" for problem in found)
