"""What the catalogue's raw bytes say after a crash: read with SQLite and JSON alone, nothing of the archive imported."""

import hashlib
import json
import sqlite3


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
