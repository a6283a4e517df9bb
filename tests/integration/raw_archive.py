"""What the raw bytes say after a crash: read with SQLite, JSON and Parquet alone, nothing of the archive imported."""

import hashlib
import json
import sqlite3
import zlib

import pyarrow.parquet as pq


def catalogue_violations(path):
    """Return what is wrong with sequence numbers, their events, and the chain."""
    connection = sqlite3.connect(path)
    batches = connection.execute("select seq, submission_id, state from batches order by seq").fetchall()
    events = connection.execute("select * from events order by seq").fetchall()
    connection.close()
    found = []
    if [seq for seq, _, _ in batches] != list(range(1, len(batches) + 1)):
        found.append("sequence numbers have gaps")
    if any(state == "open" for _, _, state in batches):
        found.append("a number was left open")
    for state, kind in (("committed", "lake_appended"), ("aborted", "lake_append_aborted")):
        closed = sorted(sub for _, sub, now in batches if now == state)
        if closed != sorted(event[3] for event in events if event[2] == kind):
            found.append(f"{state} batches and {kind} events differ")
    previous = "0" * 64
    for seq, prev_hash, kind, object_id, detail, actor, role, at_utc, digest in events:
        fields = {
            "seq": seq,
            "prev_hash": prev_hash,
            "kind": kind,
            "object_id": object_id,
            "detail": json.loads(detail),
            "actor": actor,
            "role": role,
            "at_utc": at_utc,
        }
        text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if prev_hash != previous or hashlib.sha256(text.encode()).hexdigest() != digest:
            found.append(f"the chain breaks at {seq}")
        previous = digest
    return found


def lake_rows(table):
    """Return the rows of the files that a table's log lists, as they lie there, oldest first."""
    present = {}
    for entry in sorted((table / "_delta_log").glob("*.json")):
        for action in map(json.loads, entry.read_text().splitlines()):
            if "add" in action:
                present[action["add"]["path"]] = True
            if "remove" in action:
                present.pop(action["remove"]["path"], None)
    return [row for name in present for row in pq.read_table(table / name, memory_map=False).to_pylist()]


def places_naming(home, names):
    """Return the files below `home` whose bytes, cells or footers hold one of the names; what is encrypted is not opened."""
    return [
        path.relative_to(home).as_posix()
        for path in sorted(home.rglob("*"))
        if path.is_file() and any(name in text for text in _texts(path) for name in names)
    ]


def _texts(path):
    content = path.read_bytes()
    yield content.decode("utf-8", "replace")
    if content[:4] == content[-4:] == b"PAR1":
        file = pq.ParquetFile(path, memory_map=False)
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        yield str([group.column(number).statistics for group in groups for number in range(group.num_columns)])
        yield str(file.metadata.metadata)
        yield str(file.read().to_pylist())
    if content[:15] == b"SQLite format 3":
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'select * from "{table}"'):
                yield from (_unpacked(cell) for cell in row if isinstance(cell, bytes))
        connection.close()


def _unpacked(cell):
    try:
        return zlib.decompress(cell).decode("utf-8", "replace")
    except zlib.error:
        return ""
