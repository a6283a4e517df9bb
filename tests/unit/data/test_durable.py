"""Durable writes: whole or not at all, and in the order that survives a power loss."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import durable, parquet_write
from data.duck import open_duckdb


@pytest.fixture
def calls(monkeypatch):
    """Record the system calls that decide what survives, by file name."""
    seen = []
    names = {}
    opened, fsync, replace = os.open, os.fsync, os.replace

    def record_open(path, flags, *rest, **named):
        handle = opened(path, flags, *rest, **named)
        names[handle] = os.path.basename(path)  # noqa: PTH119
        return handle

    monkeypatch.setattr(os, "open", record_open)
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(("fsync", names.get(handle, "file"))), fsync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (seen.append(("replace", b.name)), replace(a, b)))
    return seen


def test_file_is_synced_before_its_name_and_the_folder_after(tmp_path, calls):
    durable.write_bytes(tmp_path / "note", b"x")
    assert calls == [("fsync", "file"), ("replace", "note"), ("fsync", tmp_path.name)]


def test_every_new_folder_is_made_durable_in_its_parent(tmp_path, calls):
    durable.make_folder(tmp_path / "a" / "b")
    assert calls == [("fsync", tmp_path.name), ("fsync", "a")]
    calls.clear()
    durable.make_folder(tmp_path / "a" / "b")
    assert calls == []


def test_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "note"
    durable.write_text(path, "old")
    monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        durable.write_text(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["note"]


def test_text_keeps_its_line_ends(tmp_path):
    durable.write_text(tmp_path / "note", "一\r\n二\n")
    assert (tmp_path / "note").read_bytes() == "一\r\n二\n".encode()


def test_parquet_keeps_rows_types_and_metadata(tmp_path):
    table = pa.table({"a": pa.array([1, None], pa.int64()), "b": ["x", "区"]})
    durable.write_parquet(tmp_path / "t.parquet", table, metadata={"note": "值"})
    back = pq.read_table(tmp_path / "t.parquet")
    assert back.equals(table)
    assert back.schema.metadata[b"note"].decode() == "值"
    assert pq.read_metadata(tmp_path / "t.parquet").row_group(0).column(0).compression == "ZSTD"


def test_same_table_gives_the_same_bytes(tmp_path):
    table = pa.table({"a": [1, 2, 3]})
    for name in ("one", "two"):
        durable.write_parquet(tmp_path / name, table)
    assert durable.sha256_file(tmp_path / "one") == durable.sha256_file(tmp_path / "two")


def test_copy_is_no_hard_link(tmp_path):
    (tmp_path / "source").write_bytes(b"abc")
    durable.copy_file(tmp_path / "source", tmp_path / "deep" / "copy")
    assert (tmp_path / "deep" / "copy").read_bytes() == b"abc"
    assert (tmp_path / "deep" / "copy").stat().st_nlink == 1


def test_sha256_is_that_of_the_bytes(tmp_path):
    (tmp_path / "empty").touch()
    assert durable.sha256_file(tmp_path / "empty").startswith("e3b0c44298fc1c14")


def test_removing_twice_is_no_error_and_touches_nothing_else(tmp_path):
    for name in ("gone", "kept"):
        (tmp_path / name).touch()
    for _ in range(2):
        durable.remove_file(tmp_path / "gone")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_pieces_are_hashed_while_they_are_written_and_layout_changes_no_value(tmp_path):
    table = pa.table({"key": [b"b", b"a", b"c"], "row": [2, 3, 9], "x": [1.5, None, 2.0], "t": ["u", "u", None]})
    layout = parquet_write.Layout(unlike=frozenset({"key"}), rising=frozenset({"row"}))
    for name, pieces in {"some": [table, table.slice(1)], "none": [table.slice(0, 0)]}.items():
        path = tmp_path / f"{name}.parquet"
        told = parquet_write.write_parquet_pieces(path, iter(pieces), layout=layout)
        assert told == durable.sha256_file(path)
        assert pq.read_table(path).equals(pa.concat_tables(pieces))
    keys = pq.ParquetFile(tmp_path / "some.parquet").metadata.row_group(0).column(0)
    assert keys.statistics is None, "statistics hold the extreme keys"


def test_two_threads_write_one_file(tmp_path):
    table = pa.table({"x": [1.5, None, 2.0] * 40, "t": ["u", "v", None] * 40})
    halves = [[table, table.slice(7)], [table.slice(2), table.slice(0, 1)]]
    path = tmp_path / "a.parquet"
    told = parquet_write.write_parquet_halves(path, *map(iter, halves))
    assert told == durable.sha256_file(path)
    file = pq.ParquetFile(path, page_checksum_verification=True)
    assert file.read().equals(pa.concat_tables([*halves[0], *halves[1]]))
    assert [file.metadata.row_group(place).num_rows for place in range(4)] == [120, 113, 118, 1]
    with open_duckdb() as connection:
        found = connection.sql(
            f"select count(*), count(t), sum(x) from read_parquet('{path}') where x > 1.6"
        ).fetchall()
    whole = [value for part in (*halves[0], *halves[1]) for value in part["x"].to_pylist() if value and value > 1.6]
    assert (found[0][0], found[0][2]) == (len(whole), sum(whole))
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"], "the second half leaves no file behind"


def test_a_half_that_fails_leaves_nothing(tmp_path):
    def broken():
        yield pa.table({"x": [1]})
        raise OSError("no more")

    for halves in [(iter([pa.table({"x": [1]})]), broken()), (broken(), iter([pa.table({"x": [1]})]))]:
        with pytest.raises(OSError, match="no more"):
            parquet_write.write_parquet_halves(tmp_path / "a.parquet", *halves)
    assert list(tmp_path.iterdir()) == []


def test_how_texts_were_held_leaves_no_trace_in_the_file(tmp_path):
    plain = pa.table({"t": ["u", None, "v"], "x": [1.5, None, 2.0]})
    coded = plain.set_column(0, "t", plain["t"].dictionary_encode())
    told = {parquet_write.write_parquet_pieces(tmp_path / "a.parquet", iter([each])) for each in (plain, coded)}
    assert len(told) == 1
    assert pq.read_table(tmp_path / "a.parquet").equals(plain)
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0).column(0).statistics is None
