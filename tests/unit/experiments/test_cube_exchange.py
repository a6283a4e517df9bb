"""Cubes between zones: what leaves, what does not, and what the pooled result says of it."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from data.messages import Refused
from experiments.estimate import estimate_cubes, estimate_file, export_cube

SPEC = {"estimator": "twfe", "outcome": "y", "unit": "unit", "time": "wave", "cohort": "start"}


@pytest.fixture
def zones(tmp_path):
    """Three zones' files, and the spec; in the last one cohort 4 has four units only."""
    rng, waves = np.random.default_rng(4), 5
    for zone, sizes in enumerate([{0: 40, 3: 30}, {0: 25, 3: 20, 4: 15}, {0: 30, 4: 4}]):
        start = np.repeat(list(sizes), list(sizes.values()))
        unit = np.repeat(np.arange(len(start)) + 1000 * zone, waves)
        frame = pd.DataFrame({"unit": unit, "wave": np.tile(np.arange(1, waves + 1), len(start))})
        frame["start"] = np.repeat(start, waves)
        frame["y"] = 50 + rng.normal(size=len(frame)) + 0.5 * ((frame["start"] > 0) & (frame["wave"] >= frame["start"]))
        frame.to_csv(tmp_path / f"{zone}.csv", index=False)
    (tmp_path / "spec.yml").write_text(yaml.safe_dump(SPEC))
    return tmp_path


def exported(zones, count=3):
    made = [export_cube(zones / "spec.yml", zones / f"{zone}.csv", zones / f"{zone}.cube") for zone in range(count)]
    return made, [zones / f"{zone}.cube" for zone in range(count)]


def test_pooled_zones_give_what_their_rows_together_give(zones):
    _, cubes = exported(zones, 2)
    pd.concat([pd.read_csv(zones / f"{zone}.csv") for zone in range(2)]).to_csv(zones / "all.csv", index=False)
    pooled, whole = estimate_cubes(zones / "spec.yml", cubes), estimate_file(zones / "spec.yml", zones / "all.csv")
    assert pooled.n_units == whole.n_units == 130
    one, two = pooled.row("att"), whole.row("att")
    assert one.estimate == pytest.approx(two.estimate, rel=1e-10)
    assert one.std_error == pytest.approx(two.std_error, rel=1e-10)
    assert pooled.warnings == whole.warnings


def test_small_groups_stay_at_home_and_are_told(zones):
    made, cubes = exported(zones)
    assert [(each.groups, each.units, each.rows) for each in made] == [(0, 0, 0), (0, 0, 0), (1, 4, 20)]
    assert min(pq.read_table(cubes[2])["units"].to_pylist()) >= 10
    pooled = estimate_cubes(zones / "spec.yml", cubes)
    assert pooled.n_units == 160
    assert "W-CUBE-01" in {warning["code"] for warning in pooled.warnings}


def test_no_value_of_a_unit_is_in_the_file(zones):
    _, (cube, *_) = exported(zones, 1)
    values = set(pd.read_csv(zones / "0.csv")["y"].round(9))
    told = {
        round(number, 9)
        for name in ("mean", "products")
        for row in pq.read_table(cube)[name].to_pylist()
        for number in row
    }
    assert not values & told


@pytest.mark.parametrize("change", [{"outcome": "z"}, {"filter": "wave > 1"}], ids=["other outcome", "other rows"])
def test_a_cube_answers_its_own_question_only(zones, change):
    _, cubes = exported(zones, 2)
    (zones / "other.yml").write_text(yaml.safe_dump({**SPEC, **change}))
    with pytest.raises(Refused) as refusal:
        estimate_cubes(zones / "other.yml", cubes)
    assert refusal.value.code == "E-CUBE-02"


def test_an_analysis_that_needs_rows_makes_no_cube(zones):
    (zones / "other.yml").write_text(yaml.safe_dump({**SPEC, "covariates": ["x"]}))
    with pytest.raises(Refused) as refusal:
        export_cube(zones / "other.yml", zones / "0.csv", zones / "other.cube")
    assert refusal.value.code == "E-CUBE-03"


def test_a_cube_given_twice_and_a_file_that_is_none_are_refused(zones):
    _, cubes = exported(zones, 1)
    with pytest.raises(Refused, match="copies of another"):
        estimate_cubes(zones / "spec.yml", cubes * 2)
    pd.DataFrame({"a": [1]}).to_parquet(zones / "b.cube")
    with pytest.raises(Refused) as refusal:
        estimate_cubes(zones / "spec.yml", [zones / "b.cube"])
    assert refusal.value.code == "E-CUBE-01"


def test_a_zone_of_small_groups_exports_nothing(zones):
    frame = pd.read_csv(zones / "0.csv")
    frame[frame["unit"] % 10 == 0].to_csv(zones / "small.csv", index=False)
    with pytest.raises(Refused) as refusal:
        export_cube(zones / "spec.yml", zones / "small.csv", zones / "small.cube")
    assert refusal.value.code == "E-CUBE-04"
    assert not (zones / "small.cube").exists()


def test_the_estimate_without_each_zone_comes_from_the_cubes(zones):
    """Zones are the clusters; two are seen in the first file, so that three remain to be left out."""
    for zone in range(2):
        own = pd.read_csv(zones / f"{zone}.csv")
        frame = pd.concat([own.assign(unit=own["unit"] + 10_000 * copy, y=own["y"] + copy) for copy in range(9)])
        frame.assign(zone=[f"z{zone}{unit % 2 * (zone == 0)}" for unit in frame["unit"]]).to_csv(
            zones / f"{zone}.csv", index=False
        )
    asked = SPEC | {"cluster": ["zone"], "options": {"leave_one_out": "zone"}}
    (zones / "spec.yml").write_text(yaml.safe_dump(asked))
    _, cubes = exported(zones, 2)
    pd.concat([pd.read_csv(zones / f"{zone}.csv") for zone in range(2)]).to_csv(zones / "all.csv", index=False)
    pooled, whole = (
        found.diagnostics["leave_one_out"]
        for found in (estimate_cubes(zones / "spec.yml", cubes), estimate_file(zones / "spec.yml", zones / "all.csv"))
    )
    assert [item["group"] for item in pooled["without"]] == ["z00", "z01", "z10"]
    assert pooled["moves_most"] == whole["moves_most"]
    for one, two in zip(pooled["without"], whole["without"], strict=True):
        assert one["estimate"] == pytest.approx(two["estimate"], rel=1e-9)
    (zones / "spec.yml").write_text(yaml.safe_dump(asked | {"options": {"leave_one_out": "unit"}}))
    with pytest.raises(Refused, match="E-CUBE-03"):
        estimate_cubes(zones / "spec.yml", cubes)
