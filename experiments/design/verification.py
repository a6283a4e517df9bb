"""Proving a draw from the record alone: frame document, declaration in the protocol's version, revealed seed.

Belongs here: repeating it, and saying where the record differs. Does not: the chain of the ledger (data.ledger), the draw
(assignment). Reading is given by the caller, so that a bundle on a foreign disk is proved as the workspace is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from functools import partial

from data import documents
from data.documents import sha256_text
from data.messages import ZonelabError
from data.problems import Problem, problem
from experiments.design.assignment import FIELDS, Assignment, assign_sealed
from experiments.design.commitment import binds
from experiments.design.draws import DrawRecord, draws_of
from experiments.design.frame import SealedFrame, opened_frame
from experiments.design.sealing import arms_of, declared
from experiments.registry.records import Record
from experiments.registry.store import Registry

Raw = Callable[[str], bytes | None]
"""Returns the bytes kept under a name, unproved; None if there are none."""

AROUND = 20


def verify_assignment(record: Record, raw: Raw) -> list[Problem]:
    """Repeat every draw of an experiment from its record and name every place where the record does not follow.

    Parameters
    ----------
    record
        The experiment's record; its events, and the protocol's versions.
    raw
        Gives a document's bytes as they lie there (`data.documents.raw`).

    Returns
    -------
    list of Problem
        Empty when every draw that was made follows from what was committed before it. A draw whose seed has not been revealed
        cannot be repeated yet: that is said too (see `provable`).
    """
    draws = draws_of(record.events)
    return [found for number, item in enumerate(draws, start=1) for found in _one(record, item, number, raw)]


def verify_draws(registry: Registry) -> list[Problem]:
    """Repeat every revealed draw of every experiment in a workspace; what is not revealed yet is no fault."""
    found: list[Problem] = []
    for record in registry.records():
        if draws_of(record.events) and provable(record):
            found += verify_assignment(record, partial(documents.raw, registry.ledger))
    return found


def provable(record: Record) -> bool:
    """Return whether every draw that was made is revealed, so that `verify_assignment` can repeat it."""
    draws = draws_of(record.events)
    return all(item.revealed_at is not None for item in draws if item.drawn_at is not None)


def _one(record: Record, item: DrawRecord, number: int, raw: Raw) -> Iterator[Problem]:
    where = f"assignment/{record.experiment_id}/{number}"
    if item.drawn_at is None:
        return
    if item.seed is None or item.nonce is None:
        yield problem(
            where, "its seed is not revealed yet, so the draw cannot be repeated", "种子尚未公开，无法重复抽取"
        )
        return
    if not binds(item.seed, item.nonce, item.seed_commitment):
        yield problem(f"{where}/seed", "the revealed seed is not the one committed to", "公开的种子与此前承诺的不一致")
    if not _registered_before(record, item):
        yield problem(where, "it was committed before its version was registered", "在该版本登记之前就已承诺")
    frame = yield from _frame(where, item, raw)
    if frame is not None:
        yield from _repeated(record, item, frame, where, raw)


def _registered_before(record: Record, item: DrawRecord) -> bool:
    at = record.version(item.version).registered_at
    return at is not None and str(at) <= item.committed_at


def _frame(where: str, item: DrawRecord, raw: Raw) -> Generator[Problem, None, SealedFrame | None]:
    content = raw(item.frame_sha256)
    if content is None:
        yield problem(f"{where}/frame", "the frame document is missing", "抽样框文档缺失")
        return None
    text = content.decode("utf-8", errors="replace")
    try:
        frame = opened_frame(text)
    except ZonelabError as error:
        yield Problem(f"{where}/frame", error.text)
        return None
    if sha256_text(text) != item.frame_sha256:
        yield problem(f"{where}/frame", "the frame document is not the one committed to", "抽样框文档与承诺的不一致")
    return frame


def _repeated(record: Record, item: DrawRecord, frame: SealedFrame, where: str, raw: Raw) -> Iterator[Problem]:
    protocol = record.version(item.version).protocol
    try:
        again = assign_sealed(frame, declared(protocol), arms_of(protocol), seed=int(str(item.seed)))
    except (ZonelabError, ValueError):
        yield problem(where, "the draw cannot be repeated from the frame document", "无法由抽样框文档重复抽取")
        return
    if again.sha256 != item.assignment_sha256:
        yield problem(where, "the recorded hash is not that of the repeated draw", "登记的哈希与重复抽取的结果不一致")
    kept = raw(str(item.assignment_sha256))
    if kept is None:
        yield problem(f"{where}/document", "the assignment document is missing", "分配文档缺失")
    else:
        yield from _difference(kept, again, where)


def _difference(kept: bytes, again: Assignment, where: str) -> Iterator[Problem]:
    """Yield the first byte at which the document differs from the repeated draw, and whose lot stands there."""
    drawn = again.text.encode()
    if kept == drawn:
        return
    place = next((at for at, (a, b) in enumerate(zip(kept, drawn, strict=False)) if a != b), min(len(kept), len(drawn)))
    whose = lot_at(again, place)
    en, zh = (f" ({whose})", f"（{whose}）") if whose else ("", "")
    yield problem(
        f"{where}/document/byte {place}",
        f"differs from the repeated draw at byte {place}{en}: {_piece(kept, place)} is kept, {_piece(drawn, place)} was drawn",
        f"第 {place} 字节{zh}与重复抽取的结果不同：存档为 {_piece(kept, place)}，抽取结果为 {_piece(drawn, place)}",
    )


def lot_at(assignment: Assignment, place: int) -> str:
    """Return which unit and field stand at a byte of the assignment document; empty text outside the list of units."""
    content = json.loads(assignment.text)
    start = len(assignment.text.split('"units":[', maxsplit=1)[0].encode()) + len('"units":[')
    for row in content["units"]:
        cells = [json.dumps(cell, ensure_ascii=False).encode() for cell in row]
        end = start + len(b"[" + b",".join(cells) + b"]")
        if start <= place <= end:
            return f"unit {row[0]}, {_field(cells, place - start - 1)}"
        start = end + 1
    return ""


def _field(cells: list[bytes], place: int) -> str:
    end = 0
    for name, cell in zip(FIELDS, cells, strict=True):
        end += len(cell) + 1
        if place < end:
            return name
    return FIELDS[-1]


def _piece(content: bytes, place: int) -> str:
    return repr(content[max(place - 4, 0) : place + AROUND].decode("utf-8", errors="replace"))
