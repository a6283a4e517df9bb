"""A page that shows outcomes, and an analysis of a released table, put their reader on record; nothing else does."""

from __future__ import annotations

import pytest
import yaml
from typer.testing import CliRunner

from apps.cli.main import app
from data.paths import Workspace
from data.releases import load_release
from data.submissions import receive, settle
from experiments.registry import acts
from experiments.registry.points import READ
from experiments.registry.protocol import load_protocol
from experiments.registry.store import Registry
from experiments.results import to_text
from experiments.run import DEMO
from tests.unit.report.cases import BENEFIT, document
from tests.unit.viewer import viewer_workspace

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung

NAME, TABLE = "SE-2026-0001", "panel_individual_wave"


@pytest.fixture
def registry(tmp_path):
    """A draft whose outcomes came in before the release was built."""
    made = Registry.open(Workspace(tmp_path / "home").create())
    protocol = load_protocol(DEMO / f"{NAME}.yml")
    acts.draft(made, protocol, actor=protocol.responsible_party.user)
    sent, _ = receive(
        made.ledger, sha256="a" * 64, file_name="v.csv", zone="hefei", contract="clinic_visit", wave="W2", actor="zone.operator"
    )  # fmt: skip
    settle(made.ledger, sent.submission_id, status="accepted", rows_read=9, rows_accepted=9, rows_quarantined=0)
    viewer_workspace.released(made.workspace.home)
    return made


def readers(registry):
    return [(event.object_id, event.actor) for event in registry.ledger.events(READ)]


def test_the_panel_page_records_its_reader_once_and_the_zones_page_nobody(registry, visit):
    home = registry.workspace.home
    assert not visit(home, "zones", user="ana").exception
    assert readers(registry) == []
    for user in ("ana", "ana", ""):
        assert not visit(home, "panel", user=user, outcome="wait_min").exception
    assert readers(registry) == [(NAME, "ana"), (NAME, "")]


def test_an_analysis_of_a_released_table_records_its_reader_and_of_another_file_nobody(registry, tmp_path):
    table = load_release(registry.workspace).table(TABLE)
    copied, other = tmp_path / "copied.parquet", tmp_path / "other.csv"
    copied.write_bytes(table.read_bytes())
    other.write_text("wait_min,treat\n1,0\n2,0\n3,1\n5,1\n", encoding="utf-8")
    spec = tmp_path / "spec.yml"
    spec.write_text(yaml.safe_dump({"estimator": "ols", "outcome": "wait_min", "treatment": "treat"}), encoding="utf-8")
    for data, seen in ((other, []), (copied, [(NAME, "ben")]), (table, [(NAME, "ben")])):
        done = CliRunner().invoke(app, ["estimate", str(spec), "--data", str(data), "--as", "ben", "--json"])
        assert done.exit_code == 0, done.stderr
        assert readers(registry) == seen


def test_a_report_that_is_taken_along_records_its_reader_once(registry, tmp_path):
    place = registry.workspace.results / load_release(registry.workspace).release_id / NAME / "results.json"
    place.parent.mkdir(parents=True)
    place.write_text(to_text(document(BENEFIT)), encoding="utf-8")
    for name in ("a", "b"):
        taken = ["report", NAME, "--format", "json", "-o", str(tmp_path / name), "--as", "cy", "--json"]
        done = CliRunner().invoke(app, taken)
        assert done.exit_code == 0, done.stderr
        assert readers(registry) == [(NAME, "cy")]
