"""What sections draw from: the results document, its analyses ready to show, and words in one language.

Belongs here: picking out analyses, blocks that several sections need. Does not: any section.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data.codebooks import codebooks
from data.messages import Language
from data.reference import zones
from experiments.registry.vocabulary import value_name
from experiments.report.blocks import Column, Missing, Row, Table
from experiments.report.html import Line, line
from experiments.report.numerals import NO_NUMBER, decimals
from experiments.report.sentences import headline
from experiments.report.wording_sections import said

NUMBER_COLUMNS = ("effect", "std_error", "intervals", "df", "p", "p_adjusted")


@dataclass(frozen=True)
class Source:
    """A results document in one language, its analyses made ready once."""

    document: dict[str, Any]
    language: Language
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, document: dict[str, Any], language: Language) -> Source:
        """Return the source of a document."""
        return cls(document, language, tuple(line(entry, language) for entry in document["analyses"]))

    def say(self, key: str, **values: object) -> str:
        """Return a fixed word."""
        return said(key, self.language, **values)

    def own(self, text: dict[str, str]) -> str:
        """Return a text that came with the results."""
        return text[self.language]

    def missing(self, key: str) -> Missing:
        """Return the block that says what is not reported; `key` names what."""
        return Missing(self.say("lacks", what=self.say(key)))

    @property
    def accounts(self) -> dict[str, Any]:
        """What stands beside the estimates; nothing in results of earlier versions."""
        found: dict[str, Any] = self.document.get("accounts") or {}
        return found

    def arm(self, name: str) -> str:
        """Return what an arm is called."""
        arms = {item["id"]: item["label"] for item in self.document["design"]["arms"]}
        return self.own(arms[name]) if name in arms else name

    def zone(self, code: str) -> str:
        """Return what a zone is called."""
        known = zones()
        return known[code].name.get(self.language) if code in known else code

    def variable(self, dataset: str, name: str) -> str:
        """Return what the codebook calls a column."""
        panel = codebooks().panels.get(dataset)
        words = panel.columns.get(name) if panel else None
        return words.label.get(self.language) if words else name

    def told(self, count: int | None) -> str:
        """Return a count; a number that may not be shown says so."""
        return self.say("held") if count is None else counted(count)

    def share(self, value: float | None) -> str:
        """Return a share in percent; one that may not be shown says so."""
        return self.say("held") if value is None else f"{100 * value:.1f} %"

    def held(self, text: str) -> str:
        """Return a number as text; a dash becomes the word for what is held back."""
        return self.say("held") if text == NO_NUMBER else text

    def beside(self, lines_of: Callable[[dict[str, Any], int, Language], tuple[str, ...]]) -> tuple[str, ...]:
        """Return what stands beside the effects (`experiments.report.beside`), each line with its analysis."""
        return tuple(
            f"{item.id}{self.say('colon')}{told}"
            for item in self.lines
            for row in (headline(item.entry),)
            for told in lines_of(item.entry, decimals(row["std_error"], row["estimate"]), self.language)
        )

    @property
    def claims(self) -> tuple[Line, ...]:
        """Analyses that were meant to confirm something."""
        return tuple(item for item in self.lines if item.claim)

    @property
    def confirmatory(self) -> tuple[Line, ...]:
        """Analyses that may be called confirmatory, or deviate from what may."""
        return tuple(item for item in self.lines if item.confirmatory)

    @property
    def exploratory(self) -> tuple[Line, ...]:
        """All others."""
        return tuple(item for item in self.lines if not item.confirmatory)


def named(field: str, code: str, language: Language) -> str:
    """Return what a protocol's code is called.

    >>> named("evaluation_method", "did", "zh")
    '双重差分'
    """
    return value_name("", field, code).get(language)


def joined(parts: list[str], language: Language) -> str:
    """Return names as a list inside a sentence.

    >>> joined(["甲", "乙"], "zh")
    '甲、乙'
    """
    return ("、" if language == "zh" else ", ").join(parts)


def minute(time: str) -> str:
    """Return a recorded time to the minute, in UTC.

    >>> minute("2026-03-02T10:20:30+00:00")
    '2026-03-02 10:20'
    """
    return time[:16].replace("T", " ")


def counted(number: int | None) -> str:
    """Return a count with thousands separated; a dash where nothing was counted.

    >>> counted(12000), counted(None)
    ('12,000', '–')
    """
    return f"{number:,}" if number is not None else "–"


def spread(item: Line) -> str:
    """Return an interval as text."""
    return f"{item.low} … {item.high}"


def numbers(source: Source, found: tuple[Line, ...], caption: str) -> Table:
    """Return the table with every number of some analyses."""
    columns = (
        Column(source.say("analysis"), width=2.4),
        Column(source.say("effect"), "number", 1.2),
        *(Column(source.say(key), "number", 1.9 if key == "intervals" else 0.9) for key in NUMBER_COLUMNS[1:]),
        Column(source.say("rows"), "number"),
        Column(source.say("clusters"), "number"),
    )
    return Table(caption, columns, tuple(_row(item) for item in found))


def _row(item: Line) -> Row:
    result = item.entry["result"]
    effect = f"{item.estimate}\n{item.unit}".strip()
    shown = (effect, item.std_error, spread(item), item.df, item.p, item.p_adjusted)
    return Row((f"{item.outcome}\n{item.id}", *shown, counted(result["n_obs"]), counted(result["n_clusters"])))
