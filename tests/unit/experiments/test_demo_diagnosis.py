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


FINDINGS = {
    "SE-2026-0001": set(),
    "SE-2026-0002": {
        # early adopters serve as controls while their effect still grows
        (POOLED, "off by"),
        (POOLED, "Intervals"),
    },
    # a zone's weather hits both sides alike: errors clustered by district are too large, intervals too wide (97 %)
    "SE-2026-0003": {("pm25", "Intervals")},
}
"""What the diagnosis finds against the demo's designs before any data exist: analysis, and a word of the finding."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", protocols(), ids=lambda item: item.experiment_id)
def test_gates_find_what_is_known_of_the_demo(protocol: Protocol):
    found = gates(protocol, diagnose(protocol, sims=1000))
    words = ("power", "off by", "Intervals")
    said = {
        (
            protocol.analyses[int(problem.path.split(".")[1])].id,
            next(word for word in words if word in problem.message.en),
        )
        for problem in found
    }
    assert said == FINDINGS[protocol.experiment_id]
    assert all(problem.severity == "warning" for problem in found)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_conservative_intervals_come_from_the_weather_that_a_zone_shares():
    """The finding's cause, shown: without shared readings the same analysis keeps its level."""
    protocol = load_protocol(next(path for path in DEMO if path.stem == "SE-2026-0003"))
    model = protocol.model_m.model_dump()
    model["parameters"]["outcomes"]["pm25_ugm3"]["zone_reading"] = {"sd": 0.0}
    without = Protocol.model_validate({**protocol.model_dump(exclude_unset=True), "model_m": model})
    coverage = diagnose(without, sims=1000).analysis("pm25").value("coverage").value
    assert abs(coverage - 0.95) < 3 * (0.95 * 0.05 / 1000) ** 0.5
