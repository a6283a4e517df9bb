"""One scan of a panel gives what all its rows give: every number of a result, with gaps, weights and clusters."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.onescan import choice
from experiments.estimators.onescan.choice import ANSWERED, estimate_from_cube, is_answered, reads
from experiments.estimators.onescan.cube import joined
from experiments.estimators.onescan.files import read_cube, write_cube
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.estimators.onescan.scan import scan
from experiments.spec import AnalysisSpec

pytestmark = pytest.mark.integration

CLOSE = 1e-9
OWN = ("one_scan",)
EXACT = sorted(ANSWERED - {"mixed"})
GROWTH = AnalysisSpec(
    estimator="mixed",
    outcome="y",
    unit="unit",
    treatment="d",
    covariates=["wave", "d:wave"],
    options={"random": [{"group": "unit", "terms": ["wave"]}]},
)

WORLDS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "units": st.integers(60, 200),
        "waves": st.integers(4, 6),
        "zones": st.sampled_from([7, 30, 45]),
        "gaps": st.sampled_from([0.0, 0.03, 0.25]),
        "far": st.sampled_from([0.0, 1e4]),
    }
)
FIELDS = st.fixed_dictionaries(
    {
        "estimator": st.sampled_from(EXACT),
        "marked": st.sampled_from([{"cohort": "start"}, {"treatment": "d"}]),
        "more": st.sampled_from(
            [{}, {"cluster": "zone"}, {"weights": "w"}, {"filter": "wave != 2"}, {"cluster": "name"}]
        ),
    }
)


def panel(world):
    """Draw a staggered panel in the order of units: attrition, random gaps, values missing in the outcome."""
    rng, (count, waves) = np.random.default_rng(world["seed"]), (world["units"], world["waves"])
    unit, wave = np.repeat(np.arange(count), waves), np.tile(np.arange(1, waves + 1), count)
    start = rng.choice([0, 2, 3, waves], count, p=[0.4, 0.2, 0.2, 0.2])[unit]
    frame = pd.DataFrame({"unit": unit, "wave": wave, "start": start})
    frame["d"] = ((start > 0) & (wave >= start)).astype(int)
    frame["zone"] = (np.arange(count) % world["zones"])[unit]
    frame["name"] = "z" + frame["zone"].astype(str)
    frame["w"] = rng.choice([0.5, 2.0], count)[unit]
    noise = 2 * rng.normal(size=count)[unit] + rng.normal(size=len(frame))
    frame["y"] = world["far"] + 0.3 * wave + (1 + 0.2 * wave) * frame["d"] + noise
    frame.loc[rng.uniform(size=len(frame)) < world["gaps"] / 3, "y"] = np.nan
    left = rng.uniform(size=len(frame)) < world["gaps"]
    return frame[~(left & (wave > 1))].reset_index(drop=True)


def spec_of(fields):
    return AnalysisSpec(
        estimator=fields["estimator"], outcome="y", unit="unit", time="wave", **fields["marked"], **fields["more"]
    )


def outcome_of(call):
    try:
        return call().to_dict()
    except Refused as refusal:
        return {"refused": refusal.code}


def differences(one, two, scale, path=""):
    """Yield where two documents differ by more than rounding."""
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted((set(one) | set(two)) - set(OWN)):
            yield from differences(one.get(name), two.get(name), scale, f"{path}.{name}")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from differences(left, right, scale, f"{path}[{place}]")
    elif isinstance(one, float) or isinstance(two, float):
        if one is None or two is None or not math.isclose(one, two, rel_tol=CLOSE, abs_tol=CLOSE * scale):
            yield path, one, two
    elif one != two:
        yield path, one, two


@pytest.fixture(autouse=True)
def any_length(monkeypatch):
    monkeypatch.setattr(choice, "SHORTER", 1e-6)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, fields=FIELDS, order=st.sampled_from(["units", "any"]))
def test_one_scan_gives_what_all_rows_give(tmp_path_factory, world, fields, order):
    frame, spec = panel(world), spec_of(fields)
    assert is_answered(spec)
    path = tmp_path_factory.getbasetemp() / "panel.parquet"
    (frame if order == "units" else frame.sample(frac=1, random_state=1)).to_parquet(path)
    by_rows = outcome_of(lambda: estimate(spec, frame, data_sha256=""))
    in_one = outcome_of(lambda: estimate_from_cube(spec, scan(path, reads(spec)), ""))
    event("refused" if "refused" in by_rows else "estimated")
    scale = 1 + abs(world["far"]) * CLOSE**0.5
    assert not list(differences(by_rows, in_one, scale))


@pytest.mark.parametrize("estimator", EXACT)
def test_cubes_of_parts_add_up_to_the_cube_of_all(tmp_path, estimator):
    frame = panel({"seed": 5, "units": 150, "waves": 5, "zones": 30, "gaps": 0.1, "far": 100.0})
    spec = spec_of({"estimator": estimator, "marked": {"cohort": "start"}, "more": {"cluster": "zone"}})
    frame.to_parquet(tmp_path / "all.parquet")
    parts = []
    for place in range(3):
        frame[frame["unit"] % 3 == place].to_parquet(tmp_path / f"{place}.parquet")
        write_cube(tmp_path / f"{place}.cube", scan(tmp_path / f"{place}.parquet", reads(spec)), spec)
        parts.append(read_cube(tmp_path / f"{place}.cube", spec))
    whole = estimate_from_cube(spec, scan(tmp_path / "all.parquet", reads(spec)), "").to_dict()
    pooled = estimate_from_cube(spec, joined(parts[::-1]), "").to_dict()
    assert not list(differences(whole, pooled, 1.0))


def test_a_batch_may_end_anywhere(tmp_path, monkeypatch):
    from experiments.estimators.onescan import scan as scanning

    frame = panel({"seed": 9, "units": 80, "waves": 5, "zones": 7, "gaps": 0.2, "far": 0.0})
    spec = spec_of({"estimator": "twfe", "marked": {"treatment": "d"}, "more": {}})
    path = tmp_path / "panel.parquet"
    frame.to_parquet(path)
    whole = scan(path, spec)
    for rows in (1, 2, 3, 7, 50):
        monkeypatch.setattr(scanning, "BATCH_ROWS", rows)
        found = scan(path, spec)
        assert found.counts == whole.counts
        assert list(found.groups) == list(whole.groups)
        for key, moments in whole.groups.items():
            np.testing.assert_allclose(found.groups[key].spread, moments.spread, atol=1e-10)


def test_one_treated_cluster_is_left_to_the_rows(tmp_path):
    frame = panel({"seed": 3, "units": 90, "waves": 4, "zones": 7, "gaps": 0.0, "far": 0.0})
    frame["start"] = np.where(frame["zone"] == 2, 3, 0)
    frame.to_parquet(tmp_path / "panel.parquet")
    spec = spec_of({"estimator": "twfe", "marked": {"cohort": "start"}, "more": {"cluster": "zone"}})
    with pytest.raises(NotInOneScan):
        estimate_from_cube(spec, scan(tmp_path / "panel.parquet", spec), "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda frame: pd.concat([frame, frame[:1]]).sort_values("unit", kind="stable"), "E-DID-01"),
        (lambda frame: frame.assign(start=frame["start"].where(frame.index != 3, 7)), "E-DID-02"),
        (lambda frame: frame.assign(y=frame["y"].where(frame.index != 3, np.inf)), "E-EST-08"),
        (lambda frame: frame.assign(w=0.0), "E-EST-05"),
        (lambda frame: frame.assign(y=np.nan), "E-EST-01"),
        (lambda frame: frame.drop(columns="y"), "E-SPEC-09"),
    ],
    ids=["twice", "cohort changes", "infinite", "weights", "nothing left", "no column"],
)
def test_what_is_refused_by_rows_is_refused_in_one_scan(tmp_path, change, code):
    frame = panel({"seed": 1, "units": 60, "waves": 4, "zones": 7, "gaps": 0.0, "far": 0.0})
    changed = change(frame).reset_index(drop=True)
    changed.to_parquet(tmp_path / "panel.parquet")
    spec = spec_of({"estimator": "group_time", "marked": {"cohort": "start"}, "more": {"weights": "w"}})
    with pytest.raises(Refused) as by_rows:
        estimate(spec, changed, data_sha256="")
    with pytest.raises(Refused) as in_one:
        scan(tmp_path / "panel.parquet", spec)
    assert by_rows.value.code == in_one.value.code == code


GROWTH_FIELDS = st.fixed_dictionaries(
    {
        "terms": st.sampled_from([["wave"], []]),
        "method": st.sampled_from(["reml", "ml"]),
        "covariates": st.sampled_from([["wave", "d:wave"], ["wave"]]),
        "more": st.sampled_from([{}, {"filter": "wave != 2"}]),
    }
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, fields=GROWTH_FIELDS)
def test_a_growth_curve_has_the_same_optimum_from_one_scan(tmp_path_factory, world, fields):
    frame = panel(world)
    frame["d"] = (frame["start"] > 0).astype(int)
    options = {"random": [{"group": "unit", "terms": fields["terms"]}], "method": fields["method"]}
    given_fields = {"covariates": fields["covariates"], "options": options, **fields["more"]}
    spec = AnalysisSpec(**GROWTH.model_dump(exclude={"covariates", "options", "filter"}), **given_fields)
    path = tmp_path_factory.getbasetemp() / "growth.parquet"
    frame.to_parquet(path)
    by_rows = estimate(spec, frame, data_sha256="").to_dict()
    in_one = estimate_from_cube(spec, scan(path, reads(spec)), "").to_dict()
    gradient = {one["code"] for one in by_rows["warnings"]}, {one["code"] for one in in_one["warnings"]}
    assert gradient[0] == gradient[1]
    by_rows["warnings"] = in_one["warnings"] = []
    assert not list(differences(by_rows, in_one, 1.0))
