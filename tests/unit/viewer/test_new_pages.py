"""Pages Zone, Reports, Releases and Help as a reader meets them, without a browser."""

from __future__ import annotations

import shutil

import pytest

from data.paths import Workspace
from data.releases import load_release
from tests.unit.viewer.test_viewer_pages import markup, text

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung


def test_a_zone_is_told_whole(full, visit):
    said = text(visit(full.home, "zone", user="scientist.one", z="hangzhou"))
    for part in (
        "Hangzhou",
        "No experiment on record names this zone",
        "Participation",
        "Trajectory",
        "Units with a value",
    ):
        assert part in said
    assert "panel?" in markup(visit(full.home, "zone", z="shanghai", panel="panel_district_month"))


def test_a_small_zone_shows_no_count_and_a_silent_one_says_what_comes(full, visit):
    small, silent = (text(visit(full.home, "zone", z=name)) for name in ("deqing", "xian"))
    assert "under 10" in small
    assert "appears after its first accepted file" in silent


def test_reports_are_listed_with_their_state_and_no_outcome(full, visit):
    run = visit(full.home, "reports")
    said = text(run)
    assert "3 impact reports to read." in said
    assert said.count("published") >= 3
    assert 'href="report?' in markup(run)
    assert "<data" not in markup(run)


def test_a_release_is_checked_and_a_changed_file_stands_in_red_with_words(full, visit, tmp_path):
    home = shutil.copytree(full.home, tmp_path / "home")
    run = visit(home, "releases", user="operator.one")
    key = next(button.key for button in run.button if button.key and button.key.startswith("verify_"))
    assert "All files of this release have the hashes" in text(run.button(key=key).click().run())
    release = load_release(Workspace(home))
    path = release.table("panel_district_month")
    path.chmod(0o644)
    with path.open("ab") as stream:
        stream.write(b"x")
    wrong = run.button(key=key).click().run()
    assert 'class="zl-box zl-alarm" role="alert"' in markup(wrong)
    assert "panel_district_month" in text(wrong)
    assert "Do not use this release." in text(wrong)


@pytest.mark.parametrize(("lang", "wanted", "found"), [("en", "流失", "attrition"), ("zh", "attrition", "流失")])
def test_a_word_is_found_in_either_language(full, visit, lang, wanted, found):
    said = text(visit(full.home, "help", lang=lang, term=wanted))
    assert found in said
    assert {"en": "quarantine", "zh": "隔离"}[lang] not in said
