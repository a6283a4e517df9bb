"""What a report is made of: sections of typed blocks that hold finished texts, so that one number is the same in every file.

Belongs here: the kinds of blocks and their form as JSON values. Does not: what stands in a report (sections), drawing
(typeset, word_file, templates).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from data.messages import Language
from experiments.report.forest import Forest

State = Literal["reported", "partly", "not_reported"]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `tone` says whether it is the text itself or a note on how to read it."""

    text: str
    tone: Literal["plain", "note"] = "plain"


@dataclass(frozen=True)
class Missing:
    """What belongs here and is not there, in words that say so."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list; the mark of an item says which way its result goes, in shape as in colour."""

    items: tuple[str, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is its share of the page."""

    title: str
    kind: Literal["text", "number"] = "text"
    width: float = 1.0


@dataclass(frozen=True)
class Row:
    """A row of a table: cells, or one text over its whole width (`group`, `remark`)."""

    cells: tuple[str, ...]
    kind: Literal["cells", "group", "remark"] = "cells"


@dataclass(frozen=True)
class Table:
    """A table with one header row and a caption, which readers of the file hear first."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Effect:
    """One line of the forest plot beside its mark."""

    name: str
    note: str
    value: str
    interval: str


@dataclass(frozen=True)
class Figure:
    """The forest plot; `alt` holds its numbers, and a table with the same values follows it."""

    caption: str
    alt: str
    axis: str
    effects: tuple[Effect, ...]
    forest: Forest


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and what it is."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pre:
    """Lines to be typed as they stand."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """Blocks that must not be read as part of what was promised."""

    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Missing | Bullets | Table | Figure | Facts | Pre | Box


@dataclass(frozen=True)
class Section:
    """One section of a report; `key` is the same in every language."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def state(self) -> State:
        """Return whether the section is filled, in part, or not at all.

        >>> Section("power", "Power", (Missing("Not reported."),)).state
        'not_reported'
        """
        lacks = [isinstance(block, Missing) for block in self.blocks]
        if all(lacks):
            return "not_reported"
        return "partly" if any(lacks) else "reported"


@dataclass(frozen=True)
class Report:
    """One report in one language, ready to be drawn. `moment` is the latest time that stands in the results, if any."""

    language: Language
    html_lang: str
    kicker: str
    title: str
    lead: tuple[str, ...]
    banners: tuple[str, ...]
    running: str
    page_word: str
    status: Facts
    sections: tuple[Section, ...]
    moment: str | None


def plain(value: object) -> object:
    """Return blocks as JSON values: a dataclass becomes its fields and its kind.

    >>> plain(Paragraph("a"))
    {'block': 'paragraph', 'text': 'a', 'tone': 'plain'}
    """
    if is_dataclass(value):
        named = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {"block": type(value).__name__.lower(), **named}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def texts(value: object) -> list[str]:
    """Return every text inside JSON values, such as those of `plain`.

    >>> texts({"a": ["b", {"c": "d", "e": 1}]})
    ['b', 'd']
    """
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts(part)]
