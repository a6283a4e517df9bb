"""The viewer's numbers against an independent reading of the same files, and the wall around its SQL."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from apps.viewer import panel_reads, reads, zone_reads
from data.releases import load_release
from quality.disclosure import MIN_CELL
from quality.disclosure.rounding import figures, to_base
from tests.unit.viewer.viewer_workspace import CLINICS, PEOPLE, SILENT, SMALL

pytestmark = pytest.mark.archive


@pytest.fixture
def release(unanalysed):
    return load_release(unanalysed)


@pytest.fixture
def people(release):
    return pd.read_parquet(release.table("panel_individual_wave"))


def test_zone_rows_agree_with_the_file(unanalysed, release, people):
    rows = {row.zone_id: row for row in zone_reads.zone_rows(unanalysed.home, release.release_id)}
    beijing = people[people["zone_id"] == "beijing"]
    last = beijing[(beijing["wave"] == "W4") & beijing["is_observed"]]["person_id"]
    assert SILENT not in rows
    assert rows["beijing"].participants == CLINICS * PEOPLE
    assert rows["beijing"].latest_wave == "W4"
    assert rows["beijing"].response.value == pytest.approx(last.nunique() / (CLINICS * PEOPLE))
    assert rows["beijing"].simulated is True
    assert str(rows["beijing"].last_data) == "2026-03-31"
    assert str(rows["jinan"].last_data) == "2025-10-14"


def test_a_small_zone_shows_no_count_and_no_share(unanalysed, release):
    row = next(row for row in zone_reads.zone_rows(unanalysed.home, release.release_id) if row.zone_id == SMALL)
    assert row.participants is None
    assert (row.response.kind, row.retained.kind) == ("hidden", "hidden")


def test_participation_agrees_with_the_file(unanalysed, release, people):
    cells = panel_reads.participation(unanalysed.home, release.release_id, "panel_individual_wave", None)
    seen = people.groupby(["wave", "treat"])["is_observed"].mean()
    said = {(cell.period, cell.arm): cell.seen for cell in cells}
    assert len(said) == 8
    for (wave, treat), expected in seen.items():
        share = said[wave, "treated" if treat else "control"]
        if share.kind == "exact":
            assert share.value == pytest.approx(expected)
    assert said["W4", "control"].kind == "exact"


def test_trajectory_interval_is_cluster_robust(unanalysed, release, people):
    points = panel_reads.trajectory(unanalysed.home, release.release_id, "panel_individual_wave", "wait_min", None)
    point = next(point for point in points if (point.period, point.arm) == ("W3", "treated"))
    cell = people[(people["wave"] == "W3") & (people["treat"] == 1)].dropna(subset=["wait_min"])
    mean = cell["wait_min"].mean()
    sums = (cell["wait_min"] - mean).groupby([cell["zone_id"], cell["clinic_id"]]).sum()
    error = np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()) / len(cell)
    assert point.units == to_base(len(cell), 5)
    assert point.mean == figures(mean, 3)
    assert (point.low, point.high) == (figures(point.mean - 1.96 * error, 3), figures(point.mean + 1.96 * error, 3))


def test_units_as_clusters_give_the_textbook_standard_error(unanalysed, release):
    points = panel_reads.trajectory(unanalysed.home, release.release_id, "panel_district_month", "speed_kmh", None)
    table = pd.read_parquet(release.table("panel_district_month"))
    cell = table[(table["month_index"] == points[0].order) & table["switched_on_date"].isna()]["speed_kmh"]
    point = next(point for point in points if point.order == points[0].order and point.arm == "never")
    assert point.high == figures(point.mean + 1.96 * cell.std(ddof=1) / np.sqrt(len(cell)), 3)


def test_small_cells_of_a_trajectory_are_empty(unanalysed, release):
    points = panel_reads.trajectory(unanalysed.home, release.release_id, "panel_district_month", "speed_kmh", "beijing")
    assert points
    assert {(point.units, point.mean, point.low) for point in points} == {(None, None, None)}
    assert MIN_CELL > 6


def test_only_listed_outcomes_reach_the_sql(unanalysed, release):
    with pytest.raises(KeyError):
        panel_reads.trajectory(unanalysed.home, release.release_id, "panel_individual_wave", "1; drop table x", None)


def test_a_zone_is_bound_and_never_spliced(unanalysed, release):
    rows = panel_reads.participation(unanalysed.home, release.release_id, "panel_individual_wave", "' or true --")
    assert rows == []


def test_the_wall_lets_nothing_else_through(unanalysed, release, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    inside = release.table("panel_individual_wave").parent
    attempts = [
        f"select * from read_csv('{secret}')",
        f"select * from read_text('{inside}/../../catalog.db')",
        "select * from read_text('/etc/passwd')",
        f"attach '{unanalysed.catalog}' as c (type sqlite)",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        "set enable_external_access = true",
        "install httpfs",
        "select * from secret",
    ]
    for attempt in attempts:
        with pytest.raises(duckdb.Error):
            reads.query(release, attempt)
    assert not (tmp_path / "out.csv").exists()


def test_an_empty_workspace_has_no_release(tmp_path):
    from data.paths import Workspace

    assert reads.latest_release(Workspace(tmp_path)) is None
