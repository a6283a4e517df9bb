"""The estimate without each zone, and effects by group: against separate estimates, the textbook test, and the minimum cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from data.messages import Refused
from experiments.estimate import estimate
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    rows = pd.DataFrame(
        {"zone": np.arange(240) % 6, "person": np.arange(240), "z": rng.permutation(np.arange(240) % 2)}
    )
    rows["old"] = rng.choice(["no", "yes"], size=240)
    rows["age"] = np.where(rows["old"] == "yes", 1.0, 0.0)
    rows["kind"] = np.where(rows["person"] < 12, "rare", np.where(rows["person"] % 2 == 0, "a", "b"))
    rows["x"] = rng.normal(size=240)
    rows["y"] = rows["z"] * (1 + rows["age"]) + rows["zone"] * rows["z"] * 0.2 + rows["x"] + rng.normal(size=240)
    rows["won"] = (rows["y"] > 1).astype(int)
    return rows


def run(frame: pd.DataFrame, **fields: Any) -> EstimateResult:
    plain = {"estimator": "ols", "outcome": "y", "treatment": "z"}
    return estimate(AnalysisSpec(**plain | fields), frame, data_sha256="")


def test_each_zone_is_left_out_in_turn(frame: pd.DataFrame) -> None:
    found = run(frame, covariates=("x",), options={"leave_one_out": "zone"}).diagnostics["leave_one_out"]
    whole = run(frame, covariates=("x",)).row("z").estimate
    by_hand = {str(zone): run(frame[frame["zone"] != zone], covariates=("x",)).row("z").estimate for zone in range(6)}
    assert {item["group"]: item["estimate"] for item in found["without"]} == by_hand
    assert (found["low"], found["high"]) == (min(by_hand.values()), max(by_hand.values()))
    most = max(by_hand, key=lambda zone: abs(by_hand[zone] - whole))
    assert (found["moves_most"], found["moved_by"]) == (most, by_hand[most] - whole)
    assert not found["changes_sign"]


def test_a_zone_without_which_nothing_is_left_is_named(frame: pd.DataFrame) -> None:
    alone = frame[(frame["zone"] == 0) | (frame["z"] == 0)]
    found = run(alone, options={"leave_one_out": "zone"}).diagnostics["leave_one_out"]
    assert found["without"][0]["refused"]["code"] == "E-EST-03"
    assert len([item for item in found["without"] if "estimate" in item]) == 5
    with pytest.raises(Refused, match="E-LEAVE-01"):
        run(frame, options={"leave_one_out": "old"})


def test_rows_without_a_zone_stay(frame: pd.DataFrame) -> None:
    gaps = frame.assign(zone=frame["zone"].where(frame["person"] > 5))
    assert run(gaps, options={"leave_one_out": "zone"}).row("z") == run(frame).row("z")
    assert run(gaps, fixed_effects=("zone",), options={"leave_one_out": "zone"}).n_obs == 234


def test_effects_by_group_and_the_test_that_they_are_one(frame: pd.DataFrame) -> None:
    found = run(frame, vcov="HC1", options={"subgroups": ["old"]}).diagnostics["subgroups"]["old"]
    alone = [run(frame[frame["old"] == label], vcov="HC1").row("z").estimate for label in ("no", "yes")]
    assert [item["estimate"] for item in found["groups"]] == pytest.approx(alone)
    crossed = run(frame, covariates=("age", "z:age"), vcov="HC1").row("z:age")
    assert found["equal"]["p_value"] == pytest.approx(crossed.p_value)
    assert (found["equal"]["df1"], found["withheld"]) == (1, [])


def test_few_clusters_are_tested_by_htz(frame: pd.DataFrame) -> None:
    found = run(frame, cluster=("zone",), options={"subgroups": "old"}).diagnostics["subgroups"]["old"]
    joint = run(frame, cluster=("zone",), covariates=("age", "z:age"), vcov="CR2", options={"joint": ["z:age"]})
    assert found["equal"]["method"] == "HTZ"
    assert found["equal"]["p_value"] == pytest.approx(joint.diagnostics["joint"]["p_value"])


def test_small_groups_are_withheld_by_name(frame: pd.DataFrame) -> None:
    found = run(frame, unit="person", options={"subgroups": "kind"}).diagnostics["subgroups"]["kind"]
    assert [item["group"] for item in found["groups"]] == ["a", "b"]
    assert [item["group"] for item in found["withheld"]] == ["rare"]
    assert all(count % 5 == 0 for item in found["groups"] for count in item["n_units"].values())
    without = run(frame[frame["kind"] != "rare"], options={"subgroups": "kind"}).diagnostics["subgroups"]["kind"]
    assert [item["estimate"] for item in found["groups"]] == [item["estimate"] for item in without["groups"]]


def test_a_method_that_is_no_regression_is_run_by_group(frame: pd.DataFrame) -> None:
    found = run(frame, estimator="logit", outcome="won", options={"subgroups": "old"}).diagnostics["subgroups"]["old"]
    rows = [run(frame[frame["old"] == label], estimator="logit", outcome="won").row("z") for label in ("no", "yes")]
    assert [item["estimate"] for item in found["groups"]] == [row.estimate for row in rows]
    gap = (rows[0].estimate - rows[1].estimate) ** 2 / (rows[0].std_error ** 2 + rows[1].std_error ** 2)
    assert found["equal"]["p_value"] == pytest.approx(stats.chi2.sf(gap, 1))
    shared = run(frame, estimator="logit", outcome="won", cluster=("zone",), options={"subgroups": "old"})
    assert "share clusters" in shared.diagnostics["subgroups"]["old"]["equal"]["reason"]["en"]


def test_fixed_effects_that_hold_the_group_take_its_level(frame: pd.DataFrame) -> None:
    twice = pd.concat([frame.assign(wave=0, z=0, y=frame["x"]), frame.assign(wave=1)])
    found = run(twice, estimator="twfe", unit="person", time="wave", options={"subgroups": ["old"]}).diagnostics[
        "subgroups"
    ]["old"]
    assert len(found["groups"]) == 2
    assert found["equal"]["p_value"] < 1


def test_the_treatment_is_no_group(frame: pd.DataFrame) -> None:
    with pytest.raises(Refused, match="E-GROUP-01"):
        run(frame, options={"subgroups": ["z"]})
