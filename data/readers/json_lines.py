"""JSON: a list of flat objects, or one flat object a line (NDJSON), each a row; numbers stay as they are written.

Belongs here: the two shapes and what they cannot be. Does not: nested payloads of sensors and forms (readers of their own).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

import pyarrow as pa

from data.contracts.model import Contract
from data.readers.decode import Decoded
from data.readers.header import tidy
from data.readers.numerals import with_points
from data.readers.raw import Note, RawTable, without_blank
from data.readers.refusals import kept_not, refuse, unreadable

SHOWN = 8
MAXIMUM_COLUMNS = 4096
SURROGATE = re.compile("[\ud800-\udfff]")


def looks_like_json(text: str) -> bool:
    """Whether a text begins as a JSON list of objects or an object does."""
    return bool(re.match(r"\s*(\[\s*[\[{\]]|\{\s*[\"}])", text))


def read_json(decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read JSON; columns in the order in which names first appear, rows counted from 2.

    Raises
    ------
    Refused
        E-FILE-01: no JSON, another shape, a name twice in one object, objects or lists as values; E-FILE-02: no rows.
    """
    is_list = decoded.text.lstrip().startswith("[")
    objects = _parsed(decoded.text) if is_list else _objects(decoded.text)
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise unreadable("shape")
    names = list(dict.fromkeys(name for each in objects for name in each))
    if not objects or not names:
        raise refuse("E-FILE-02")
    if len(names) > MAXIMUM_COLUMNS:
        raise unreadable("wide", limit=MAXIMUM_COLUMNS)
    nested = [name for name in names if any(isinstance(each.get(name), dict | list) for each in objects)]
    if nested:
        raise unreadable("nested", cols=_listed(nested))
    columns = [pa.chunked_array([pa.array([_text(each.get(name)) for each in objects], pa.string())]) for name in names]
    rows = pa.chunked_array([pa.array(range(2, len(objects) + 2), pa.int64())])
    kept, table = without_blank([tidy(name) for name in names], columns, rows)
    raw = RawTable(
        columns=tuple(kept),
        table=table,
        format="json" if is_list else "ndjson",
        encoding=decoded.encoding,
        notes=_notes(objects, names),
    )
    return with_points(raw, contract)


def _notes(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> tuple[Note, ...]:
    empty = [_empty_kinds(each, len(names)) for each in objects]
    notes = []
    if len(frozenset().union(*empty)) > 1:
        notes.append(Note("W-KEEP-01", kept_not("absent", n=sum(map(bool, empty)))))
    mixed = [name for name in names if len({_kind(each.get(name)) for each in objects} - {None}) > 1]
    if mixed:
        notes.append(Note("W-KEEP-01", kept_not("quoted", names=_listed(mixed))))
    return tuple(notes)


def _empty_kinds(each: dict[str, Any], width: int) -> frozenset[str]:
    """Return which kinds of empty an object has: null, an empty text, a name that is not there."""
    found = {"null" if value is None else "text" for value in each.values() if value is None or value == ""}
    return frozenset(found | {"absent"} if len(each) < width else found)


def _kind(value: object) -> type | None:
    return None if value is None or value == "" else type(value)


def _objects(text: str) -> list[Any]:
    """Return one object a line (NDJSON), or the one object that takes several lines."""
    lines = [line for line in re.split(r"\r?\n", text) if line.strip()]
    if len(lines) > 1 and not lines[0].rstrip().endswith("}"):
        return [_parsed(text)]
    return [_parsed(line) for line in lines]


def _parsed(text: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_float=_Written, parse_int=_Written, parse_constant=_no_constant
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise unreadable("damaged", kind="JSON") from error


class _Written(str):
    """A number as the file writes it."""

    __slots__ = ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise unreadable("shape")
    return found


def _no_constant(_: str) -> NoReturn:
    raise unreadable("damaged", kind="JSON")  # NaN and Infinity are no JSON


def _text(value: Any) -> str | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if not text.isascii() and SURROGATE.search(text):
        raise unreadable("damaged", kind="JSON")
    return text


def _listed(names: Sequence[str]) -> str:
    return ", ".join(tidy(name)[:40] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
