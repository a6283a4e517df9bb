"""Who looked at outcomes is on record: of which experiments, from when on, and once."""

from dataclasses import dataclass, field

import pytest

from data.submissions import receive, settle
from experiments.registry import acts
from experiments.registry.points import READ
from experiments.registry.protocol import load_protocol
from experiments.registry.readings import note_reading
from experiments.run import DEMO
from tests.unit.registry import registry_people as people

NAME, TABLE = "SE-2026-0001", "panel_individual_wave"
EARLY, LATE = "2020-01-01T00:00:00.000000+00:00", "2099-01-01T00:00:00.000000+00:00"


@dataclass
class Built:
    """As much of a release as a reading needs."""

    built_at: str
    release_id: str = "R000007-0a1b2c3d"
    tables: dict = field(default_factory=dict)


@pytest.fixture
def registry(workspace):
    made = people.open_registry(workspace)
    protocol = load_protocol(DEMO / f"{NAME}.yml")
    acts.draft(made, protocol, actor=protocol.responsible_party.user)
    return made


def arrive(registry, wave):
    sent, _ = receive(
        registry.ledger,
        sha256=wave.encode().hex().ljust(64, "0"),
        file_name="visits.csv",
        zone="hefei",
        contract="clinic_visit",
        wave=wave,
        actor="zone.operator",
    )
    settle(registry.ledger, sent.submission_id, status="accepted", rows_read=9, rows_accepted=9, rows_quarantined=0)


def readers(registry):
    return [(event.object_id, event.actor) for event in registry.ledger.events(READ)]


def test_a_reading_is_recorded_once_for_each_reader(registry):
    arrive(registry, "W2")
    for actor in ("ana", "ana", "", "ana", ""):
        assert note_reading(registry, Built(LATE), TABLE, ["wait_min"], actor) == [NAME]
    assert readers(registry) == [(NAME, "ana"), (NAME, "")]
    assert registry.ledger.events(READ)[0].detail == {"release_id": Built.release_id, "tables": [TABLE]}


def test_the_same_reader_of_another_release_is_another_reading(registry):
    arrive(registry, "W2")
    for release_id in ("R000007-0a1b2c3d", "R000008-0a1b2c3d"):
        note_reading(registry, Built(LATE, release_id), TABLE, ["wait_min"], "ana")
    assert len(readers(registry)) == 2


@pytest.mark.parametrize(
    ("table", "column"),
    [(TABLE, "is_elderly"), (TABLE, "not_there"), ("panel_district_month", "wait_min")],
)
def test_what_is_no_outcome_of_the_table_is_no_reading(registry, table, column):
    arrive(registry, "W2")
    assert note_reading(registry, Built(LATE), table, [column], "ana") == []
    assert readers(registry) == []


def test_nobody_has_seen_what_had_not_come_in(registry):
    assert note_reading(registry, Built(LATE), TABLE, ["wait_min"], "ana") == []
    arrive(registry, "W2")
    assert note_reading(registry, Built(EARLY), TABLE, ["wait_min"], "ana") == []
    assert readers(registry) == []
