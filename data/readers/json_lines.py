"""JSON: a list of flat objects, or one flat object a line (NDJSON), each a row; numbers stay as they are written.

Belongs here: which kind of JSON a text is, the flat shapes and what they cannot be. Does not: payloads of sensors (sensor_things,
context_entities) and forms (field_json).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from data.contracts.model import Contract
from data.readers.context_entities import is_entities, read_entities
from data.readers.decode import Decoded
from data.readers.json_values import MAXIMUM_COLUMNS, cell, documents, listed, table_of
from data.readers.raw import Format, Note, RawTable
from data.readers.refusals import kept_not, refuse, unreadable
from data.readers.sensor_things import is_sensor_things, read_sensor_things


def looks_like_json(text: str) -> bool:
    """Whether a text begins as a JSON list of objects or an object does."""
    return bool(re.match(r"\s*(\[\s*[\[{\]]|\{\s*[\"}])", text))


def read_json(decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read JSON by what it holds: observations of SensorThings, entities of NGSI, or flat objects, one a row.

    Columns come in the order in which names first appear, rows are counted from 2.

    Raises
    ------
    Refused
        E-FILE-01: no JSON, another shape, a name twice in one object, objects or lists as values; E-FILE-02: no rows.
    """
    objects = documents(decoded.text)
    if is_sensor_things(objects):
        return read_sensor_things(objects, decoded, contract)
    if is_entities(objects):
        return read_entities(objects, decoded, contract)
    return _flat(objects, decoded, contract)


def _flat(objects: list[Any], decoded: Decoded, contract: Contract | None) -> RawTable:
    if not all(isinstance(each, dict) for each in objects):
        raise unreadable("shape")
    names = list(dict.fromkeys(name for each in objects for name in each))
    if not objects or not names:
        raise refuse("E-FILE-02")
    if len(names) > MAXIMUM_COLUMNS:
        raise unreadable("wide", limit=MAXIMUM_COLUMNS)
    nested = [name for name in names if any(isinstance(each.get(name), dict | list) for each in objects)]
    if nested:
        raise unreadable("nested", cols=listed(nested))
    rows = [{name: cell(value) for name, value in each.items()} for each in objects]
    form: Format = "json" if decoded.text.lstrip().startswith("[") else "ndjson"
    return table_of(rows, form, decoded.encoding, _notes(objects, names), contract)


def _notes(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> tuple[Note, ...]:
    empty = [_empty_kinds(each, len(names)) for each in objects]
    notes = []
    if len(frozenset().union(*empty)) > 1:
        notes.append(Note("W-KEEP-01", kept_not("absent", n=sum(map(bool, empty)))))
    mixed = [name for name in names if len({_kind(each.get(name)) for each in objects} - {None}) > 1]
    if mixed:
        notes.append(Note("W-KEEP-01", kept_not("quoted", names=listed(mixed))))
    return tuple(notes)


def _empty_kinds(each: dict[str, Any], width: int) -> frozenset[str]:
    """Return which kinds of empty an object has: null, an empty text, a name that is not there."""
    found = {"null" if value is None else "text" for value in each.values() if value is None or value == ""}
    return frozenset(found | {"absent"} if len(each) < width else found)


def _kind(value: object) -> type | None:
    return None if value is None or value == "" else type(value)
