"""Every place that shows a table or writes one is a door, and every door says what stands behind it (rules R0, R10, R17).

A new door fails here until it is listed: with the module through which its numbers pass the gate, or with why they need none.
"""

import ast

import pytest

from data.settings import REPOSITORY

SHOWN = {
    "dataframe",
    "data_editor",
    "altair_chart",
    "download_button",
    "iframe",
    "tiles",
    "bars",
    "metric",
    "json",
    "table",
}
SHOWN |= {
    "line_chart",
    "bar_chart",
    "vega_lite_chart",
    "plotly_chart",
    "pydeck_chart",
    "map",
    "area_chart",
    "scatter_chart",
}
WRITTEN = {"to_csv", "to_parquet", "to_excel", "to_json", "write_csv", "write_parquet", "write_table", "write_dta"}
WRITTEN |= {"write_sav", "write_parquet_stream", "savetxt"}
ROOMS = ("apps", "experiments", "quality/exports", "quality/comparing", "quality/codebook")

GATED = {
    "apps/cli/participation.py": "experiments/participation/shown.py",
    "apps/cli/release_exports.py": "quality/comparing/difference.py",
    "apps/cli/reviewing.py": "experiments/reviewing/lint.py",
    "apps/cli/tracing.py": "experiments/disclosed.py",
    "apps/cli/demo.py": "experiments/disclosed.py",
    "apps/viewer/app_pages/report.py": "experiments/disclosed.py",
    "apps/viewer/app_pages/zone.py": "apps/viewer/zone_reads.py",
    "apps/viewer/components/zone_view.py": "apps/viewer/zone_reads.py",
    "apps/viewer/app_pages/zones.py": "apps/viewer/zone_reads.py",
    "apps/viewer/components/cart_view.py": "quality/codebook/protection.py",
    "apps/viewer/components/explorer/participation.py": "apps/viewer/flow_reads.py",
    "apps/viewer/components/explorer/quality.py": "quality/codebook/protection.py",
    "apps/viewer/components/report_review.py": "experiments/report/files.py",
    "apps/viewer/components/tracing_view.py": "experiments/disclosed.py",
    "apps/viewer/components/variable_view.py": "quality/codebook/protection.py",
    "quality/codebook/files.py": "quality/codebook/protection.py",
}
"""Numbers of released rows: the module through which they pass quality.disclosure."""

RECORDS = {
    "apps/cli/accounts.py",
    "apps/cli/assign.py",
    "apps/cli/batches.py",
    "apps/cli/concordances.py",
    "apps/cli/contracts.py",
    "apps/cli/corrections.py",
    "apps/cli/diagnose.py",
    "apps/cli/notices.py",
    "apps/cli/programme.py",
    "apps/cli/protocol_tables.py",
    "apps/cli/releases.py",
    "apps/cli/tokens.py",
    "apps/cli/workspace.py",
    "apps/viewer/app_pages/batches.py",
    "apps/viewer/app_pages/experiment.py",
    "apps/viewer/app_pages/experiments.py",
    "apps/viewer/app_pages/helping.py",
    "apps/viewer/app_pages/queue.py",
    "apps/viewer/app_pages/releases.py",
    "apps/viewer/app_pages/reports.py",
    "apps/viewer/app_pages/review.py",
    "apps/viewer/app_pages/submissions.py",
    "apps/viewer/components/beginning.py",
    "apps/viewer/components/commenting.py",
    "apps/viewer/components/differing.py",
    "apps/viewer/components/exporting.py",
    "apps/viewer/components/figure.py",
    "apps/viewer/components/run_view.py",
}
"""What was planned, sent, decided, built: words of the record, counts of files and rows; no number about a unit's answers."""

OWN = {
    "apps/cli/differences.py",
    "apps/cli/files.py",
    "apps/cli/matches.py",
    "apps/cli/studies.py",
    "apps/viewer/components/batch_view.py",
    "apps/viewer/components/submission_view.py",
    "apps/viewer/components/upload/columns.py",
    "apps/viewer/components/upload/context.py",
    "apps/viewer/components/upload/mending.py",
    "apps/viewer/components/upload/results.py",
    "apps/viewer/components/upload/sending.py",
    "experiments/estimators/onescan/files.py",
    "experiments/estimators/onescan/products_files.py",
}
"""A file shown or reduced for who holds it: the zone that sent it, its data steward, who runs `estimate` on their own."""

PERMITTED = {
    "experiments/weighing.py",
    "quality/exports/labelled_files.py",
    "quality/exports/plain_files.py",
    "quality/exports/write.py",
}
"""Rows that leave by the right to release, on record before a file is opened (experiments.exporting)."""

PUBLISHED = {"experiments/replications/social_insure.py", "experiments/replications/sources.py"}
"""Data of published studies."""

READERS = {f"apps/viewer/{name}_reads.py" for name in ("zone", "panel", "flow", "codebook")}
"""Where pages ask the released rows: each passes what it counts through the gate."""

BARE = {"apps/viewer/simulation.py", "apps/viewer/breaks.py", "apps/viewer/components/zone_view.py"}
"""Asks whether a table holds a row marked simulated; ask tables about series and about documents of a zone, of nobody."""


def doors(source, *, of_commands=False):
    """Return the calls in a source that show or write a table."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        of = function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""
        shows = name in SHOWN and (of in ("st", "markup") or (of_commands and name == "table" and not of))
        if shows or name in WRITTEN or (of, name) == ("csv", "writer"):
            found.add(name)
    return found


def sources():
    for room in ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")


def imports_gate(source):
    """Whether a source uses the gate, or the codebook's way through it, at its head or inside a function."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        if any(name.startswith(("quality.disclosure", "quality.codebook.protection")) for name in names):
            return True
    return False


def test_the_search_finds_what_it_looks_for():
    assert doors("import streamlit as st\nst.dataframe(x)\nframe.to_csv(p)\nst.write(y)") == {"dataframe", "to_csv"}
    assert doors("table(a)") == set()
    assert doors("table(a)", of_commands=True) == {"table"}
    assert imports_gate("def f():\n    from quality.disclosure.pages import counts_shown")
    assert not imports_gate("import quality.panel")


def test_every_door_is_listed():
    listed = {*GATED, *RECORDS, *OWN, *PERMITTED, *PUBLISHED}
    found = {name for name, text in sources() if doors(text, of_commands=name.startswith("apps/cli/"))}
    assert found - listed == set(), "a new door: say in this file what stands behind it"


def test_no_door_stands_in_two_lists():
    lists = (set(GATED), RECORDS, OWN, PERMITTED, PUBLISHED)
    assert sum(map(len, lists)) == len(set().union(*lists))


@pytest.mark.parametrize("module", sorted(set(GATED.values()) | READERS))
def test_what_stands_behind_a_door_uses_the_gate(module):
    assert imports_gate((REPOSITORY / module).read_text(encoding="utf-8"))


def test_pages_ask_released_rows_through_the_readers_only():
    asking = {
        name
        for name, text in sources()
        if name.startswith("apps/viewer/") and name != "apps/viewer/reads.py"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _called(node) in ("query", "open_duckdb", "read_parquet", "read_table")
    }
    assert asking - BARE == READERS


def _called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
