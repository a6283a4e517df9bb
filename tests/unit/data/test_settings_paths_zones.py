"""The door to the environment, the addresses in a workspace, the pilot zones."""

import os
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from data import paths, settings
from data.messages import NotFound, NotPermitted, PlatformFailed, Refused, Text, WrongUsage, ZonelabError
from data.paths import Workspace
from data.reference import PROGRAMME, check_zone, zones


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ZONELAB_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("ZONELAB_LANGUAGE", "zh")
    monkeypatch.setenv("ZONELAB_THREADS", "3")
    found = settings.load_settings()
    assert (found.home, found.language, found.threads) == (tmp_path / "elsewhere", "zh", 3)


def test_a_relative_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZONELAB_HOME", "mine")
    assert settings.load_settings().home == tmp_path / "mine"


@pytest.mark.parametrize(("name", "value"), [("LANGUAGE", "fr"), ("THREADS", "0"), ("VIEWER_PORT", "70000")])
def test_a_setting_out_of_range_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(f"ZONELAB_{name}", value)
    with pytest.raises(ValidationError):
        settings.load_settings()


def test_children_are_quiet_and_inherit(monkeypatch):
    monkeypatch.setenv("DO_NOT_TRACK", "0")
    monkeypatch.setenv("LEFT_ALONE", "yes")
    child = settings.child_environment({"EXTRA": "1"})
    assert child["DO_NOT_TRACK"] == "1"
    assert (child["LEFT_ALONE"], child["EXTRA"]) == ("yes", "1")
    assert os.environ["DO_NOT_TRACK"] == "0"


def test_a_borrowed_environment_is_given_back(monkeypatch):
    monkeypatch.setenv("DBT_TARGET", "mine")
    monkeypatch.delenv("NEW_ONE", raising=False)

    def borrow():
        with settings.environment({"DBT_TARGET": "other", "NEW_ONE": "1"}):
            assert os.environ["DBT_TARGET"] == "other"
            assert os.environ["NEW_ONE"] == "1"
            assert os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
            raise KeyError

    with pytest.raises(KeyError):
        borrow()
    assert os.environ["DBT_TARGET"] == "mine"
    assert "NEW_ONE" not in os.environ


def test_every_place_of_a_workspace_is_inside_it(tmp_path):
    home = Workspace(tmp_path / "home")
    places = [name for name, kind in vars(Workspace).items() if isinstance(kind, property)]
    found = [getattr(home, name) for name in places]
    assert len(set(found)) == len(places) >= 12
    assert all(home.home in place.parents for place in found)
    assert not home.home.exists(), "addresses make nothing"
    home.create().create()
    late = {"catalog", "accounts", "published"}  # files, and what is there once it is needed
    assert all(getattr(home, name).is_dir() for name in places if name not in late)


def test_the_workspace_is_that_of_the_settings(tmp_path):
    made = paths.workspace(settings.Settings(home=tmp_path / "set"))
    assert made.home == tmp_path / "set"
    assert made.lake.is_dir()


def test_zones_are_as_the_seed_says():
    found = zones()
    assert len(found) == 11
    assert len({zone.adcode for zone in found.values()}) == 11
    assert all(zone_id == zone.zone_id and len(zone.adcode) == 6 for zone_id, zone in found.items())
    assert all(73 < zone.longitude < 136 and 3 < zone.latitude < 54 for zone in found.values())
    assert all(isinstance(zone.created, date) and zone.timezone == "Asia/Shanghai" for zone in found.values())
    assert all(zone.name.zh and zone.name.en for zone in found.values())


def test_a_zone_is_checked():
    assert [check_zone(zone_id) for zone_id in (*zones(), PROGRAMME)] == [*zones(), PROGRAMME]
    for name in ("", "DEQING", "atlantis"):
        with pytest.raises(NotFound, match="deqing"):
            check_zone(name)


def test_errors_carry_their_exit_code_and_both_languages():
    codes = {Refused: 1, WrongUsage: 2, NotPermitted: 3, NotFound: 4, PlatformFailed: 5}
    for kind, code in codes.items():
        error = kind("E-X-01", Text(en="no", zh="不行"))
        assert isinstance(error, ZonelabError)
        assert (error.exit_code, error.code, str(error)) == (code, "E-X-01", "E-X-01: no")
        assert error.text.get("zh") == "不行"


def test_text_fills_both_languages():
    assert Text(en="{n} of {m}", zh="{m} 中 {n}").fill(n=1, m=2) == Text(en="1 of 2", zh="2 中 1")


def test_home_may_hold_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("ZONELAB_HOME", "~/z")
    assert settings.load_settings().home == Path("/somewhere/z")
