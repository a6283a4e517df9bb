"""JSON as it is written: numbers keep their digits, a name stands once in an object, what is nested can be written back.

Belongs here: parsing, the text of a cell, rows of named cells → table. Does not: what the objects of one kind of document mean
(json_lines, sensor_things, context_entities).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pyarrow as pa

from data.contracts.model import Contract
from data.readers.header import tidy
from data.readers.numerals import with_points
from data.readers.raw import Format, Note, RawTable, without_blank
from data.readers.refusals import kept_not, refuse, unreadable

SHOWN, MAXIMUM_COLUMNS, DEEPEST = 8, 4096, 30
SURROGATE = re.compile("[\ud800-\udfff]")
Cells = dict[str, str | None]


class Written(str):
    """A number as the file writes it."""

    __slots__ = ()


def parsed(text: str) -> Any:  # noqa: ANN401
    """Return a JSON document; numbers are `Written`. Refused (E-FILE-01): damaged, or a name twice in one object."""
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_float=Written, parse_int=Written, parse_constant=_no_constant
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise unreadable("damaged", kind="JSON") from error


def documents(text: str) -> list[Any]:
    r"""Return the members of a list, the objects that stand one a line (NDJSON), or the one object of several lines.

    >>> documents('[{"a": 1}]'), documents('{"a": 1}\n{"a": 2}')
    ([{'a': '1'}], [{'a': '1'}, {'a': '2'}])
    """
    if text.lstrip().startswith("["):
        found = parsed(text)
        return found if isinstance(found, list) else [found]
    lines = [line for line in re.split(r"\r?\n", text) if line.strip()]
    if len(lines) > 1 and not lines[0].rstrip().endswith("}"):
        return [parsed(text)]
    return [parsed(line) for line in lines]


def cell(value: Any) -> str | None:  # noqa: ANN401
    """Return a value as the text of a cell; null and the empty text are an empty cell, what is nested is JSON.

    >>> cell(True), cell([1, "a"]), cell("")
    ('true', '[1, "a"]', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = written(value) if isinstance(value, dict | list) else str(value)
    if not text.isascii() and SURROGATE.search(text):
        raise unreadable("damaged", kind="JSON")
    return text


def written(value: Any) -> str:  # noqa: ANN401
    """Return a value as JSON, its numbers with the digits of the file.

    >>> written(parsed('{"a": [1.50, null, "x"]}'))
    '{"a": [1.50, null, "x"]}'
    """
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(each)}" for name, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def is_text(value: object) -> bool:
    """Whether a value is a text in the file, and not a number."""
    return isinstance(value, str) and not isinstance(value, Written)


def put(cells: Cells, name: str, value: Any, structures: dict[str, None], depth: int = 0) -> None:  # noqa: ANN401
    """Add a value under a name: an object by the paths of its members, a list as JSON, which `structures` then names.

    >>> cells, told = {}, {}
    >>> put(cells, "a", {"b": "1", "c": ["2", "3"]}, told)
    >>> cells, list(told)
    ({'a.b': '1', 'a.c': '["2", "3"]'}, ['a.c'])
    """
    if isinstance(value, dict) and value and depth < DEEPEST:
        for inner, each in value.items():
            put(cells, f"{name}.{inner}", each, structures, depth + 1)
    else:
        put_whole(cells, name, value, structures)


def put_whole(cells: Cells, name: str, value: Any, structures: dict[str, None]) -> None:  # noqa: ANN401
    """Add a value under a name as one cell; a list or an object is JSON, which `structures` then names.

    Raises
    ------
    Refused
        E-FILE-01: the name has a value already.
    """
    if name in cells:
        raise unreadable("shape")
    if isinstance(value, dict | list):
        structures[name] = None
    cells[name] = cell(value)


def point_cells(place: Any) -> Cells:  # noqa: ANN401
    """Return the coordinates of a GeoJSON point, bare or as the geometry of a feature; nothing for other shapes.

    >>> point_cells({"type": "Point", "coordinates": ["120.1", "30.2"]})
    {'longitude': '120.1', 'latitude': '30.2'}
    """
    if isinstance(place, dict) and isinstance(place.get("geometry"), dict):
        place = place["geometry"]
    numbers = place.get("coordinates") if isinstance(place, dict) and place.get("type") == "Point" else None
    if not isinstance(numbers, list) or len(numbers) not in (2, 3):
        return {}
    return {axis: cell(each) for axis, each in zip(("longitude", "latitude", "altitude"), numbers, strict=False)}


def table_of(
    rows: Sequence[Cells],
    form: Format,
    encoding: str | None,
    notes: tuple[Note, ...],
    contract: Contract | None,
) -> RawTable:
    """Return rows of named cells as a table, columns in the order in which names first appear, rows counted from 2.

    Raises
    ------
    Refused
        E-FILE-01: more columns than a table has; E-FILE-02: no rows.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        raise refuse("E-FILE-02")
    if len(names) > MAXIMUM_COLUMNS:
        raise unreadable("wide", limit=MAXIMUM_COLUMNS)
    columns = [pa.chunked_array([pa.array([row.get(name) for row in rows], pa.string())]) for name in names]
    numbers = pa.chunked_array([pa.array(range(2, len(rows) + 2), pa.int64())])
    kept, table = without_blank([tidy(name) for name in names], columns, numbers)
    return with_points(RawTable(tuple(kept), table, form, encoding=encoding, notes=notes), contract)


def emptiness(rows: Sequence[Cells]) -> tuple[Note, ...]:
    """Return the note that says what an empty cell no longer tells, where some were null and some were not there."""
    width = len(frozenset().union(*rows))
    null = sum(None in row.values() for row in rows)
    if not null or all(len(row) == width for row in rows):
        return ()
    return (Note("W-KEEP-01", kept_not("absent", n=null)),)


def listed(names: Sequence[str] | Mapping[str, object]) -> str:
    """Return the first names, for a note."""
    shown = list(names)
    return ", ".join(tidy(name)[:40] for name in shown[:SHOWN]) + (" …" if len(shown) > SHOWN else "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise unreadable("shape")
    return found


def _no_constant(_: str) -> NoReturn:
    raise unreadable("damaged", kind="JSON")  # NaN and Infinity are no JSON
