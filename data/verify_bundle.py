"""Verify an exported registry offline with Python alone: `python -I -S verify_bundle.py FOLDER`; exit 1 names the place."""

import json
import sys
from hashlib import sha256
from pathlib import Path

KEYS = ("document", "assignment_sha256", "diagnosis", "frame_sha256", "certificate")  # in events: names of documents
folder, place, seq, head, wanted = Path(*sys.argv[1:]), "documents.jsonl", 0, "0" * 64, set[str]()
try:
    index, place = (folder / place).read_bytes(), "events.jsonl"
    for line in (folder / place).read_bytes().removesuffix(b"\n").split(b"\n"):
        place, before = f"events.jsonl line {seq + 1}", (seq + 1, head)
        event = json.loads(line.decode())
        seq, head = event["seq"], event.pop("hash")
        text = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if (seq, event["prev_hash"]) != before or sha256(text.encode()).hexdigest() != head:
            raise ValueError("edited, or not what follows from the line before it")
        wanted.update(filter(None, map(event["detail"].get, KEYS)))
    place = "head.json"
    if json.loads((folder / place).read_bytes()) != {"documents": sha256(index).hexdigest(), "hash": head, "seq": seq}:
        raise ValueError("not the end of events.jsonl, or not the hash of documents.jsonl")
    withheld = {item["sha256"]: item["withheld"] for item in map(json.loads, index.splitlines())}
    for name in sorted(wanted | withheld.keys()):
        place = f"documents/{name}.json"
        if not withheld[name] and sha256((folder / place).read_bytes()).hexdigest() != name:
            raise ValueError("edited")
except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
    sys.exit(f"{place} does not hold: {error!r}")
sys.stdout.write(f"holds to entry {seq}, {len(withheld)} documents ({sum(withheld.values())} withheld), head {head}\n")
