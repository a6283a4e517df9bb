"""A report that somebody takes along: from the page and from the command line the same file; a stale one says so."""

from __future__ import annotations

import io
import shutil

import pytest
from pypdf import PdfReader

from apps.cli.reports import report as command
from apps.viewer import report_files
from apps.viewer.findings import list_reports, reports_for
from data.messages import NotFound, WrongUsage
from data.paths import Workspace
from data.releases import load_release
from data.stale import mark
from experiments.registry.store import Registry
from experiments.reviewing.desk import ReviewDesk

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung


@pytest.fixture
def own(full, tmp_path, monkeypatch):
    """Return a copy of the workspace, whose reports a test may spoil."""
    home = tmp_path / "own"
    shutil.copytree(full.home, home)
    monkeypatch.setenv("ZONELAB_HOME", str(home))
    return Workspace(home)


def first(workspace):
    return list_reports(workspace, load_release(workspace).release_id)[0]


def text(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_missing_document_is_made_again_as_it_was(own, language, kind):
    report = first(own)
    before = report_files.content(report, language, kind)
    report.path.with_name(f"report.{language}.{kind}").unlink()
    assert report_files.content(report, language, kind) == before


def test_a_stale_report_says_so_on_every_page(own):
    report = first(own)
    assert "NOT CURRENT" not in text(report_files.content(report, "en", "pdf"))
    mark(own, f"{report.release_id}/{report.experiment_id}", "WD-0001", "rows")
    assert not list(report.path.parent.glob("*.pdf"))
    pages = PdfReader(io.BytesIO(report_files.content(first(own), "en", "pdf"))).pages
    assert all("NOT CURRENT" in page.extract_text() for page in pages)


@pytest.mark.parametrize("form", ["html", "pdf", "docx", "json"])
def test_the_command_writes_what_the_page_offers(own, tmp_path, form):
    report, out = first(own), tmp_path / f"mine.{form}"
    told = command(report.experiment_id, form, out).document
    assert (told["file"], told["simulated"], told["language"]) == (str(out), True, "en")
    desk = ReviewDesk(Registry.open(own))
    offered = next(one for one in reports_for(own, desk, report.release_id, "command-line") if one.path == report.path)
    assert out.read_bytes() == report_files.content(offered, "en", form)


def test_what_is_not_there_is_told(own, tmp_path):
    with pytest.raises(NotFound):
        command("SE-1999-0001", "pdf", tmp_path / "a.pdf")
    with pytest.raises(WrongUsage):
        command(first(own).experiment_id, "odt", tmp_path / "a.odt")
