"""Harm rules: what each says per zone, when it is silent, and that a crossed one stops the experiment there."""

import numpy as np
import pandas as pd
import pytest

from data.messages import NotFound, NotPermitted, Refused, Text
from experiments.registry.acts_running import set_status
from experiments.registry.harms import act_on_harms, evaluate
from experiments.registry.schema.governance import HarmRule
from orchestration.defs.conduct import harm_verdict

RULE = {
    "id": "falls", "outcome_id": "o", "dataset": "panel", "variable": "falls", "statistic": "mean", "worse": "above",
    "threshold": 1.0, "min_n": 10, "who_acts": "lin",
}  # fmt: skip


class FakeRelease:
    release_id, simulated = "R000001-00000000", False

    def __init__(self, folder):
        self.folder = folder

    def table(self, name):
        if name != "panel":
            raise NotFound("E-REL-03", Text(en="no such mart", zh="没有"))
        return self.folder / "panel.parquet"


@pytest.fixture
def release(tmp_path):
    rows = pd.DataFrame({"zone_id": ["deqing"] * 40 + ["xian"] * 40 + ["beijing"] * 5})
    rows["treat"] = np.arange(len(rows)) % 2
    rows["is_post"] = True
    rows["falls"] = np.where(rows["zone_id"] == "deqing", 2.0 * rows["treat"] + 0.5, 0.5)
    rows.loc[0, "falls"] = None
    rows.to_parquet(tmp_path / "panel.parquet")
    return FakeRelease(tmp_path)


def states(release, zones=("deqing", "xian", "beijing"), **changes):
    found = evaluate("SE-2026-0001", HarmRule.model_validate({**RULE, **changes}), list(zones), release)
    return {item.zone: (item.state, item.value) for item in found}


def test_each_statistic_per_zone(release):
    assert states(release) == {"deqing": ("crossed", 1.525641), "xian": ("quiet", 0.5), "beijing": ("silent", None)}
    assert states(release, ["deqing"], contrast=True, treatment="treat", threshold=1.5) == {"deqing": ("crossed", 2.0)}
    assert states(release, ["xian"], worse="below") == {"xian": ("crossed", 0.5)}
    assert states(release, ["deqing"], statistic="share_above", cut=1.0, threshold=0.5)["deqing"][0] == "crossed"
    assert states(release, ["xian"], statistic="share_below", threshold=0.1) == {"xian": ("quiet", 0.0)}
    assert states(release, ["deqing"], filter="is_post == True and treat == 0") == {"deqing": ("quiet", 0.5)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"min_n": 40}, "fewer than 40"),
        ({"variable": "pain"}, "no column pain"),
        ({"dataset": "other"}, "no such mart"),
        ({"contrast": True}, "names no treatment"),
        ({"filter": "is_post == False"}, "0 rows"),
    ],
)
def test_a_silent_rule_says_why(release, changes, said):
    rule = HarmRule.model_validate({**RULE, **changes})
    (found,) = evaluate("SE-2026-0001", rule, ["deqing"], release)
    assert (found.state, found.value) == ("silent", None)
    assert said in found.message.en
    assert found.to_dict()["reason"]["zh"]


def running(registry, name):
    with registry.ledger.transaction() as connection:
        detail = {"zone_id": "deqing", "from": "not_yet_recruiting", "to": "recruiting", "cause": ""}
        registry.ledger.record(connection, kind="status_changed", object_id=name, detail=detail, actor="x")


def test_a_crossed_rule_suspends_the_zone_and_only_ethics_lets_it_go_on(registry, people, release):
    name = people.registered(registry, harm_stopping_rule=[RULE])
    assert [item.suspended for item in act_on_harms(registry, release)] == [False]
    running(registry, name)
    (found,) = act_on_harms(registry, release)
    assert (found.zone, found.state, found.suspended) == ("deqing", "crossed", True)
    status = registry.record(name).zones["deqing"]
    assert (status.status, status.cause) == ("suspended", "harm")
    assert len(registry.ledger.events("harm_crossed")) == 1
    with pytest.raises((Refused, NotPermitted)):
        set_status(registry, name, zone="deqing", action="resume_recruiting", actor=people.PI)
    set_status(registry, name, zone="deqing", action="resume_recruiting", actor=people.ETHICS)
    assert registry.record(name).zone_status["deqing"] == "recruiting"
    verdict = harm_verdict([found])
    assert not verdict.passed
    assert verdict.severity.value == "WARN"
    assert verdict.metadata["who_acts"].value == ["lin"]
    assert "lin must act" in found.message.en
    assert "lin" in found.message.zh


def test_quiet_and_silent_rules_pass(registry, people, release):
    quiet = {**RULE, "threshold": 9.0}
    name = people.registered(registry, harm_stopping_rule=[quiet, {**quiet, "id": "other", "min_n": 99}])
    found = act_on_harms(registry, release)
    assert [item.state for item in found] == ["quiet", "silent"]
    verdict = harm_verdict(found)
    assert verdict.passed
    assert list(verdict.metadata["silent"].value) == [f"{name} other deqing"]
    assert found[0].message.en == "within the threshold"


def test_rules_of_simulated_and_unregistered_plans_are_not_evaluated(registry, people, release):
    people.registered(registry, harm_stopping_rule=[RULE], simulated=True)
    people.submitted(registry, harm_stopping_rule=[RULE])
    assert act_on_harms(registry, release) == []
