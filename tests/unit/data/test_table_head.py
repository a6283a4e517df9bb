"""The head of a table and the index of its keys: a cache that changes what an append costs and nothing else."""

import hashlib
import json
import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable

from data import batches, delta, key_index, table_head
from data.delta_log import put_entry, read_entry
from data.duck import open_duckdb
from data.key_index import key_numbers
from data.messages import Refused

pytestmark = pytest.mark.archive


@pytest.fixture
def database():
    return "sqlite"


@pytest.fixture
def keyed(visits):
    """Return rows as `visits` builds them, with keys of the usual form."""

    def build(names, op="I"):
        rows = visits(names, op)
        place, field = rows.column_names.index("rec_key"), rows.schema.field("rec_key")
        keys = [hashlib.sha256(name.encode()).digest()[:16] for name in names]
        return rows.set_column(place, field, pa.chunked_array([pa.array(keys, field.type)]))

    return build


@pytest.fixture
def put(lake, visit, keyed):
    """Append rows of these names."""

    def append(submission_id, names, op="I"):
        return lake.append(visit, keyed(names, op), submission_id=submission_id, run_id="run")

    return append


@pytest.fixture
def folder(workspace):
    return workspace.lake / "visit"


@pytest.fixture
def suspects(folder, keyed):
    """Return which submissions' files may hold one of these names."""

    def ask(names):
        found = table_head.table_head(folder).may_hold(key_numbers(keyed(names)["rec_key"]))
        return [path.stem.split("-")[2] for path in found]

    return ask


def another_process(monkeypatch):
    monkeypatch.setattr(key_index, "_whole", set())


def runs(folder):
    return [path for path in key_index.stored(folder) if path.suffix == key_index.SUFFIX]


def test_only_files_that_hold_a_key_are_opened(put, suspects):
    for number in range(4):
        put(f"S{number}", [f"{number}-{row}" for row in range(5)])
    assert suspects(["2-1"]) == ["S2"]
    assert suspects(["2-1", "2-2", "3-0", "0-0"]) == ["S0", "S2", "S3"]
    assert suspects(["4-0"]) == []


def test_a_key_stands_in_every_file_that_it_came_with(put, suspects):
    put("S1", ["a", "b"])
    put("S2", ["a"], "C")
    put("S3", ["a", "b"], "R")
    assert suspects(["a"]) == ["S1", "S2", "S3"]
    assert suspects(["b"]) == ["S1", "S3"]


@pytest.mark.integration  # a second
def test_runs_stay_few_and_nothing_else_is_left(put, folder):
    for number in range(40):
        put(f"S{number}", [f"{number}-{row}" for row in range(3)])
    head = table_head.table_head(folder)
    assert sum(run.keys for run in head.runs) == 120
    assert len(head.runs) <= 3
    assert {path.name for path in key_index.stored(folder)} == {table_head.NAME, *(run.name for run in head.runs)}


def damage(folder, how):
    for path in runs(folder) if how != "note torn" else [folder / key_index.FOLDER / table_head.NAME]:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x40
        path.write_bytes(content[:-1] if how == "run cut" else content)


@pytest.mark.parametrize("how", ["nothing", "run torn", "run cut", "note torn", "run gone", "all gone"])
def test_a_key_comes_once_whatever_has_become_of_the_index(put, folder, monkeypatch, how):
    put("S1", ["a", "b"])
    put("S2", ["c"])
    another_process(monkeypatch)
    if "gone" in how:
        for path in runs(folder) if how == "run gone" else key_index.stored(folder):
            path.unlink()
    elif how != "nothing":
        damage(folder, how)
    for name in "abc":
        with pytest.raises(Refused, match="E-LAKE-02"):
            put("S3", ["d", name])
    assert put("S4", ["d"]).rows == 1
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S5", ["d"])


def test_a_damaged_index_is_made_anew(put, folder, suspects, monkeypatch):
    put("S1", ["a", "b"])
    damage(folder, "run torn")
    another_process(monkeypatch)
    put("S2", ["c"])
    put("S3", ["d"])
    assert suspects(["a"]) == ["S1"]
    assert sum(run.keys for run in table_head.table_head(folder).runs) == 4


def test_an_append_whose_note_is_missing_is_caught_up_with(put, suspects, monkeypatch):
    put("S1", ["a"])
    with monkeypatch.context() as patched:
        patched.setattr("data.lake.note", lambda *_: None)
        put("S2", ["b"])
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S3", ["b"])
    assert suspects(["z"]) == ["S2"], "it is not indexed yet"
    put("S3", ["c"])
    assert suspects(["z"]) == []
    assert suspects(["b"]) == ["S2"]


def test_a_note_that_cannot_be_written_fails_no_append(put, folder, monkeypatch):
    put("S1", ["a"])

    def full(*_arguments):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(key_index, "write_cache", full)
        assert put("S2", ["b"]).delta_version == 2
    assert key_index.stored(folder) == []
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S3", ["b"])


def test_a_note_of_another_log_does_not_count(put, folder, suspects):
    put("S1", ["a"])
    put("S2", ["b"])
    entry = read_entry(folder, 2)
    path = folder / "_delta_log" / f"{2:020d}.json"
    path.write_text(path.read_text().replace('"sha256": "', '"sha256": "0'))
    assert read_entry(folder, 2).sha256 != entry.sha256
    assert suspects(["z"]) == ["S1", "S2"], "the log is read, and no file is known"


def test_another_programs_commit_is_seen_and_stays(put, folder, lake, visit):
    put("S1", ["a"])
    first = delta.files(folder)[0].path
    table = DeltaTable(str(folder))
    table.alter.set_table_properties({"delta.appendOnly": "true"})
    assert put("S2", ["b"]).delta_version == 3
    assert first in [file.path for file in delta.files(folder)]
    assert lake.read(visit).num_rows == 2


def test_a_commit_that_comes_between_is_stepped_over(put, folder, monkeypatch):
    put("S1", ["a"])
    real = delta.put_entry

    def late(where, version, actions):
        monkeypatch.setattr(delta, "put_entry", real)
        put_entry(where, version, [{"commitInfo": {"operation": "SOMETHING"}}])
        real(where, version, actions)

    monkeypatch.setattr(delta, "put_entry", late)
    assert put("S2", ["b"]).delta_version == 3
    assert len(delta.files(folder)) == 2
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S3", ["b"])


def test_a_file_that_goes_takes_the_index_with_it(put, folder, suspects):
    put("S1", ["a"])
    put("S2", ["b"])
    gone = {"path": delta.files(folder)[0].path.name, "dataChange": True, "deletionTimestamp": 1}
    put_entry(folder, 3, [{"remove": gone}])
    assert suspects(["a"]) == ["S2"], "known again by its name alone"
    put("S3", ["a"])
    assert suspects(["a"]) == ["S3"]


def test_long_files_are_asked_themselves(put, suspects, monkeypatch):
    monkeypatch.setattr(table_head, "INDEXED_ROWS", 3)
    monkeypatch.setattr("data.admission.INDEXED_ROWS", 3)
    put("S1", ["a", "b", "c", "d"])
    put("S2", ["e"])
    assert suspects(["z"]) == ["S1"]
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S3", ["f", "d"])
    with pytest.raises(Refused, match="E-LAKE-02"):
        put("S3", ["f", "g", "h", "i", "e"])


def test_keys_of_another_form_are_asked_in_their_files(lake, visit, visits, put, suspects):
    lake.append(visit, visits(["a"]), submission_id="S1", run_id="run")
    put("S2", ["b"])
    assert suspects(["z"]) == ["S1"]
    with pytest.raises(Refused, match="E-LAKE-02"):
        lake.append(visit, visits(["c", "a"]), submission_id="S3", run_id="run")


def test_the_same_files_as_by_looking_into_each():
    """Random runs, merged in random order, with keys that come several times."""
    dice = random.Random(4)  # noqa: S311 - a test's dice
    files = {f"f{number}": [dice.randrange(400) for _ in range(dice.randrange(1, 60))] for number in range(30)}
    fresh = [key_index.fresh(np.array(keys, np.uint64), name) for name, keys in files.items()]
    dice.shuffle(fresh)
    whole = [key_index.merged(fresh[:13]), key_index.merged([key_index.merged(fresh[13:20]), *fresh[20:]])]
    assert all(pc.all(pc.equal(run["number"], np.sort(run["number"]))).as_py() for run in whole)
    for _ in range(50):
        asked = sorted({dice.randrange(500) for _ in range(dice.randrange(6))})
        found = set().union(*(key_index.files_with(run, np.array(asked, np.uint64)) for run in whole))
        assert found == {name for name, keys in files.items() if set(keys) & set(asked)}


def test_numbers_are_of_the_whole_key():
    """A key that differs in any one byte has another number; slices and chunks change nothing."""
    keys = pa.array([bytes(16), *(bytes(16)[:place] + b"x" + bytes(16)[place + 1 :] for place in range(16))])
    numbers = key_numbers(pa.chunked_array([keys]))
    assert len(set(numbers.tolist())) == 17
    assert key_numbers(pa.chunked_array([keys[:7], keys[7:7], keys[7:]])).tolist() == numbers.tolist()
    assert key_numbers(pa.chunked_array([[bytes(16), None]])) is None
    assert key_numbers(pa.chunked_array([["a" * 16]])) is None
    assert key_numbers(pa.chunked_array([], pa.binary())).tolist() == []


@pytest.mark.integration  # a second
def test_the_log_says_what_delta_readers_expect(put, folder):
    for number in range(21):
        put(f"S{number}", [f"k{number}"])
    assert (folder / "_delta_log" / f"{19:020d}.checkpoint.parquet").is_file()
    table = DeltaTable(str(folder))
    assert table.version() == 21
    assert table.transaction_version("S3") == 4
    assert table.to_pyarrow_table().num_rows == 21
    noted = table.history(1)[0]
    assert (noted["operation"], noted["submission_id"], noted["seq"]) == ("WRITE", "S20", "21")
    told = json.loads(read_entry(folder, 21).each("add")[0]["stats"])
    assert set(told["minValues"]) == {"_seq", "_op"}


def test_what_a_dead_writer_left_of_a_note_is_swept(ledger, lake, put, folder):
    put("S1", ["a"])
    left = folder / key_index.FOLDER / ".head.json.x.tmp"
    left.write_bytes(b"half")
    batches.reserve(ledger, table_name="visit", submission_id="S2", rows=1, run_id="r")
    lake.recover()
    assert not left.exists()


def test_a_file_is_compared_with_files_that_hold_its_keys(lake, visit, keyed, put):
    put("S1", ["a", "b"])
    put("S2", ["c"])
    put("S3", ["b"], "C")
    asked, other = keyed(["b", "z"])["rec_key"], keyed(["z"])["rec_key"]
    select = lake.last_word_sql(visit, 3, keys=asked)
    assert ["S1" in select, "S2" in select, "S3" in select] == [True, False, True]
    assert "S3" not in lake.last_word_sql(visit, 2, keys=asked)
    assert "read_parquet" not in lake.last_word_sql(visit, 3, keys=other)
    with open_duckdb() as connection:
        rows = connection.sql(f"select person_id, _op from ({select}) where person_id = 'b'").fetchall()
        known = connection.sql(lake.keys_sql(visit, 3, asked)).fetchall()
    assert rows == [("b", "C")]
    assert (asked[0].as_py(),) in known
    assert "S2" in lake.last_word_sql(visit, 3)
