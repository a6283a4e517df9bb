"""R5 between reports: a sample that differs by a few people waits, another study's does not, and who withdraws is forgotten."""

import pytest

from data.ledger import Ledger
from experiments.reviewing import differenced
from experiments.reviewing.differenced import forget, keep, ledger_of_releases, too_near
from experiments.tracing.reports import Reported
from quality.disclosure.tally import unit_hash

ZONE = "beijing"


@pytest.fixture
def scene(workspace, monkeypatch):
    """Return a function that makes a report whose one analysis rests on these people, and the workspace's ledger."""
    ledger, held = Ledger.open(workspace), {}
    key = ledger_of_releases(workspace, ledger).unit_key
    monkeypatch.setattr(differenced, "samples", lambda _, reported, __: {"wait": held[reported.name]})

    def report(release, people, experiment="SE-2026-0001"):
        made = Reported(release, experiment, workspace.results / release / experiment / "results.json")
        held[made.name] = frozenset(unit_hash(key, f"{ZONE}:{person}") for person in people)
        return made

    return report, workspace, ledger


@pytest.mark.parametrize("missing", range(1, 10))
def test_one_to_nine_people_apart_waits(scene, missing):
    report, *at = scene
    keep(*at, report("R1", range(100)))
    assert too_near(*at, report("R2", range(missing, 100))) == ["wait"]
    assert too_near(*at, report("R2", range(100 + missing))) == ["wait"]


def test_the_same_people_ten_others_or_another_experiment_do_not(scene):
    report, *at = scene
    keep(*at, report("R1", range(100)))
    assert too_near(*at, report("R2", range(100))) == []
    assert too_near(*at, report("R2", range(10, 100))) == []
    assert too_near(*at, report("R2", range(1, 100), experiment="SE-2026-0002")) == []


def test_a_person_swapped_for_another_is_two_apart(scene):
    report, *at = scene
    keep(*at, report("R1", range(100)))
    assert too_near(*at, report("R2", range(1, 101))) == ["wait"]


def test_who_withdraws_is_forgotten_and_the_next_report_waits_for_it(scene):
    report, workspace, ledger = scene
    first = report("R1", range(100))
    keep(workspace, ledger, first)
    assert forget(workspace, ledger)(ZONE, frozenset({"7", "another name"})) == 2  # the number and its total
    (table,) = ledger_of_releases(workspace, ledger).earlier().tables
    assert (len(table.everyone), table.erased) == (99, 1)
    assert unit_hash(ledger_of_releases(workspace, ledger).unit_key, f"{ZONE}:7") not in table.everyone
    left = [person for person in range(100) if person != 7]
    assert too_near(workspace, ledger, report("R2", left)) == ["wait"]
    assert too_near(workspace, ledger, report("R3", left[9:])) == []


def test_the_same_samples_are_kept_once(scene):
    report, *at = scene
    for _ in range(3):
        keep(*at, report("R1", range(100)))
    assert len(ledger_of_releases(*at).earlier().tables) == 1


def test_a_sealed_ledger_that_was_touched_stops_everything(scene):
    report, workspace, ledger = scene
    keep(workspace, ledger, report("R1", range(100)))
    sealed = workspace.releases / differenced.SEALED
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
    with pytest.raises(Exception, match="E-SDC-17"):
        too_near(workspace, ledger, report("R2", range(100)))


def test_the_command_that_withdraws_lets_the_ledger_forget(workspace, monkeypatch):
    from apps.cli import identities

    given = {}

    def erased(_, **more):
        given.update(more)
        raise KeyboardInterrupt

    monkeypatch.setattr("data.erasure.withdraw", erased)
    monkeypatch.setattr(identities, "opened", lambda: (workspace, Ledger.open(workspace)))
    with pytest.raises(KeyboardInterrupt):
        identities.withdraw(ZONE, "steward.one", "P1")
    assert given["forgets"](ZONE, frozenset({"P1"})) == 0
