"""The acts up to registration: what each puts on record, and the refusals that are not about a cell of the table."""

from experiments.registry.protocol import protocol_digest


def test_the_whole_path_to_registration(registry, people):
    name = people.registered(registry)
    record = registry.record(name)
    current = record.current
    assert current.version == "1.0"
    assert current.state == "registered"
    assert current.pid == f"zonelab/{name}-1.0"
    assert record.open is None
    assert current.protocol.version == "1.0"
    assert current.protocol.experiment_id == name
    assert protocol_digest(current.protocol) == current.document_sha256
    assert record.numbers == ("0.1", "1.0")
    assert record.version("0.1").state == "draft"
    assert registry.ledger.verify() == []
    roles = {item.kind: item.role for item in record.events}
    assert roles["protocol_drafted"] == roles["protocol_submitted"] == "investigator"
    assert roles["reviewers_assigned"] == roles["protocol_registered"] == "registrar"
    assert roles["review_voted"] == "ethics_reviewer"
    assert record.zone_status == {"deqing": "not_yet_recruiting"}
    assert registry.ids() == [name]
    assert [item.experiment_id for item in registry.records()] == [name]
