"""The content of a mart that is kept by zone, without reading the zones that stay: their sums are kept beside their rows.

Belongs here: those sums. Does not: what a fingerprint is (data.fingerprint), which zones stay (keeping). Verification never asks
here: it reads the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from data.duck import parquet_source, quote_text
from data.fingerprint import Content, columns_of, content_of, sums_query
from data.fingerprint_text import Column
from quality.months.store import BY_ZONE


def contents(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> dict[str, Content]:
    """Return what the files of marts that are kept by zone hold, by mart; read are only the zones made anew, and kept then.

    A mart whose file holds another number of rows than the sums account for is left out: whoever asks reads it whole.

    Parameters
    ----------
    connection
        The build's database with the catalogue `months`.
    files
        Mart → the file that was written of it.
    """
    connection.execute("delete from months.sums where piece not in (select piece from whole.zones_kept)")
    found = {mart: _content(connection, mart, files[mart]) for mart in BY_ZONE if mart in files}
    return {mart: content for mart, content in found.items() if content.rows == pq.read_metadata(files[mart]).num_rows}


def _content(connection: duckdb.DuckDBPyConnection, mart: str, file: Path) -> Content:
    source = parquet_source([file])
    columns = columns_of(connection, f"select * from {source}")
    _keep(connection, mart, source, columns)
    query = "select coalesce(sum(rows), 0), coalesce(sum(lower), 0), coalesce(sum(upper), 0) from months.sums where mart = ?"
    rows, lower, upper = connection.execute(query, [mart]).fetchall()[0]
    return content_of(columns, int(rows), int(lower), int(upper))


def _keep(connection: duckdb.DuckDBPyConnection, mart: str, source: str, columns: list[Column]) -> None:
    """Keep the sums of each zone that was made anew; its name is written out, so that row groups of others are passed over."""
    for zone, piece in connection.execute("select zone_id, piece from whole.zones_made").fetchall():
        sums = sums_query(columns, f"select * from {source} where zone_id = {quote_text(zone)}")
        connection.execute(f"insert into months.sums select {quote_text(piece)}, {quote_text(mart)}, * from ({sums})")
