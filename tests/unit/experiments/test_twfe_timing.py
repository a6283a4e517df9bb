from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.estimate import estimate
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec


def panel(starts: list[int], stops: int = 99) -> pd.DataFrame:
    rows = pd.DataFrame([(unit, time) for unit in range(len(starts)) for time in range(6)], columns=["unit", "time"])
    start = np.array(starts)[rows["unit"]]
    rows["d"] = ((rows["time"] >= start) & (rows["time"] < stops)).astype(int)
    rows["cohort"] = np.where(start < 6, start, np.nan)
    rows["y"] = rows["d"] * 2.0 + rows["unit"] + np.random.default_rng(3).normal(size=len(rows))
    return rows


def fit(frame: pd.DataFrame, **more: str) -> EstimateResult:
    spec = AnalysisSpec(estimator="twfe", outcome="y", unit="unit", time="time", **(more or {"treatment": "d"}))
    return estimate(spec, frame, data_sha256="")


def codes(result: EstimateResult) -> set[str]:
    return {entry["code"] for entry in result.warnings} - {"W-EST-01"}


@pytest.mark.parametrize(
    ("starts", "stops", "expected"),
    [
        ([3, 3, 99, 99], 99, set()),
        ([2, 4, 99, 99], 99, {"W-TWFE-01"}),
        ([2, 4, 3, 4], 99, {"W-TWFE-01", "W-TWFE-04"}),
        ([3, 3, 99, 99], 5, {"W-TWFE-02"}),
        ([0, 3, 3, 99], 99, {"W-TWFE-01", "W-TWFE-03"}),
        ([3, 99, 99, 99], 99, {"W-DID-07"}),
    ],
)
def test_warnings_about_timing(starts: list[int], stops: int, expected: set[str]) -> None:
    assert codes(fit(panel(starts, stops))) == expected


def test_two_groups_two_periods_is_the_difference_in_differences() -> None:
    frame = panel([3, 3, 99, 99])
    means = frame.assign(group=frame["unit"] < 2, post=frame["time"] >= 3).groupby(["group", "post"])["y"].mean()
    expected = (means[True, True] - means[True, False]) - (means[False, True] - means[False, False])
    assert fit(frame).row("d").estimate == pytest.approx(expected, rel=1e-10)


def test_cohort_means_the_same_as_its_dummy() -> None:
    frame = panel([2, 4, 99, 99])
    by_cohort = fit(frame, cohort="cohort").row("att")
    by_dummy = fit(frame).row("d")
    assert by_cohort.model_dump(exclude={"term"}) == by_dummy.model_dump(exclude={"term"})


def test_without_treatment_it_is_a_panel_regression() -> None:
    frame = panel([3, 3, 99, 99]).assign(x=lambda rows: np.sin(rows.index))
    spec = AnalysisSpec(estimator="twfe", outcome="y", unit="unit", time="time", covariates=["d", "x"])
    assert [row.term for row in estimate(spec, frame, data_sha256="").estimates] == ["d", "x"]
