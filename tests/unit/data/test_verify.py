"""Whatever byte of the record is changed, `verify` fails and says where (the archive's files: test_releases)."""

import shutil
import sqlite3

import pytest
import sqlalchemy as sa

from data import catalog, documents, originals, submissions, withdrawals
from data.ledger import Ledger
from data.messages import PlatformFailed
from data.settings import Settings
from data.verify import verify_documents, verify_workspace

pytestmark = pytest.mark.archive

PLAN = '{"hypotheses":["社区门诊"],"title":"' + "导诊" * 40 + '"}'
DRAW = '{"deqing-001":"a","deqing-002":"b"}'
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def act(ledger, kind, key, text, kind_of):
    with ledger.transaction() as connection:
        name = documents.put(connection, kind_of, text)
        detail = {"version": "1.0", key: name, "说明": "登记"}
        ledger.record(connection, kind=kind, object_id="SE-2026-0001", detail=detail, actor="li", role="investigator")
    return name


@pytest.fixture
def names(ledger):
    """Record a plan, its diagnosis and a draw; return the documents' names by kind."""
    return {
        "protocol": act(ledger, "protocol_registered", "document", PLAN, "protocol"),
        "diagnosis": act(ledger, "protocol_submitted", "diagnosis", '{"power":"0.81"}', "diagnosis"),
        "assignment": act(ledger, "assignment_drawn", "assignment_sha256", DRAW, "assignment"),
    }


@pytest.fixture
def found(workspace, ledger, names):  # noqa: ARG001 - recorded first
    """Return a function that verifies and gives {place: what is wrong there}."""
    assert verify_workspace(workspace, ledger) == []
    return lambda: {problem.where: problem.what.en for problem in verify_workspace(workspace, ledger)}


@pytest.mark.parametrize("kind", ["protocol", "diagnosis", "assignment"])
def test_a_changed_document_is_named_with_its_kind(found, names, untied, kind):
    untied("update documents set content = content || ' ' where kind = :kind", kind=kind)
    (where,) = found()
    assert where == f"document/{names[kind]}"
    assert f"({kind}) was changed" in found()[where]


@pytest.mark.parametrize("kind", ["protocol", "diagnosis", "assignment"])
def test_a_missing_document_is_named_with_the_entry_that_refers_to_it(found, names, untied, kind):
    untied("delete from documents where kind = :kind", kind=kind)
    (where,) = found()
    assert where == f"document/{names[kind]}"
    assert f"ledger entry {list(names).index(kind) + 1} (" in found()[where]


def test_a_document_under_another_name_is_named_twice(found, names, untied):
    untied("update documents set sha256 = :name where kind = 'protocol'", name="f" * 64)
    assert set(found()) == {f"document/{names['protocol']}", f"document/{'f' * 64}"}


def test_a_document_that_no_entry_knows_is_named(found, ledger):
    with ledger.transaction() as connection:
        smuggled = documents.put(connection, "protocol", "{}")
    assert "no entry of the ledger refers to it" in found()[f"document/{smuggled}"]


def test_a_document_under_any_key_is_known(found, ledger):
    with ledger.transaction() as connection:
        name = documents.put(connection, "amendment", "{}")
        ledger.record(
            connection, kind="x", object_id="y", detail={"parts": [{"text": name}], "document": None}, actor="li"
        )
    assert found() == {}


def test_a_cut_tail_shows_by_the_documents_it_leaves(found, names, untied):
    untied("delete from events where seq > 2")
    assert set(found()) == {f"document/{names['assignment']}"}


def test_edit_deletion_insertion_and_reorder_are_named_with_their_entry(found, untied, ledger):
    row = vars(ledger.events()[0]) | {"detail": "{}"}
    untied("update events set actor = 'x' where seq = 2")
    assert set(found()) == {"ledger/2"}
    untied("delete from events where seq = 2")
    assert "ledger/3" in found()
    untied(sa.insert(catalog.events), **{**row, "seq": 2, "hash": "0"})
    assert {"ledger/2", "ledger/3"} <= set(found())


def test_what_the_catalogue_holds_beside_the_ledger_must_be_in_it(found, workspace, ledger, untied):
    (workspace.originals / EMPTY[:2]).mkdir()
    (workspace.originals / EMPTY[:2] / EMPTY).touch()
    arrived = {"sha256": EMPTY, "file_name": "f", "zone": "deqing", "contract": "c", "wave": None, "actor": "li"}
    submission, _ = submissions.receive(ledger, **arrived)
    assert found() == {}
    untied("delete from events where seq = 4")
    assert found() == {f"catalogue/{submission.submission_id}": "the ledger does not know this submission"}
    other, _ = submissions.receive(ledger, **{**arrived, "contract": "d"})
    untied("delete from submissions where submission_id = :name", name=other.submission_id)
    assert "lost" in found()[f"catalogue/{other.submission_id}"]


@pytest.fixture
def settled(workspace, ledger):
    """Return a settled submission whose file as received is kept."""
    (workspace.originals / EMPTY[:2]).mkdir()
    (workspace.originals / EMPTY[:2] / EMPTY).touch()
    arrived = {"sha256": EMPTY, "file_name": "f", "zone": "deqing", "contract": "c", "wave": "W1", "actor": "li"}
    made, _ = submissions.receive(ledger, **arrived)
    counts = {"rows_read": 3, "rows_accepted": 0, "rows_quarantined": 3}
    return submissions.settle(ledger, made.submission_id, status="quarantined", **counts)


def test_a_file_of_which_no_form_is_kept_may_be_absent(settled, found, workspace, ledger):
    path = workspace.originals / EMPTY[:2] / EMPTY
    path.unlink()
    assert found() == {f"originals/{settled.sha256}": "the file as received is missing"}
    originals.record_form(ledger, workspace, EMPTY, "none", actor="li")
    assert found() == {}


@pytest.mark.parametrize(
    ("begun", "ended", "place", "repeat"),
    [
        (withdrawals.WITHDRAWN, withdrawals.ERASED, "withdrawal/WD-0001", "zonelab withdraw"),
        (withdrawals.CHANGE_BEGUN, withdrawals.CHANGED, "vault/WD-0001", "zonelab vault rotate"),
    ],
)
def test_what_was_begun_with_a_person_or_the_key_and_not_ended_is_named(found, ledger, begun, ended, place, repeat):
    note(ledger, begun, {"zone": "deqing", "person": ["a1"]})
    assert repeat in found()[place]
    note(ledger, ended, {"certificate": "WD-0001.json"})
    assert place not in found()


def note(ledger, kind, detail):
    with ledger.transaction() as connection:
        ledger.record(connection, kind=kind, object_id="WD-0001", detail=detail, actor="li")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("received_at", "2020-01-01T00:00:00.000000+00:00"),
        ("zone", "jinan"),
        ("contract", "d"),
        ("wave", "W2"),
        ("actor", "zhao"),
        ("run_id", "r"),
        ("status", "received"),
        ("rows_quarantined", 2),
    ],
)
def test_a_submission_rewritten_in_the_catalogue_is_named_with_the_column(settled, found, untied, column, value):
    untied(f"update submissions set {column} = :value", value=value)
    assert f"{column} was changed" in found()[f"catalogue/{settled.submission_id}"]


def test_a_kind_that_would_publish_what_is_withheld_is_named(found, names, untied):
    untied("update documents set kind = 'protocol' where kind = 'assignment'")
    assert "kept as protocol" in found()[f"document/{names['assignment']}"]


def sampled(size, steps):
    return sorted({0, size - 1, *range(0, size, max(1, size // steps))})


def columns_of(table, key, ledger):
    """Yield (key, column, bytes) of every text of a table."""
    with ledger.reading() as connection:
        for row in connection.execute(sa.select(table)).mappings():
            for column, value in row.items():
                if isinstance(value, str):
                    yield row[key], column, value.encode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("bit", [0, 7], ids=["another letter", "no text at all"])
def test_any_flipped_byte_of_any_entry_is_named(found, ledger, untied, bit):
    write = "update events set {} = cast(:value as text) where seq = :seq"
    for seq, column, value in list(columns_of(catalog.events, "seq", ledger)):
        for position in sampled(len(value), 4):
            changed = bytearray(value)
            changed[position] ^= 1 << bit
            untied(write.format(column), value=bytes(changed), seq=seq)
            assert f"ledger/{seq}" in {problem.where for problem in ledger.verify()}, (seq, column, position)
            untied(write.format(column), value=value, seq=seq)
    assert found() == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("bit", [0, 7], ids=["another letter", "no text at all"])
def test_any_flipped_byte_of_any_document_is_named(found, names, ledger, untied, bit):
    write = "update documents set content = cast(:value as text) where sha256 = :name"
    for name in names.values():
        value = documents.raw(ledger, name)
        for position in sampled(len(value), 12):
            changed = bytearray(value)
            changed[position] ^= 1 << bit
            untied(write, value=bytes(changed), name=name)
            assert [problem.where for problem in verify_documents(ledger)] == [f"document/{name}"]
            assert documents.raw(ledger, name) == bytes(changed)
            with pytest.raises(PlatformFailed, match=f"E-DOC-02.*{name}"):
                documents.get(ledger, name)
            untied(write, value=value, name=name)
    assert found() == {}


def content_of(path):
    """Return all that the chain and the documents say, read by nothing of the platform; None if it cannot be read."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        return [
            connection.execute(f"select * from {table} order by 1").fetchall()
            for table in ("events", "documents", "submissions", "batches")
        ]
    except sqlite3.Error:
        return None
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_flipped_byte_anywhere_in_the_file_is_found_or_changes_nothing(workspace, found, tmp_path):
    good, place = tmp_path / "good.db", workspace.catalog
    shutil.copy(place, good)
    whole, before = good.read_bytes(), content_of(good)
    seen = 0
    for position in sampled(len(whole), 150):
        changed = bytearray(whole)
        changed[position] ^= 0x41
        place.write_bytes(changed)
        wrong = told(workspace)
        if content_of(place) != before:
            assert wrong, position
        seen += bool(wrong)
    assert seen > 0
    place.write_bytes(whole)
    assert found() == {}


def told(workspace):
    """Return whether verifying fails: with problems, or because the catalogue cannot even be opened."""
    try:
        return bool(verify_workspace(workspace, Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))))
    except PlatformFailed:
        return True


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_damage_of_the_file_beside_the_rows_is_named(workspace, found, ledger):
    sought = ledger.head().hash.encode()
    ledger.close()
    whole = workspace.catalog.read_bytes()
    places = [at for at in range(len(whole)) if whole.startswith(sought, at)]
    for at in places:  # the row itself, and the index that finds it
        changed = bytearray(whole)
        changed[at] ^= 1
        workspace.catalog.write_bytes(changed)
        assert "file is damaged" in found()["catalogue"]
    assert len(places) == 2


def test_damage_that_stops_a_check_does_not_stop_the_others(found, untied):
    untied("update events set detail = '[' where seq = 1")
    assert "edited" in found()["ledger/1"]
    assert "E-LEDGER-04" in found()["document"]
    untied("update events set detail = '[]', kind = 'lake_appended' where seq = 1")
    assert "E-LEDGER-04" in found()["lake"]


def test_an_entry_that_cannot_be_read_is_refused_by_name(found, ledger, untied):  # noqa: ARG001 - recorded first
    untied("update events set detail = '{' where seq = 2")
    with pytest.raises(PlatformFailed, match=r"E-LEDGER-04.*entry 2"):
        ledger.events()


def test_raw_gives_what_lies_there(ledger, names):
    assert documents.raw(ledger, names["protocol"]) == PLAN.encode()
    assert documents.raw(ledger, "f" * 64) is None
