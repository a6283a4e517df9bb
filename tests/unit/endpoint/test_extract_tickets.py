"""A file that waits for its reader: fetched once, by the browser it was made for, within its time."""

import pytest

from apps.endpoint import extracts
from tests.unit.endpoint.fetching import fetch


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """Return the maker of offers; each file lies in a folder of its own."""
    monkeypatch.setattr(extracts, "_offers", {})
    made = []

    def offer(cookie=None):
        place = tmp_path / f"one{len(made)}"
        place.mkdir()
        (place / "R1-extract-zh.zip").write_bytes(b"PK rows")
        made.append(place)
        return extracts.offer(place / "R1-extract-zh.zip", cookie), place

    return offer


def test_a_file_is_fetched_once_and_gone(waiting):
    ticket, place = waiting()
    first = fetch(f"/api/extracts/{ticket}")
    assert (first.status_code, first.content) == (200, b"PK rows")
    assert first.headers["cache-control"] == "no-store"
    assert "R1-extract-zh.zip" in first.headers["content-disposition"]
    assert not place.exists()
    assert not extracts.is_waiting(ticket)
    again = fetch(f"/api/extracts/{ticket}")
    assert (again.status_code, b"PK" in again.content) == (410, False)
    assert "重新生成" in again.text


def test_another_reader_gets_nothing_and_the_first_still_can(waiting):
    ticket, place = waiting(("zonelab_acting", "scientist.one"))
    for cookie in ({}, {"zonelab_acting": "scientist.two"}):
        refused = fetch(f"/api/extracts/{ticket}", **cookie)
        assert (refused.status_code, b"PK" in refused.content) == (403, False)
    assert place.exists()
    own = fetch(f"/api/extracts/{ticket}", zonelab_acting="scientist.one")
    assert own.status_code == 200


def test_a_ticket_has_its_time(waiting, monkeypatch):
    ticket, place = waiting()
    later = extracts.time.monotonic() + extracts.LIFETIME + 1
    monkeypatch.setattr(extracts.time, "monotonic", lambda: later)
    assert not extracts.is_waiting(ticket)
    assert fetch(f"/api/extracts/{ticket}").status_code == 410
    assert not place.exists()


def test_a_ticket_cannot_be_guessed(waiting):
    tickets = {waiting()[0] for _ in range(5)}
    assert len(tickets) == 5
    assert min(map(len, tickets)) >= 40
    assert fetch("/api/extracts/..%2F..%2Fetc%2Fpasswd").status_code in (404, 410)


def test_what_a_killed_process_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(extracts.tempfile, "gettempdir", lambda: str(tmp_path))
    gone, here = tmp_path / f"{extracts.PREFIX}999999999-x", tmp_path / f"{extracts.PREFIX}{extracts.os.getpid()}-y"
    gone.mkdir()
    here.mkdir()
    assert list(extracts._left_behind()) == [gone]
