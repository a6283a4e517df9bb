"""The codebook as a page: one self-contained HTML file a language, no script, no font, no request to anywhere.

Belongs here: `Codebook` → HTML, numbers as a reader wants them. Does not: counting and protection, files for programs (files).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from data.messages import Language, Text
from quality.codebook.describe import Codebook, Entry, TableBook, waves_shown
from quality.codebook.files import NO_REASON
from quality.codebook.protection import WaveShown
from quality.codebook.words import COMPARED, GRADES, KINDS, LEVELS, SUBJECTS, TRANSFORMS, WORDS

TEMPLATES = Path(__file__).resolve().parent / "templates"
MANY = 12
"""Waves up to which every one is a column; a longer series is told by its first and last and its range."""
DASH = "–"


def as_html(book: Codebook, language: Language) -> str:
    """Return the page in one language; labels of the other stand below."""
    words = {name: text.get(language) for name, text in WORDS.items()}
    return str(
        _template().render(
            book=book, w=words, lang="zh-CN" if language == "zh" else "en", other="en" if language == "zh" else "zh",
            say=lambda text: text.get(language), beside=lambda text: text.get("en" if language == "zh" else "zh"),
            tables=[_table(book, table, language) for table in book.tables],
        )
    )  # fmt: skip


def _table(book: Codebook, table: TableBook, language: Language) -> dict[str, Any]:
    return {
        "book": table,
        "subject": SUBJECTS[table.subject].get(language),
        "rows": f"{table.rows:,}",
        "waves": _waves_told(table.waves),
        "entries": [_entry(book, entry, language) for entry in table.entries],
    }


def _waves_told(waves: tuple[str, ...]) -> str:
    named = [wave for wave in waves if wave]
    return ", ".join(named) if len(named) <= MANY else f"{named[0]} {DASH} {named[-1]} ({len(named)})"


def _entry(book: Codebook, entry: Entry, language: Language) -> dict[str, Any]:
    waves = waves_shown(entry)
    return {
        "book": entry,
        "grade": GRADES[entry.grade].get(language),
        "kind": KINDS.get(entry.kind, Text(en=entry.kind, zh=entry.kind)).get(language),
        "level": LEVELS[entry.level].get(language),
        "counts": _counts(book, waves, language),
        "codes": _codes(entry, language),
        "numbers": _numbers(entry, language),
        "breaks": _told_once(entry),
        "compared": [
            {
                "row": each,
                "waves": each.wave_first
                if each.wave_first == each.wave_last
                else f"{each.wave_first} {DASH} {each.wave_last}",
                "how": COMPARED[each.comparability].get(language),
                "transform": TRANSFORMS[each.transform].get(language),
            }
            for each in entry.compared
        ],
    }


def _told_once(entry: Entry) -> list[tuple[str, Text]]:
    """Return the breaks of a variable: two sources may break at one wave for one reason."""
    found = {(each.wave_first, each.broken.en): each.broken for each in entry.compared if each.broken is not None}
    return [(at, text) for (at, _), text in sorted(found.items())]


def _counts(book: Codebook, waves: tuple[WaveShown, ...], language: Language) -> dict[str, Any]:
    """Return the table of counts: a row per wave, a column per reason that occurs; long series as first and last waves."""
    reasons = sorted({status for wave in waves for status in wave.missing}, key=lambda status: (status < 0, status))
    heads = [book.statuses.get(status, NO_REASON).get(language) for status in reasons]
    rows = [
        {
            "wave": wave.wave or DASH,
            "cells": [_cell(wave.rows), _cell(wave.valid), *(_cell(wave.missing.get(status, 0)) for status in reasons)],
        }
        for wave in waves
    ]
    return {"heads": heads, "rows": rows, "long": len(rows) > MANY}


def _codes(entry: Entry, language: Language) -> list[dict[str, Any]]:
    known = {code: rows for code, rows in entry.shown.codes.items() if rows is not None}
    most = max(known.values(), default=0)
    return [
        {
            "code": code,
            "label": text.get(language),
            "beside": text.get("en" if language == "zh" else "zh"),
            "rows": _cell(entry.shown.codes.get(code)),
            "bar": round(100 * known[code] / most) if most and code in known else 0,
        }
        for code, text in entry.codes.items()
    ]


def _numbers(entry: Entry, language: Language) -> list[tuple[str, str]]:
    seen = entry.shown
    named: list[tuple[str, float | None]] = [
        (WORDS["mean"].get(language), seen.mean),
        (WORDS["sd"].get(language), seen.sd),
        (WORDS["least"].get(language), seen.least),
        *((name, value) for name, value in seen.quantiles.items()),
        (WORDS["greatest"].get(language), seen.greatest),
        (WORDS["distinct"].get(language), seen.distinct),
    ]
    return [(name, _number(value)) for name, value in named if value is not None]


def _cell(rows: int | None) -> str:
    return "·" if rows is None else f"{rows:,}"


def _number(value: float) -> str:
    """Return a number as a reader wants it.

    >>> _number(1987.0), _number(0.12345), _number(1234567.891)
    ('1987', '0.1235', '1,234,568')
    """
    if float(value).is_integer():
        return f"{value:.0f}" if abs(value) < 10_000 else f"{value:,.0f}"  # noqa: PLR2004 - a year has no comma
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"  # noqa: PLR2004 - as above


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("codebook.html.j2")
