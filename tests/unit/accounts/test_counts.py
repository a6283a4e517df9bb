"""Flow, baseline, delivery and events of a panel: each number against one computed here, and nothing of few units told."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused, Text
from experiments.accounts.baseline import baseline_of, row_of, standardised
from experiments.accounts.delivery import delivery_of
from experiments.accounts.flow import flow_of
from experiments.accounts.harmed import harms_of
from experiments.accounts.moved import over_time, robust
from experiments.accounts.panel import Panel
from experiments.registry.protocol import load_protocol
from experiments.results import Attempt
from experiments.run import DEMO
from quality.disclosure.outputs import About

PROTOCOL = load_protocol(DEMO / "SE-2026-0001.yml")
SIZE = 240


def people(unseen: tuple[int, int] = (40, 60)) -> pd.DataFrame:
    """Return two waves of people in two arms; of the second wave some of each arm are not seen."""
    rng = np.random.default_rng(3)
    first = pd.DataFrame({"unit": [f"z:p{n}" for n in range(SIZE)], "wave_order": 1, "wave": "W1", "is_observed": True})
    first["arm"] = np.where(np.arange(SIZE) % 2 == 0, "triage", "usual")
    first["lot"] = "z:c" + pd.Series(np.arange(SIZE) // 10).astype("str")
    first["wait_min"] = rng.normal(45, 9, SIZE).round(1)
    first["is_elderly"] = rng.random(SIZE) < 0.3
    first["disposition_class"] = "I"
    second = first.assign(wave_order=2, wave="W2")
    for arm, number in zip(("triage", "usual"), unseen, strict=True):
        gone = second.index[second["arm"] == arm][:number]
        second.loc[gone, ["is_observed", "disposition_class"]] = [False, "R"]
        second.loc[gone, "wait_min"] = np.nan
    return pd.concat([first, second], ignore_index=True)


def panel(rows: pd.DataFrame, kind: str = "person", dataset: str = "panel_individual_wave") -> Panel:
    return Panel(dataset, kind, rows, "wave_order", "wave", ("triage", "usual"), None, ("is_elderly", "wait_min"))


def test_flow_counts_units_of_each_wave_and_arm_to_the_next_five():
    told = flow_of(panel(people()), PROTOCOL)
    assert [(arm.id, arm.units, arm.clusters) for arm in told.assigned] == [("triage", 120, 24), ("usual", 120, 24)]
    second = {arm.id: arm for arm in told.waves[1].arms}
    assert second["triage"].states == {"seen": 80, "refused": 40}
    assert second["usual"].states == {"seen": 60, "refused": 60}
    assert second["usual"].with_outcome == {"wait_min": 60}
    assert (told.planned_units, told.planned_clusters) == (2640, 88)


def test_a_state_of_a_few_people_is_not_told_nor_to_be_worked_out():
    told = flow_of(panel(people((4, 60))), PROTOCOL)
    states = {arm.id: arm.states for arm in told.waves[1].arms}
    assert states["triage"] == {"seen": None, "refused": None}
    assert told.waves[1].arms[0].units == 120


def test_what_is_about_nobody_is_counted_exactly():
    told = flow_of(panel(people((3, 61)), kind="nobody"), PROTOCOL)
    assert [arm.states["seen"] for arm in told.waves[1].arms] == [117, 59]


def test_the_baseline_is_the_means_of_those_seen_first():
    rows = people()
    found = baseline_of(panel(rows), SimpleNamespace(lottery=None), ())
    wait = next(row for row in found.rows if row.id == "wait_min")
    mine = rows[rows["wave"] == "W1"]
    groups = [mine.loc[mine["arm"] == arm, "wait_min"].to_numpy() for arm in ("triage", "usual")]
    pooled = math.sqrt(sum(((values - values.mean()) ** 2).sum() / (len(values) - 1) for values in groups) / 2)
    assert wait.difference == pytest.approx((groups[0].mean() - groups[1].mean()) / pooled, abs=5e-4)
    assert [arm.mean for arm in wait.arms] == [pytest.approx(values.mean(), rel=5e-3) for values in groups]
    assert [arm.sd for arm in wait.arms] == [pytest.approx(values.std(ddof=1), rel=5e-3) for values in groups]
    assert found.wave == "W1"
    assert found.largest == max(abs(row.difference) for row in found.rows)


def test_a_mean_that_may_not_leave_takes_its_row_with_it():
    few = {"a": np.array([1.0, 2.0, 3.0]), "b": np.arange(50.0) + 1}
    found = row_of("x", PROTOCOL.title_brief, "unit", few, About("x", "panel_individual_wave"))
    assert found.held
    assert found.difference is None
    assert all(arm.mean is None and arm.sd is None for arm in found.arms)


def test_means_by_wave_are_of_those_seen():
    rows = people()
    (wait, *_) = over_time(panel(rows), PROTOCOL)
    second = rows[(rows["wave"] == "W2") & rows["is_observed"]]
    told = {arm.id: arm.mean for arm in wait.waves[1].arms}
    assert told == {
        arm: pytest.approx(second.loc[second["arm"] == arm, "wait_min"].mean(), rel=5e-3) for arm in ("triage", "usual")
    }


def test_a_mean_of_nine_people_is_not_told():
    (wait, *_) = over_time(panel(people((111, 60))), PROTOCOL)
    assert wait.waves[1].arms[0].mean is None


def test_a_registered_robustness_analysis_has_its_row_or_its_reason():
    item = PROTOCOL.analyses[0].model_copy(update={"id": "again", "parent_analysis_id": "wait_itt"})
    protocol = PROTOCOL.model_copy(update={"robustness": (item,)})
    refused = Refused("E-X-01", Text(en="no", zh="否"))
    (told,) = robust(protocol, [Attempt(item, None, refused)])
    assert (told.id, told.parent, told.estimate, told.reason.en) == ("again", "wait_itt", None, "no")


def test_no_spread_has_no_standardised_difference():
    assert standardised(np.ones(5), np.ones(5)) is None


@pytest.fixture
def release(tmp_path):
    """Return a release of two tables of made-up rows: exposures and events."""
    units = [f"p{n}" for n in range(SIZE)]
    used = [n % 2 == 0 and n < 160 for n in range(SIZE)]
    days = {"period_start": pd.Timestamp("2025-01-01"), "period_end": pd.Timestamp("2025-03-31")}
    given = {"zone_id": "z", "unit_type": "person", "unit_id": units, "system_id": "s", "system_version": "1.0", **days}
    offered = [n % 2 == 0 for n in range(SIZE)]
    pd.DataFrame({**given, "is_offered": offered, "is_used": used}).to_parquet(tmp_path / "fct_exposure.parquet")
    happened = pd.DataFrame({"unit_id": units[:30:2] + units[1:9:2], "event_date": pd.Timestamp("2025-06-01")})
    happened = happened.assign(zone_id="z", unit_type="person", event_code="ended")
    happened.to_parquet(tmp_path / "fct_unit_event.parquet")
    tables = dict.fromkeys(("fct_exposure", "fct_unit_event"))
    return SimpleNamespace(tables=tables, table=lambda name: tmp_path / f"{name}.parquet")


def test_use_is_told_by_arm_with_its_months_and_versions(release):
    found = delivery_of(SimpleNamespace(release=release), PROTOCOL, [panel(people())])
    (system,) = found.systems
    assert (system.first_month, system.last_month, system.versions) == ("2025-01", "2025-03", ("1.0",))
    assert [(arm.id, arm.offered_share, arm.used_share) for arm in system.arms] == [
        ("triage", 1.0, pytest.approx(80 / 120, abs=5e-4)),
        ("usual", 0.0, 0.0),
    ]
    assert found.cards[0].decision_role == "recommends"


def test_grave_events_are_counted_by_arm_and_zero_is_zero(release, monkeypatch):
    monkeypatch.setattr("experiments.accounts.harmed.evaluate", lambda *_: [])
    found = harms_of(SimpleNamespace(release=release), PROTOCOL, [panel(people())])
    told = {event.id: [arm.units for arm in event.arms] for event in found.events}
    assert told == {"ended": [15, None], "institution": [0, 0]}  # four in the second arm: not told
    assert found.watched[0].analyses == ("satisfaction_elderly",)
    assert found.watched[0].definition.en.startswith("A machine at the desk")
