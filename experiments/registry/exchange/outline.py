"""A protocol as an outline for readers: sections, entries, and values as words, lists, tables and groups, in both languages.

Belongs here: turning typed values into a few shapes that any page can draw. Does not: drawing them (html, markdown), the words
(fields, vocabulary), who may see what (visibility).
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.messages import Text
from experiments.registry.fields import SectionOf, sections
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Stage, Words
from experiments.registry.vocabulary import field_name, value_name

YES, NO = Text(en="yes", zh="是"), Text(en="no", zh="否")
COMPACT_ROWS = 2
GRID_COLUMNS = 6
"""A list of parts with more filled fields than this is drawn as groups: a wider table does not fit on paper."""


@dataclass(frozen=True)
class Said:
    """A value in words: a code's meaning in both languages, a number, a name. `code` marks what a machine reads."""

    text: Text
    code: bool = False
    kind: str = "said"


@dataclass(frozen=True)
class Prose:
    """Words of the authors, in one language or both."""

    text: Words
    kind: str = "prose"


@dataclass(frozen=True)
class Series:
    """Several short values."""

    items: tuple[Node, ...]
    kind: str = "series"


@dataclass(frozen=True)
class Group:
    """Named values that belong together; `title` where the part has a name of its own."""

    title: str
    rows: tuple[tuple[Text, Node], ...]
    kind: str = "group"

    @property
    def compact(self) -> bool:
        """Whether it fits on one line without its labels, such as a date and its type, or a size and its unit."""
        return len(self.rows) <= COMPACT_ROWS and all(value.kind in ("said", "prose") for _, value in self.rows)


@dataclass(frozen=True)
class Grid:
    """Parts of one kind as a table; a cell is None where a part leaves it empty."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    kind: str = "grid"


@dataclass(frozen=True)
class Groups:
    """Parts of one kind that are too wide for a table."""

    items: tuple[Group, ...]
    kind: str = "groups"


Node = Said | Prose | Series | Group | Grid | Groups


@dataclass(frozen=True)
class Entry:
    """One field: its name, its value; None where nothing is filled in. `stage` is from when on it must be."""

    name: str
    label: Text
    stage: Stage | None
    value: Node | None


@dataclass(frozen=True)
class Chapter:
    """One section: what is filled, what is not, what may not be shown."""

    key: str
    title: Text
    filled: tuple[Entry, ...]
    empty: tuple[Entry, ...]
    withheld: tuple[Entry, ...]


def outline(protocol: Protocol, visible: frozenset[str]) -> tuple[Chapter, ...]:
    """Return the protocol's sections A to K for readers; fields that are not in `visible` are named, not shown."""
    return tuple(_chapter(section, protocol, visible) for section in sections())


def _chapter(section: SectionOf, protocol: Protocol, visible: frozenset[str]) -> Chapter:
    entries = [
        Entry(
            item.name,
            item.facts.label or field_name("Protocol", item.name),
            item.facts.stage,
            _of_field(protocol, item.name) if item.name in visible else None,
        )
        for item in section.fields
    ]
    return Chapter(
        section.key,
        section.title,
        tuple(entry for entry in entries if entry.value is not None),
        tuple(entry for entry in entries if entry.value is None and entry.name in visible),
        tuple(entry for entry in entries if entry.name not in visible),
    )


def _of_field(part: BaseModel, name: str) -> Node | None:
    value, info = getattr(part, name), type(part).model_fields[name]
    return _node(value, info, "Protocol" if isinstance(part, Protocol) else type(part).__name__, name)


def _node(value: Any, info: FieldInfo, part: str, name: str) -> Node | None:  # noqa: ANN401 - any value of a protocol
    if value is None or value in ("", (), {}):
        return None
    if isinstance(value, Text):
        return Prose(Words(en=value.en, zh=value.zh))
    if isinstance(value, BaseModel):
        return _group(value)
    if isinstance(value, list | tuple | dict):
        return _several(value, info, part, name)
    return _scalar(value, info, part, name)


def _several(value: Any, info: FieldInfo, part: str, name: str) -> Node:  # noqa: ANN401
    if isinstance(value, dict):
        rows = ((Text(en=str(key), zh=str(key)), _node(inner, info, part, name)) for key, inner in value.items())
        return Group("", tuple((key, found) for key, found in rows if found is not None))
    if isinstance(value[0], BaseModel) and not isinstance(value[0], Text):
        return _parts(tuple(value))
    return Series(tuple(found for item in value if (found := _node(item, info, part, name)) is not None))


def _scalar(value: object, info: FieldInfo, part: str, name: str) -> Said:
    if isinstance(value, bool):
        return Said(YES if value else NO)
    if isinstance(value, str) and _from_vocabulary(info.annotation):
        return Said(value_name(part, name, value))
    return Said(
        Text(en=str(value), zh=str(value)), code=isinstance(value, str) and value.isascii() and " " not in value
    )


def _from_vocabulary(kind: Any) -> bool:  # noqa: ANN401 - a type expression
    origin = get_origin(kind)
    if origin is Literal:
        return True
    if origin in (Annotated, tuple, Union, types.UnionType):
        return any(_from_vocabulary(inner) for inner in get_args(kind))
    return False


def _group(part: BaseModel) -> Group:
    rows = [(field_name(type(part).__name__, name), name, _of_field(part, name)) for name in type(part).model_fields]
    head = next((name for _, name, _ in rows if name in ("id", "arm_id", "zone_id", "wave_id")), None)
    return Group(
        str(getattr(part, head)) if head else "",
        tuple((label, value) for label, name, value in rows if value is not None and name != head),
    )


def _parts(parts: tuple[BaseModel, ...]) -> Grid | Groups:
    names = [name for name in type(parts[0]).model_fields if any(_of_field(part, name) is not None for part in parts)]
    cells = [[_of_field(part, name) for name in names] for part in parts]
    flat = all(_fits(cell) for row in cells for cell in row)
    if flat and len(names) <= GRID_COLUMNS:
        columns = tuple(field_name(type(parts[0]).__name__, name) for name in names)
        return Grid(columns, tuple(tuple(row) for row in cells))
    return Groups(tuple(_group(part) for part in parts))


def _fits(cell: Node | None) -> bool:
    return cell is None or cell.kind in ("said", "prose", "series") or (isinstance(cell, Group) and cell.compact)
