"""Queue, Review and Report without a browser: who sees which report, and one report's way by three people on the page."""

from __future__ import annotations

import re
import shutil

import pytest

from data.paths import Workspace
from data.releases import load_release
from experiments.registry.store import Registry
from experiments.reviewing import acts
from experiments.reviewing.desk import ReviewDesk
from experiments.run import DEMO, run_experiment
from tests.unit.viewer import viewer_workspace

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung
EXPERIMENT = "SE-2026-0003"
ACCESS = """users:
  scientist.one: {roles: [investigator], zones: "*"}
  checker.one: {roles: [output_checker], zones: "*"}
  checker.two: {roles: [output_checker], zones: "*"}
  press.one: {roles: [publisher], zones: "*"}
  reader.one: {roles: [viewer], zones: "*"}
"""


@pytest.fixture(scope="module")
def unpublished(tmp_path_factory):
    workspace = viewer_workspace.released(tmp_path_factory.mktemp("unpublished"))
    run_experiment(workspace, load_release(workspace), DEMO / f"{EXPERIMENT}.yml", "RUN-0001")
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return workspace


@pytest.fixture
def own(unpublished, tmp_path):
    return Workspace(shutil.copytree(unpublished.home, tmp_path / "own"))


def said(run):
    return re.sub(r"<[^>]+>", " ", " ".join(block.proto.body for block in run.get("html")))


def press(run, key):
    next(button for button in run.button if button.key == key).click()
    return run.run()


@pytest.mark.parametrize("reader", ["", "reader.one", "somebody.else"])
def test_a_reader_sees_no_report_before_it_is_published(visit, unpublished, reader):
    run = visit(unpublished.home, "report", user=reader, experiment=EXPERIMENT)
    assert not run.exception
    assert "No report has been published yet" in said(run)
    assert "Bottom line" not in said(run)


def test_the_team_sees_it_and_that_readers_do_not(visit, unpublished):
    text = said(visit(unpublished.home, "report", user="scientist.one", experiment=EXPERIMENT))
    assert "Bottom line" in text
    assert "Readers do not see this report" in text


def test_the_queue_tells_each_what_to_do(visit, own):
    assert "Submit" not in said(visit(own.home, "queue", user="reader.one"))
    name = f"{load_release(own).release_id}/{EXPERIMENT}"
    acts.submit(ReviewDesk(Registry.open(own)), name, actor="scientist.one")
    assert "Give the first check" in said(visit(own.home, "queue", user="checker.one"))
    assert "Give the first check" not in said(visit(own.home, "queue", user="scientist.one"))


@pytest.mark.slow  # the browser goes the same way
def test_a_report_on_its_way_by_the_page(visit, own):
    name = f"{load_release(own).release_id}/{EXPERIMENT}"
    desk = ReviewDesk(Registry.open(own))

    def at(user):
        run = visit(own.home, "review", user=user, report=name)
        assert not run.exception
        return run

    press(at("scientist.one"), "report_submit")
    assert desk.item(name).record.state == "submitted"
    for checker in ("checker.one", "checker.two"):
        run = at(checker)
        for box in run.checkbox:
            box.check()
        for analysis in ("speed", "pm25"):
            next(item for item in run.radio if item.key == f"level_{analysis}").set_value("moderate")
            next(item for item in run.text_input if item.key == f"why_{analysis}").input("Two cities.")
        next(item for item in run.radio if item.key == "report_vote").set_value("approve")
        next(button for button in run.button if "Give this check" in button.label).click()
        run = run.run()
        assert not run.exception
    assert desk.item(name).record.certainty == {"speed": "moderate", "pm25": "moderate"}
    press(at("checker.one"), "report_approve")
    run = press(at("press.one"), "report_publish")
    assert desk.item(name).record.state == "published"
    text = said(visit(own.home, "report", user="reader.one", experiment=EXPERIMENT))
    assert "Bottom line" in text
    assert "published" in text


def test_an_unknown_report_is_a_sentence(visit, unpublished):
    run = visit(unpublished.home, "review", user="checker.one", report="R1/SE-2026-0099")
    assert not run.exception
    assert "There is no report R1/SE-2026-0099" in said(run)
