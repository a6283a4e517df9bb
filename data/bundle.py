"""The registry in a folder: every event and every document, so that anybody can verify the chain without the platform.

Belongs here: writing the folder. Does not: verifying it (data.verify_bundle, a script that travels with it), exports of one
protocol to other registries (experiments.registry.exchange), data (releases).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import documents
from data.durable import copy_file, make_folder, remove_file, write_text
from data.ledger import Head, Ledger, canonical
from data.messages import NotFound, Refused, Text
from data.verify import verify_documents

EVENTS, INDEX, FOLDER, HEAD = "events.jsonl", "documents.jsonl", "documents", "head.json"
SCRIPT = Path(__file__).with_name("verify_bundle.py")


@dataclass(frozen=True)
class Bundle:
    """What was written. `head` is what to publish: with it a bundle cut short later is recognised."""

    folder: Path
    head: Head
    documents: int
    withheld: int


def export_bundle(ledger: Ledger, folder: Path, *, withhold: Collection[str] = ()) -> Bundle:
    """Write the whole registry to `folder`: `events.jsonl`, `documents.jsonl`, `documents/`, `head.json`, the script.

    Parameters
    ----------
    ledger
        Whose registry.
    folder
        Absent, empty, or an earlier bundle, which is brought up to date.
    withhold
        Kinds of documents whose texts stay at home (`("frame", "assignment")` for a bundle that everybody may see): they are
        listed with their hash and marked, and the chain can be verified all the same.

    Raises
    ------
    NotFound
        E-BUNDLE-01: nothing has been recorded yet.
    Refused
        E-BUNDLE-02: the ledger or a document does not hold; nothing is written. E-BUNDLE-03: the folder holds other things.
    """
    _require_sound(ledger)
    _require_room(folder)
    events = ledger.events()
    if not events:
        raise NotFound("E-BUNDLE-01", Text(en="Nothing has been recorded yet.", zh="尚无任何记录。"))
    make_folder(folder / FOLDER)
    index = list(_write_documents(ledger, folder, withhold, documents.mentioned(events)))
    head = Head(events[-1].seq, events[-1].hash)
    listed = _lines(index)
    write_text(folder / EVENTS, _lines([vars(event) for event in events]))
    write_text(folder / INDEX, listed)
    write_text(folder / HEAD, _lines([{**vars(head), "documents": hashlib.sha256(listed.encode()).hexdigest()}]))
    copy_file(SCRIPT, folder / SCRIPT.name)
    return Bundle(folder, head, len(index), sum(entry["withheld"] for entry in index))


def _lines(values: list[dict[str, Any]]) -> str:
    return "".join(f"{canonical(value)}\n" for value in values)


def _write_documents(
    ledger: Ledger, folder: Path, withhold: Collection[str], mentioned: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Write the documents of these events; one that came in the meantime belongs to the next bundle."""
    for row in (row for row in documents.each(ledger) if row["sha256"] in mentioned):
        withheld = row["kind"] in withhold
        place = folder / FOLDER / f"{row['sha256']}.json"
        if withheld:
            remove_file(place)
        else:
            write_text(place, row["content"])
        yield {**{key: row[key] for key in ("sha256", "kind", "created_at")}, "withheld": withheld}


def _require_sound(ledger: Ledger) -> None:
    found = ledger.verify() or list(verify_documents(ledger))
    if found:
        first = found[0]
        raise Refused(
            "E-BUNDLE-02",
            Text(
                en=f"The registry does not hold at {first.where}: {first.what.en}. Nothing was written; run `zonelab verify`.",
                zh=f"登记库在 {first.where} 处不成立：{first.what.zh}。未写入任何内容；请运行 zonelab verify。",
            ),
        )


def _require_room(folder: Path) -> None:
    if folder.exists() and not (folder / HEAD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            "E-BUNDLE-03",
            Text(
                en=f"{folder.name} holds other things. Name a new or an empty folder.",
                zh=f"{folder.name} 中已有其他内容。请指定新的或空的文件夹。",
            ),
        )
