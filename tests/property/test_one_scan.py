"""One scan or rows: the same numbers to 1e-9, over random unbalanced panels, weights, clusters and attrition patterns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.onescan.choice import cube_of
from experiments.estimators.onescan.cube import WaveCube, pooled
from experiments.estimators.onescan.results import from_cube
from experiments.result import EstimateResult
from experiments.sample import draw
from experiments.spec import AnalysisSpec

pytestmark = pytest.mark.integration

CASES: dict[str, dict[str, Any]] = {
    "twfe": {},
    "event_study": {},
    "event_study windowed": {"options": {"window": [-2, 2]}},
    "sun_abraham": {},
    "etwfe": {},
    "etwfe never": {"options": {"control_group": "never"}},
    "etwfe cohort effects": {"fixed_effects": ["first", "time"], "cluster": ["unit"]},
    "group_time": {"options": {"panel": "pairs"}},
    "group_time dynamic": {"options": {"panel": "pairs", "aggregate": "dynamic", "control_group": "not_yet"}},
    "group_time group": {"options": {"aggregate": "group", "base_period": "universal"}},
    "group_time none": {"options": {"aggregate": "none", "panel": "pairs"}},
    "imputation": {},
}


def panel(seed: int, units: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    periods = int(rng.integers(4, 7))
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(1, periods + 1)], columns=["unit", "time"])
    frame["first"] = rng.choice([0, 0, 2, 3, periods, periods + 3, 1], units, p=[0.3, 0.1, 0.2, 0.2, 0.1, 0.05, 0.05])[
        frame["unit"]
    ]
    frame["zone"] = "zone" + pd.Series(rng.integers(0, 6, units)[frame["unit"]]).astype("str")
    frame["w"] = rng.uniform(0.2, 3, units)[frame["unit"]]
    frame["d"] = ((frame["first"] > 0) & (frame["time"] >= frame["first"])).astype(int)
    frame["y"] = 1e3 + 5 * rng.normal(size=units)[frame["unit"]] + frame["d"] * 2 + rng.normal(size=len(frame))
    leaves = rng.integers(2, periods + 4, units)[frame["unit"]]  # attrition for good, and waves missed in between
    return frame[(frame["time"] <= leaves) & (rng.uniform(size=len(frame)) > 0.08)].sample(frac=1, random_state=seed)


def spec_of(case: str, **more: Any) -> AnalysisSpec:
    who = {} if "treatment" in more else {"cohort": "first"}
    given_ = {"outcome": "y", "unit": "unit", "time": "time", **who, **CASES[case], **more}
    return AnalysisSpec(estimator=case.split(maxsplit=1)[0], **given_)


def outcome(spec: AnalysisSpec, frame: pd.DataFrame, path: Any) -> EstimateResult | str:
    try:
        return estimate(spec, frame, data_sha256="", path=path)
    except Refused as error:
        return error.code


def numbers(result: EstimateResult) -> np.ndarray:
    return np.array([[row.estimate, row.std_error, row.df, row.conf_low] for row in result.estimates])


def assert_same(spec: AnalysisSpec, frame: pd.DataFrame) -> None:
    rows, scan = outcome(spec, frame, "rows"), outcome(spec, frame, "one_scan")
    if isinstance(rows, str) or isinstance(scan, str):
        assert rows == scan
        return
    assert [(row.term, row.group) for row in scan.estimates] == [(row.term, row.group) for row in rows.estimates]
    assert numbers(scan) == pytest.approx(numbers(rows), rel=1e-9, abs=1e-9)
    assert (scan.n_obs, scan.n_units, scan.n_clusters) == (rows.n_obs, rows.n_units, rows.n_clusters)
    assert [entry["code"] for entry in scan.warnings] == [entry["code"] for entry in rows.warnings]


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), weights=st.sampled_from([None, "w"]), coarse=st.booleans())
def test_one_scan_equals_rows(case: str, seed: int, weights: str | None, coarse: bool) -> None:  # noqa: FBT001
    more: dict[str, Any] = {} if weights is None else {"weights": weights}
    if coarse and case != "etwfe cohort effects":
        more["cluster"] = ["zone"]
    assert_same(spec_of(case, **more), panel(seed))


@pytest.mark.parametrize("case", ["twfe", "sun_abraham", "imputation"])
def test_treatment_by_row(case: str) -> None:
    assert_same(spec_of(case, treatment="d"), panel(7))


def test_a_treatment_that_ends() -> None:
    frame = panel(3)
    frame["d"] = frame["d"] * (frame["time"] != 4)
    assert_same(spec_of("twfe", treatment="d"), frame)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), parts=st.integers(2, 5), coarse=st.booleans())
def test_cubes_add_up(seed: int, parts: int, coarse: bool) -> None:  # noqa: FBT001
    """Zones that share their sums only get the numbers of all their rows together."""
    frame = panel(seed)
    spec = spec_of("group_time dynamic", **({"cluster": ["zone"]} if coarse else {}))
    whole = _cube(spec, frame)
    owner = pd.factorize(frame["zone"], sort=True)[0] % parts
    split = [frame[owner == part] for part in range(parts) if (owner == part).any()]
    together = pooled([_cube(spec, part) for part in split])
    assume(isinstance(outcome(spec, frame, "rows"), EstimateResult))
    one, many = from_cube(spec, whole), from_cube(spec, together)
    assert many.estimate == pytest.approx(one.estimate, rel=1e-9, abs=1e-9)
    assert many.variance == pytest.approx(one.variance, rel=1e-8, abs=1e-10)
    assert (many.counts, many.notes["cohorts"]) == (one.counts, one.notes["cohorts"])


def _cube(spec: AnalysisSpec, frame: pd.DataFrame) -> WaveCube:
    cube = cube_of(spec, draw(spec, frame))
    assert cube is not None
    return cube


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
@pytest.mark.parametrize("case", ["twfe", "group_time dynamic", "imputation"])
def test_a_parquet_table_in_one_pass(case: str, order: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.estimators.onescan import choice, parquet

    monkeypatch.setattr(parquet, "ROWS", 7)  # batches cut units in two
    monkeypatch.setattr(choice, "MANY", 1)
    frame = panel(21)
    frame = frame.sort_values(["unit", "time"]) if order == "sorted" else frame
    file = tmp_path / "panel.parquet"
    frame.to_parquet(file, index=False)
    for more in ({}, {"cluster": ["zone"]}, {"weights": "w"}):
        spec = spec_of(case, **more)
        rows, scan = outcome(spec, frame, "rows"), choice.from_parquet(spec, file, lambda: "")
        assert isinstance(rows, EstimateResult)
        assert scan is not None
        assert numbers(scan) == pytest.approx(numbers(rows), rel=1e-9, abs=1e-9)
        assert scan.diagnostics["n_read"] == rows.diagnostics["n_read"]


def test_what_one_pass_cannot_do_is_left_to_the_rows(tmp_path: Any) -> None:
    from experiments.estimators.onescan.choice import from_parquet

    frame = panel(21).sort_values(["unit", "time"])
    file = tmp_path / "panel.parquet"
    for wrong in (
        frame.assign(y=frame["y"].where(frame.index != frame.index[0])),
        pd.concat([frame, frame.iloc[:1]]).sort_values(["unit", "time"]),
        frame.assign(first=frame["first"].where(frame.index != frame.index[3], 2)),
    ):
        wrong.to_parquet(file, index=False)
        assert from_parquet(spec_of("group_time"), file, lambda: "") is None
