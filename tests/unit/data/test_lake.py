"""The lake: exactly once, strict columns, any past state, nothing personal in the log."""

import json
import threading

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import batches, delta
from data import lake as lake_module
from data.contracts import lake_schema
from data.duck import open_duckdb
from data.lake import Lake
from data.ledger import Ledger
from data.locks import exclusive
from data.messages import PlatformFailed, Refused
from data.paths import Workspace
from data.pins import Pin

pytestmark = pytest.mark.archive


def append(lake, contract, rows, submission_id):
    return lake.append(contract, rows, submission_id=submission_id, run_id="run-1")


def seen(lake, contract, as_of_seq=None):
    found = lake.read(contract, as_of_seq).to_pydict()
    return dict(zip(found["person_id"], found["wait_min"], strict=True))


def test_rows_come_back_in_the_lake_schema(lake, visit, visits):
    commit = append(lake, visit, visits(["a", "b"]), "S1")
    assert (commit.table, commit.seq, commit.rows, commit.delta_version, commit.new) == ("visit", 1, 2, 1, True)
    stored = lake.read(visit)
    assert stored.schema.equals(lake_schema(visit))
    assert stored["submission_id"].to_pylist() == ["S1", "S1"]
    assert stored["_run_id"].to_pylist() == ["run-1", "run-1"]
    assert stored["_row"].to_pylist() == [2, 3]
    assert stored["_ingested_at"].null_count == 0


def test_a_submission_enters_once(workspace, lake, visit, visits):
    first = append(lake, visit, visits(["a"]), "S1")
    again = append(lake, visit, visits(["a"]), "S1")
    assert again == lake_module.Commit(**{**vars(first), "new": False})
    assert len(list((workspace.lake / "visit").glob("*.parquet"))) == 1
    assert lake.read(visit).num_rows == 1
    assert lake.committed("S1") == again
    assert lake.committed("S2") is None


def test_a_submission_cannot_enter_two_tables(lake, visit, visits, contract_like):
    append(lake, visit, visits(["a"]), "S1")
    with pytest.raises(Refused, match="E-LAKE-05"):
        append(lake, contract_like(name="other"), visits(["a"]), "S1")


def test_past_states_stay_readable(lake, visit, visits):
    append(lake, visit, visits(["a", "b"]), "S1")
    append(lake, visit, visits(["a"], "C", 9.0), "S2")
    append(lake, visit, visits(["b"], "R"), "S3")
    append(lake, visit, visits(["b"], "C", 4.0), "S4")
    append(lake, visit, visits(["a"], "C", 10.0), "S5")
    states = [seen(lake, visit, n) for n in range(6)]
    assert states == [{}, {"a": 1, "b": 1}, {"a": 9, "b": 1}, {"a": 9}, {"a": 9, "b": 4}, {"a": 10, "b": 4}]


def test_sequence_numbers_run_across_tables(lake, visit, visits, contract_like):
    other = contract_like(name="other")
    append(lake, visit, visits(["a"]), "S1")
    append(lake, other, visits(["a"]), "S2")
    assert lake.tables() == ["other", "visit"]
    assert lake.closed_seq() == 2
    assert lake.read(other, 1).num_rows == 0
    assert [batch.submission_id for batch in lake.versions("other")] == ["S2"]


def test_a_pin_never_changes(lake, visit, visits):
    append(lake, visit, visits(["a", "b", "c"]), "S1")
    before, rows = lake.pin(), lake.read(visit)
    append(lake, visit, visits(["a"], "C", 7.0), "S2")
    append(lake, visit, visits(["b"], "R"), "S3")
    append(lake, visit, visits(["d"]), "S4")
    assert lake.pin(1) == before
    assert lake.read(visit, 1).equals(rows)
    assert lake.pin().tables["visit"].fingerprint != before.tables["visit"].fingerprint


def test_a_pin_does_not_know_the_day(tmp_path, visit, visits):
    pins = []
    for name in ("one", "two"):
        home = Workspace(tmp_path / name).create()
        lake = Lake(home, Ledger.open(home))
        lake.append(visit, visits(["a"]), submission_id="S1", run_id=name)
        pins.append(lake.pin())
    assert pins[0] == pins[1]


def test_a_number_that_is_not_closed_cannot_be_pinned(lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    for n in (2, -1):
        with pytest.raises(Refused, match="E-PIN-01"):
            lake.pin(n)
        with pytest.raises(Refused, match="E-PIN-01"):
            lake.read(visit, n)


def test_an_empty_lake_answers(lake, visit):
    assert lake.closed_seq() == 0
    assert lake.tables() == []
    assert lake.pin() == Pin(0, {})
    assert lake.read(visit).schema.equals(lake_schema(visit))
    assert lake.committed("S1") is None
    assert lake.recover() == 0


def test_an_append_without_rows_closes_its_number(lake, visit, visits):
    assert append(lake, visit, visits([]), "S1").rows == 0
    assert lake.read(visit).num_rows == 0
    assert lake.closed_seq() == 1
    append(lake, visit, visits(["a"]), "S2")
    assert seen(lake, visit) == {"a": 1}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda t: t.drop_columns(["wait_min__st"]), "missing: wait_min__st"),
        (lambda t: t.append_column("extra", pa.array(["x"])), "not expected: extra"),
        (lambda t: t.set_column(0, "person_id", pa.array([1])), "other type: person_id (int64 instead of string)"),
        (
            lambda t: t.set_column(1, "wait_min", pa.array([1.0], pa.float32())),
            "other type: wait_min (float instead of double)",
        ),
        (
            lambda t: t.set_column(3, "seen_at", pa.array([0], pa.timestamp("us"))),
            "other type: seen_at (timestamp[us] instead of timestamp[us, tz=UTC])",
        ),
        (lambda t: t.append_column("person_id", t["person_id"]), "twice: person_id"),
        (lambda t: t.append_column("_seq", pa.array([7])), "not expected: _seq"),
    ],
)
def test_other_columns_are_refused_by_name_and_nothing_is_stored(workspace, lake, visit, visits, change, named):
    with pytest.raises(Refused, match="E-LAKE-01") as refusal:
        append(lake, visit, change(visits(["a"])), "S1")
    assert named in refusal.value.text.en
    assert lake.closed_seq() == 0
    assert not (workspace.lake / "visit").exists()


def test_column_order_does_not_matter(lake, visit, visits):
    rows = visits(["a"])
    append(lake, visit, rows.select(rows.column_names[::-1]), "S1")
    assert seen(lake, visit) == {"a": 1}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.set_column(0, "person_id", pa.array(["a", None])), "no value in person_id"),
        (lambda t: t.set_column(5, "rec_key", pa.array([None, b"k"])), "no value in rec_key"),
        (lambda t: t.set_column(5, "rec_key", pa.array([b"k", b"k"])), "rec_key that comes twice"),
        (lambda t: t.set_column(7, "_op", pa.array(["I", "U"])), "other than I, C, R"),
    ],
)
def test_rows_that_would_break_the_archive_are_refused(lake, visit, visits, change, told):
    with pytest.raises(Refused, match="E-LAKE-02") as refusal:
        append(lake, visit, change(visits(["a", "b"])), "S1")
    assert told in refusal.value.text.en
    assert lake.closed_seq() == 0


@pytest.mark.parametrize("op", ["I", "R"])
def test_a_known_key_cannot_be_inserted_again(lake, visit, visits, op):
    append(lake, visit, visits(["a", "b"]), "S1")
    if op == "R":
        append(lake, visit, visits(["a"], "R"), "S2")
    with pytest.raises(Refused, match="1 row") as refusal:
        append(lake, visit, visits(["a", "new"]), "S3")
    assert refusal.value.code == "E-LAKE-02"
    assert "key-a" not in str(refusal.value)


def test_a_column_new_in_the_contract_is_null_in_older_rows(lake, visit, visits, contract_like):
    append(lake, visit, visits(["a"]), "S1")
    pinned = lake.pin()
    text = {"en": "x", "zh": "x"}
    columns = [*visit.model_dump()["columns"], {"name": "ward_code", "type": "integer", "label": text}]
    wider = contract_like(columns=columns)
    assert lake.read(wider)["ward_code"].to_pylist() == [None], "before the first append with it"
    rows = visits(["b"]).append_column("ward_code", pa.array([5]))
    append(lake, wider, rows, "S2")
    assert lake.read(wider)["ward_code"].to_pylist() == [None, 5]
    assert lake.read(wider).schema.equals(lake_schema(wider))
    assert lake.pin(1) == pinned
    with pytest.raises(Refused, match="E-LAKE-01") as refusal:
        append(lake, visit, visits(["c"]), "S3")
    assert "ward_code" in refusal.value.text.en


def test_a_column_that_changed_its_type_is_refused(lake, visit, visits, contract_like):
    append(lake, visit, visits(["a"]), "S1")
    columns = visit.model_dump()["columns"]
    columns[3]["type"] = "integer"
    other = contract_like(columns=columns)
    rows = visits(["b"]).set_column(4, "is_simulated", pa.array([1]))
    with pytest.raises(Refused, match="is_simulated"):
        append(lake, other, rows, "S2")


def test_the_log_holds_no_value_of_a_person(workspace, lake, visit, visits):
    for number in range(20):  # just far enough for a checkpoint
        append(lake, visit, visits([f"canary-{number}"]), f"S{number}")
    log = workspace.lake / "visit" / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))
    for path in log.iterdir():
        text = str(pq.read_table(path).to_pydict()) if path.suffix == ".parquet" else path.read_text()
        assert "canary" not in text
    stats = [
        json.loads(json.loads(line)["add"]["stats"])
        for path in log.glob("*.json")
        for line in path.read_text().splitlines()
        if "add" in json.loads(line)
    ]
    assert {name for stat in stats for name in stat["minValues"]} == {"_seq", "_op"}
    assert all(lake.committed(f"S{number}") for number in range(20))
    assert delta.committed_seq(workspace.lake / "visit", "S3") == 4, "transaction ids outlive the checkpoint"


def test_table_properties_are_as_decided(workspace, lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    table = delta.open_table(workspace.lake / "visit")
    properties = table.metadata().configuration
    assert properties["delta.dataSkippingStatsColumns"] == "_seq,_op"
    assert properties["delta.checkpointInterval"] == "20"
    assert table.protocol().min_reader_version == 1


def test_a_table_for_newer_readers_is_not_misread(workspace, lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    log = workspace.lake / "visit" / "_delta_log"
    features = {"minReaderVersion": 3, "minWriterVersion": 7}
    features |= {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    (log / f"{2:020d}.json").write_text(json.dumps({"protocol": features}) + "\n")
    with pytest.raises(PlatformFailed, match="E-LAKE-03"):
        lake.read(visit)


def test_any_delta_reader_sees_the_rows(workspace, lake, visit, visits):
    append(lake, visit, visits(["a", "b"]), "S1")
    append(lake, visit, visits(["a"], "C"), "S2")
    assert delta.open_table(workspace.lake / "visit").to_pyarrow_table().num_rows == 3


def test_the_relation_works_in_a_foreign_connection(tmp_path, visit, visits):
    home = Workspace(tmp_path / "odd [x] * 'q' zone=a").create()
    lake = Lake(home, Ledger.open(home))
    append(lake, visit, visits(["a", "b"]), "S1")
    append(lake, visit, visits(["b"], "C", 3.0), "S2")
    with duckdb.connect() as connection:
        connection.execute(f"create view v as {lake.relation_sql(visit, 2)}")
        assert connection.execute("select person_id, wait_min from v order by 1").fetchall() == [("a", 1.0), ("b", 3.0)]
        names = [row[0] for row in connection.execute("describe v").fetchall()]
    assert names == lake_schema(visit).names


def test_the_empty_relation_is_typed(lake, visit):
    with open_duckdb() as connection:
        found = connection.sql(lake.relation_sql(visit, 0)).to_arrow_table()
    assert found.num_rows == 0
    assert found.schema.types == lake_schema(visit).types


def test_files_after_the_pin_are_not_opened(lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    append(lake, visit, visits(["b"], "C"), "S2")
    select = lake.relation_sql(visit, 1)
    assert "S1.parquet" in select
    assert "S2.parquet" not in select
    assert "LEFT JOIN" not in select, "no correction is visible yet"
    assert "LEFT JOIN" in lake.relation_sql(visit, 2)


def test_what_a_dead_writer_left_is_aborted_and_swept(workspace, ledger, lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    left = batches.reserve(ledger, table_name="visit", submission_id="S2", rows=1, run_id="r")
    folder = workspace.lake / "visit"
    rubbish = [
        folder / f"part-{left.seq:012d}-S2.parquet",
        folder / ".part-x.parquet.abc.tmp",
        folder / "_delta_log" / "_commit_1.json.tmp",
        folder / "part-9.parquet#1",
    ]
    for path in rubbish:
        path.write_bytes(b"half")
    assert lake.closed_seq() == left.seq
    assert not any(path.exists() for path in rubbish)
    assert batches.open_batches(ledger) == []
    assert [event.object_id for event in ledger.events("lake_append_aborted")] == ["S2"]
    assert append(lake, visit, visits(["b"]), "S2").seq == left.seq + 1, "a retry takes a new number"
    assert seen(lake, visit) == {"a": 1, "b": 1}


def test_what_reached_the_delta_log_is_finished(monkeypatch, lake, visit, visits):
    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(batches, "close_committed", die)
        with pytest.raises(KeyboardInterrupt):
            append(lake, visit, visits(["a"]), "S1")
    assert lake.recover() == 1
    commit = append(lake, visit, visits(["a"]), "S1")
    assert (commit.new, commit.seq, commit.rows, commit.delta_version) == (False, 1, 1, 1)
    assert len(commit.sha256) == 64
    assert seen(lake, visit) == {"a": 1}


def test_a_living_writer_is_not_disturbed(workspace, ledger, lake, visit, visits):
    append(lake, visit, visits(["a"]), "S1")
    with exclusive(workspace.lake / ".writer.lock"):
        batches.reserve(ledger, table_name="visit", submission_id="S2", rows=1, run_id="r")
        assert lake.closed_seq() == 1
        assert [batch.submission_id for batch in batches.open_batches(ledger)] == ["S2"]


def test_waiting_for_the_lock_ends(tmp_path):
    with exclusive(tmp_path / "x.lock"), pytest.raises(PlatformFailed, match="E-LOCK-01"):  # noqa: SIM117
        with exclusive(tmp_path / "x.lock", patience=0.05):
            pass


@pytest.mark.integration
def test_writers_side_by_side_lose_nothing(workspace, visit, visits):
    def write(worker):
        lake = Lake(workspace, Ledger.open(workspace))
        for number in range(4):
            append(lake, visit, visits([f"{worker}-{number}"]), f"S{worker}-{number}")

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lake = Lake(workspace, Ledger.open(workspace))
    assert len(seen(lake, visit)) == 12
    assert lake.closed_seq() == 12


def test_a_table_whose_keys_are_texts_is_refused_with_what_to_do(lake, visit, workspace):
    earlier = [field.with_type(pa.string()) if field.name == "rec_key" else field for field in lake_schema(visit)]
    delta.create(workspace.lake / visit.name, pa.schema(earlier))
    with pytest.raises(PlatformFailed, match="E-LAKE-07") as refusal:
        lake.read(visit)
    assert "original files" in refusal.value.text.en
