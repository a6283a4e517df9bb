"""Fingerprints: same rows, same text; anything else, another one."""

import pyarrow as pa
import pyarrow.parquet as pq

from data.fingerprint import Content, fingerprint_file, fingerprint_table


def text(table):
    return fingerprint_table(table).fingerprint


def test_the_algorithm_has_not_moved():
    """Releases keep fingerprints for years: a new DuckDB must not change what a text is made of."""
    table = pa.table(
        {
            "a": pa.array([1, None], pa.int64()),
            "b": ["区", ""],
            "c": [0.1, -1e300],
            "d": pa.array([0, 19_000], pa.date32()),
            "e": pa.array([0, 1], pa.timestamp("us", tz="UTC")),
            "f": [True, None],
        }
    )
    assert fingerprint_table(table) == Content(2, "0ec5e5ff8989c2fdf00bdf831b04c1a2820f88f227beffcf1d81703f86766190")


def test_null_empty_and_letter_n_differ():
    found = {text(pa.table({"a": pa.array([value], pa.string())})) for value in (None, "", "N", "1:N")}
    assert len(found) == 4


def test_neighbours_cannot_swap_letters():
    one = pa.table({"a": ["x"], "b": ["yz"]})
    other = pa.table({"a": ["xy"], "b": ["z"]})
    assert text(one) != text(other)


def test_a_pair_of_equal_rows_does_not_cancel():
    rows = pa.table({"a": [1, 2, 2]})
    assert text(rows) != text(pa.table({"a": [1, 3, 3]}))


def test_no_rows_still_have_columns():
    empty = pa.table({"a": pa.array([], pa.int64())})
    assert fingerprint_table(empty).rows == 0
    assert text(empty) != text(pa.table({"b": pa.array([], pa.int64())}))


def test_the_writer_of_the_file_does_not_matter(tmp_path):
    table = pa.table({"a": list(range(1000))})
    pq.write_table(table, tmp_path / "one.parquet", compression="zstd", row_group_size=100)
    pq.write_table(table, tmp_path / "two.parquet", compression="snappy")
    assert fingerprint_file(tmp_path / "one.parquet") == fingerprint_file(tmp_path / "two.parquet")
    assert fingerprint_file(tmp_path / "one.parquet") == fingerprint_table(table)
