"""Zones hand out sums instead of rows: what leaves, what does not, and what the pool answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from apps.cli.main import app
from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.onescan.exchange import KIND, estimate_cubes, export_cube
from experiments.spec import AnalysisSpec


def panel(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(u, t) for u in range(120) for t in range(1, 5)], columns=["unit", "time"])
    frame["first"] = np.array([0, 2, 3])[frame["unit"] // 3 % 3]  # 13 or 14 of each in a zone
    frame["zone"] = "zone" + (frame["unit"] % 3).astype("str")
    frame["y"] = 500.123456 + rng.normal(size=120)[frame["unit"]] + rng.normal(size=len(frame))
    return frame


def spec(**more: Any) -> AnalysisSpec:
    base = {"estimator": "sun_abraham", "outcome": "y", "cohort": "first", "unit": "unit", "time": "time"}
    return AnalysisSpec(**{**base, **more})


def exported(frame: pd.DataFrame, folder: Path, wanted: AnalysisSpec) -> list[Path]:
    files = []
    for zone, rows in frame.groupby("zone"):
        data, cube = folder / f"{zone}.csv", folder / f"{zone}.parquet"
        rows.to_csv(data, index=False)
        export_cube(wanted, data, cube)
        files.append(cube)
    return files


@pytest.mark.parametrize("estimator", ["sun_abraham", "imputation", "group_time", "twfe"])
def test_the_pool_gives_what_all_rows_give(estimator: str, tmp_path: Path) -> None:
    frame = panel()
    files = exported(frame, tmp_path, spec())  # made once, asked by any estimator of the same columns
    pooled = estimate_cubes(spec(estimator=estimator), files)
    rows = estimate(spec(estimator=estimator), frame, data_sha256="", path="rows")
    for ours, theirs in zip(pooled.estimates, rows.estimates, strict=True):
        assert (ours.estimate, ours.std_error) == pytest.approx((theirs.estimate, theirs.std_error), rel=1e-9)
    assert pooled.diagnostics["n_read"] == len(frame)
    assert estimate_cubes(spec(estimator=estimator), files[::-1]).data_sha256 == pooled.data_sha256


def test_small_cells_stay_at_home(tmp_path: Path) -> None:
    frame = panel()
    frame = frame[~((frame["unit"] < 6) & (frame["time"] == 4))]  # six people of three zones leave: cells of two or so
    files = exported(frame, tmp_path, spec())
    result = estimate_cubes(spec(), files)
    assert "W-CUBE-01" in [entry["code"] for entry in result.warnings]
    assert result.diagnostics["held_units"] == 6
    without = estimate(spec(), frame[frame["unit"] >= 6], data_sha256="", path="rows")
    assert result.row("att").estimate == pytest.approx(without.row("att").estimate, rel=1e-9)
    assert min(pq.read_table(files[0])["count"].to_pylist()) >= 10


def test_nobody_s_value_stands_in_the_file(tmp_path: Path) -> None:
    frame = panel()
    file = exported(frame, tmp_path, spec())[0]
    table = pq.read_table(file)
    origin = json.loads(table.schema.metadata[KIND])["origin"]
    shown = {origin, *np.concatenate([np.ravel(table[name].to_pylist()) for name in ("first", "second")])}
    assert not {round(value, 9) for value in frame["y"]} & {round(float(value), 9) for value in shown}


def test_refusals(tmp_path: Path) -> None:
    frame = panel()
    files = exported(frame, tmp_path, spec())
    for wanted, code in (
        (spec(covariates=["zone"]), "E-CUBE-01"),
        (spec(outcome="z"), "E-CUBE-02"),
        (spec(cluster=["zone"]), "E-CUBE-02"),
    ):
        with pytest.raises(Refused) as refused:
            estimate_cubes(wanted, files)
        assert refused.value.code == code
    with pytest.raises(Refused, match="given twice"):
        estimate_cubes(spec(), [*files, files[0]])
    with pytest.raises(Refused, match="is not a cube"):
        estimate_cubes(spec(), [tmp_path / "zone0.csv"])
    tiny = tmp_path / "tiny.csv"
    frame[frame["unit"] < 9].to_csv(tiny, index=False)
    with pytest.raises(Refused, match="No cell holds 10 units"):
        export_cube(spec(), tiny, tmp_path / "tiny.parquet")


@pytest.mark.integration
def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONELAB_HOME", str(tmp_path / "home"))
    plan = tmp_path / "spec.yml"
    plan.write_text("{estimator: sun_abraham, outcome: y, cohort: first, unit: unit, time: time}", encoding="utf-8")
    files = []
    for zone, rows in panel().groupby("zone"):
        data, cube = tmp_path / f"{zone}.csv", tmp_path / f"{zone}.parquet"
        rows.to_csv(data, index=False)
        left = CliRunner().invoke(app, ["cube", "export", str(plan), "--data", str(data), "-o", str(cube), "--json"])
        assert json.loads(left.stdout)["units"] == 40
        files.append(str(cube))
    found = CliRunner().invoke(app, ["estimate", str(plan), "--cubes", *files, "--json"])
    document = json.loads(found.stdout)
    assert (document["n_units"], document["estimates"][0]["term"]) == (120, "att")
    assert CliRunner().invoke(app, ["estimate", str(plan), "--json"]).exit_code == 2
