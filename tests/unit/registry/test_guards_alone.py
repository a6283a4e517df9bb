"""Guards that the acts cannot be made to fail by honest means, asked directly; and what a case says of itself."""

from dataclasses import replace

import pytest

from experiments.registry import acts
from experiments.registry.case import NOTHING_MORE, Case, failed, names
from experiments.registry.checks import PRESENT
from experiments.registry.guards import GUARDS, refusal_of
from experiments.registry.machines import OPERATIONAL, PROTOCOL_VERSION
from experiments.registry.protocol import load_protocol
from experiments.registry.records import ZoneStatus
from experiments.registry.store import next_id


def find(name, case):
    return GUARDS[name].finds(case)


@pytest.fixture
def case(registry, people):
    record = registry.record(people.registered(registry))
    return Case(registry, record, record.current, "rea", "registrar", zone="deqing")


def test_a_text_that_is_not_the_approved_one(case):
    honest = replace(case, version=replace(case.version, document_sha256=case.version.approved_sha256))
    assert find("document_as_approved", honest) is None
    assert (
        find("document_as_approved", case) == NOTHING_MORE
    )  # the registered text carries its number, the approved one not


def test_a_version_that_does_not_stand(case):
    assert find("version_registered", case) is None
    gone = replace(case, version=replace(case.version, state="withdrawn"))
    assert find("version_registered", gone) is not None


def test_a_suspension_that_interrupted_nothing(case):
    lost = ZoneStatus("deqing", "suspended", before="not_yet_recruiting")
    assert find("was_active", replace(case, record=replace(case.record, zones={"deqing": lost}))) is not None


def test_reviewers_of_the_team_do_not_vote(case):
    assert find("not_on_team", replace(case, actor="pi")) is not None


def test_the_platform_is_bound_to_no_side(case):
    system = replace(case, actor="system", role="system")
    assert [find(name, system) for name in ("one_side", "on_team", "is_responsible_party", "own_part")] == [None] * 4


def test_matters_of_person_are_told_alone(case):
    submit = PROTOCOL_VERSION.find("draft", "submit")
    told = refusal_of(submit, replace(case, actor="stranger", role="investigator"))
    assert told.code == "E-REG-11"
    assert "E-REG" not in told.text.en
    assert "attestation" not in told.text.en


def test_all_rules_are_told_at_once(registry, people):
    name = acts.draft(registry, people.make_protocol(attestations=[]), actor="pi")
    record = registry.record(name)
    told = refusal_of(
        PROTOCOL_VERSION.find("draft", "submit"), Case(registry, record, record.open, "pi", "investigator")
    )
    assert "zonelab diagnose" in told.text.en
    assert "attestation" in told.text.en
    assert "诊断" in told.text.zh


def test_a_case_without_a_record_says_so(registry):
    bare = Case(registry, None, None, "pi", "investigator")
    with pytest.raises(ValueError, match="on record"):
        _ = bare.known
    with pytest.raises(ValueError, match="version"):
        _ = bare.about
    assert find("on_team", bare) is None
    assert names("one") == "one"
    assert failed(0) is None


def test_the_platforms_own_checks_answer(people):
    protocol = people.make_protocol()
    assert any(item.severity == "error" for item in PRESENT.document(protocol, "S"))
    assert len(PRESENT.design_hash(protocol)) == 64
    assert PRESENT.design_hash(protocol) != PRESENT.design_hash(people.make_protocol(allocation="non_randomised"))


def test_the_operational_table_is_about_a_zone(case):
    assert case.status.status == OPERATIONAL.initial


def test_an_id_without_a_year_in_use_starts_at_one():
    assert next_id([], "SE-0000-0000").endswith("-0001")


def test_the_demo_protocols_are_ready_for_registration():
    from data.settings import REPOSITORY

    for path in sorted((REPOSITORY / "experiments" / "registry" / "demo").glob("*.yml")):
        assert [item for item in PRESENT.document(load_protocol(path), "R") if item.severity == "error"] == []
