"""Submissions as JSON: ODK Central (OData, groups nested), KoboToolbox (group paths in names), SurveyCTO (flat) → one table.

Belongs here: groups → paths, a repeat's entries → rows, locations → ODK's text form. Does not: flat JSON that is no field export
(other readers), CSV exports (field_export).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.contracts.model import Contract
from data.readers.decode import Decoded
from data.readers.header import tidy
from data.readers.json_values import DEEPEST, cell, listed, parsed, table_of
from data.readers.raw import Note, RawTable
from data.readers.refusals import unreadable

IDENTIFIERS = ("__id", "_uuid", "KEY", "meta/instanceID", "instanceID")
MARKS = frozenset([*IDENTIFIERS, "__system", "__Submissions-id"])
WRAPPERS = ("value", "results")
PARENT = "PARENT_KEY"
Node = Mapping[str, Any]


def submissions(text: str) -> list[Node] | None:
    """Return the submissions of a field export as JSON; None if the text is something else.

    Raises
    ------
    Refused
        E-FILE-01: it begins as one and is damaged.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    if not any(f'"{mark}"' in text for mark in MARKS):
        return None
    document = parsed(text)
    wrapped = isinstance(document, dict) and next((document[name] for name in WRAPPERS if name in document), None)
    found = wrapped if isinstance(wrapped, list) else document if isinstance(document, list) else [document]
    if not found or not all(isinstance(each, dict) and MARKS.intersection(each) for each in found):
        return None
    return found


def read_submissions(found: Sequence[Node], decoded: Decoded, contract: Contract | None) -> RawTable:
    """Return the table of the submissions, or of the entries of the repeat that the contract is about.

    Headers are paths with `/`. Rows count from 2, submissions or entries in their order. What is left out is noted.
    """
    parent = contract.parent if contract is not None else None
    wanted = parent.path if parent is not None and not any("__Submissions-id" in each for each in found) else None
    left_out: dict[str, None] = {}
    if parent is None or wanted is None:
        rows = [_flat(each, (), left_out) for each in found]
    else:
        rows = [row for each in found for row in _entries(each, wanted, parent.position, left_out)]
    return table_of(rows, "json", decoded.encoding, _notes(left_out, wanted), contract)


def _notes(left_out: Mapping[str, None], wanted: str | None) -> tuple[Note, ...]:
    notes = [Note("W-REP-01", {"repeat": wanted})] if wanted else []
    if names := [name for name in left_out if name != wanted]:
        notes.append(Note("W-REP-02", {"cols": listed(names)}))
    return tuple(notes)


def _entries(
    submission: Node, wanted: str, position: str | None, left_out: dict[str, None]
) -> Iterator[dict[str, str | None]]:
    """Yield the entries of a repeat, numbered over the whole submission, with the submission's id."""
    identifier = next((str(submission[name]) for name in IDENTIFIERS if name in submission), None)
    meta = submission.get("meta")
    if identifier is None and isinstance(meta, dict):
        identifier = str(meta.get("instanceID"))
    for number, entry in enumerate(_within(submission, (), wanted), start=1):
        row = _flat(entry, tuple(wanted.split("/")), left_out)
        yield {PARENT: identifier, **({position: str(number)} if position else {}), **row}


def _within(node: Node, path: tuple[str, ...], wanted: str) -> Iterator[Node]:
    for name, value in node.items():
        full = _full(path, name)
        if isinstance(value, dict) and wanted.startswith(f"{full}/"):
            yield from _within(value, tuple(full.split("/")), wanted)
        elif isinstance(value, list) and (full == wanted or wanted.startswith(f"{full}/")):
            for entry in (each for each in value if isinstance(each, dict)):
                if full == wanted:
                    yield entry
                else:
                    yield from _within(entry, tuple(full.split("/")), wanted)


def _flat(node: Node, path: tuple[str, ...], left_out: dict[str, None]) -> dict[str, str | None]:
    """Return path → text; lists of objects (repeats, attachments) are left out and named."""
    if len(path) > DEEPEST:
        raise unreadable("nested", cols=tidy(path[0])[:40])
    found: dict[str, str | None] = {}
    for name, value in node.items():
        full = _full(path, name)
        if isinstance(value, dict) and "coordinates" in value:
            found[full] = _location(value)
        elif isinstance(value, dict):
            found.update(_flat(value, tuple(full.split("/")), left_out))
        elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            left_out[full] = None
        elif isinstance(value, list):
            found[full] = " ".join(str(each) for each in value if each is not None) or None
        elif "@odata." in name:
            left_out[full.split("@odata.")[0]] = None
        else:
            found[full] = cell(value)
    return found


def _full(path: tuple[str, ...], name: str) -> str:
    """Return a name with its groups; Kobo writes them into the name itself, ODK nests."""
    prefix = "/".join(path)
    return name if not prefix or name.startswith(f"{prefix}/") else f"{prefix}/{name}"


def _location(value: Node) -> str | None:
    """Return GeoJSON as ODK writes locations: latitude longitude altitude accuracy, points separated by semicolons."""
    points = value["coordinates"]
    if value.get("type") == "Polygon" and isinstance(points, list) and points:
        points = points[0]
    each_point = points if isinstance(points, list) and points and isinstance(points[0], list) else [points]
    accuracy = (value.get("properties") or {}).get("accuracy") if isinstance(value.get("properties"), dict) else None
    texts = []
    for point in each_point:
        if not isinstance(point, list) or len(point) < 2:  # noqa: PLR2004
            return None
        numbers = [point[1], point[0], point[2] if len(point) > 2 else "0", accuracy or "0"]  # noqa: PLR2004
        texts.append(" ".join(str(number) for number in numbers))
    return "; ".join(texts)
