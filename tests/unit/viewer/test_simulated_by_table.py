"""A release of simulated and observed tables: the banner speaks of those that a page shows; declared breaks are told."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from apps.viewer.simulation import Marked, marked
from data import generations, releases
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from tests.unit.viewer import viewer_workspace
from tests.unit.viewer.test_breaks_in_a_series import cities, declared, table
from tests.unit.viewer.test_viewer_pages import markup, text

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung

EVERY = "Every number on this page comes from a generator."
POPULATION = "panel_city_year.population_10k"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Return a workspace whose release holds simulated people, observed cities, and units of both kinds."""
    folder = tmp_path_factory.mktemp("mixed")
    workspace = Workspace(folder / "home").create()
    ledger = Ledger.open(workspace)
    units = [{"zone_id": "hefei", "unit_type": "person", "unit_id": str(n), "is_simulated": n < 1} for n in range(2)]
    tables = {
        "panel_individual_wave": viewer_workspace.people(np.random.default_rng(1)),
        "panel_city_year": table("panel_city_year", cities()),
        "dim_concordance": table("dim_concordance", declared()),
        "dim_unit": table("dim_unit", units),
    }
    source = {name: folder / f"{name}.parquet" for name in tables}
    for name, rows in tables.items():
        pq.write_table(rows, source[name])
    pin = Lake(workspace, ledger).pin()
    generations.publish(workspace, ledger, source=source, pin=pin, run_id="run", contracts={})
    releases.build(workspace, ledger, actor="user", run_id="run")
    return workspace


def test_tables_are_told_apart_and_reference_tables_are_neither(mixed):
    found = marked(releases.load_release(mixed), mixed.home)
    assert found == Marked(("panel_individual_wave",), ("dim_unit",), ("panel_city_year",))


@pytest.mark.parametrize(
    ("page", "codes", "banner", "said"),
    [
        ("zones", {}, True, EVERY),
        ("panel", {"panel": "panel_individual_wave"}, True, EVERY),
        (
            "panel",
            {"panel": "panel_city_year"},
            False,
            "What this page shows was observed. Simulated in this release are",
        ),
        ("variable", {"v": POPULATION}, False, "What this page shows was observed."),
        ("variables", {}, True, "Simulated tables: Persons by survey wave. In part simulated (rows are marked): "),
    ],
)
def test_the_banner_goes_by_the_tables_of_the_page(mixed, visit, page, codes, banner, said):
    run = visit(mixed.home, page, **codes)
    assert not run.exception
    assert ('class="zl-banner"' in markup(run)) is banner
    assert said in " ".join(text(run).split())
    assert (EVERY in text(run)) is (said == EVERY)


def test_a_break_stands_on_the_page_of_the_variable_and_in_the_matrices(mixed, visit):
    assert "From 2014 on" in text(visit(mixed.home, "variable", v=POPULATION))
    assert "‖" in text(visit(mixed.home, "variables", view="matrix", q="population_10k", table="panel_city_year"))
    assert "Breaks at 2014" in text(visit(mixed.home, "variables", q="population_10k", table="panel_city_year"))
