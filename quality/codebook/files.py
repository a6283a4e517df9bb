"""The codebook as files for programs: one JSON document, three CSV tables.

Belongs here: `Codebook` → text. Does not: the page (page). Numbers held back are null in JSON and empty in CSV, beside a column
that says so: an empty cell is never a zero.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from data.messages import Text
from quality.codebook.comparability import Compared
from quality.codebook.describe import Asked, Codebook, Entry, TableBook, waves_shown
from quality.codebook.lineage import Way

SCHEMA_VERSION = 1


def as_json(book: Codebook) -> str:
    """Return the codebook as a JSON document; both languages stand beside each other."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "release_id": book.release_id,
        "built_at": book.built_at,
        "simulated": book.simulated,
        "terms": book.terms.model_dump(),
        "min_cell": book.min_cell,
        "statuses": {str(status): text.model_dump() for status, text in book.statuses.items()},
        "tables": [_table(table) for table in book.tables],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_csv(book: Codebook) -> dict[str, str]:
    """Return file name → text with a byte order mark, as spreadsheets want it."""
    pairs = [(table, entry) for table in book.tables for entry in table.entries]
    return {
        "variables.csv": _sheet(_VARIABLES, (_variable_row(table, entry) for table, entry in pairs)),
        "waves.csv": _sheet(_WAVES, (row for table, entry in pairs for row in _wave_rows(book, table, entry))),
        "codes.csv": _sheet(_CODES, (row for table, entry in pairs for row in _code_rows(table, entry))),
    }


def _table(table: TableBook) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title.model_dump(),
        "about": table.about.model_dump(),
        "key": list(table.key),
        "rows": table.rows,
        "subject": table.subject,
        "protected": table.protected,
        "waves": list(table.waves),
        "lineage": _way(table.way),
        "variables": [_entry(entry) for entry in table.entries],
        "columns_left_out": list(table.left_out),
    }


def _way(way: Way | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {"sources": list(way.sources), "seeds": list(way.seeds), "models": list(way.models), "steps": way.steps}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "type": entry.kind,
        "label": entry.label.model_dump(),
        "description": entry.description,
        "unit": entry.unit,
        "grade": entry.grade,
        "level": entry.level,
        "codes": {code: text.model_dump() for code, text in entry.codes.items()},
        "asked": [_asked(each) for each in entry.asked],
        "comparability": [_compared(each) for each in entry.compared],
        "waves": [
            {
                "wave": wave.wave,
                "rows": wave.rows,
                "valid": wave.valid,
                "missing": {str(status): rows for status, rows in wave.missing.items()},
            }
            for wave in waves_shown(entry)
        ],
        "distribution": _distribution(entry),
    }


def _distribution(entry: Entry) -> dict[str, Any]:
    seen = entry.shown
    return {
        "codes": dict(seen.codes),
        "mean": seen.mean,
        "sd": seen.sd,
        "quantiles": dict(seen.quantiles),
        "least": seen.least,
        "greatest": seen.greatest,
        "distinct": seen.distinct,
        "held_back": seen.holds_back,
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "contract": asked.contract,
        "contract_version": asked.version,
        "title": asked.title.model_dump(),
        "column": asked.column,
        "question": asked.question.model_dump(),
        "universe": asked.universe.model_dump(),
        "routing": asked.routing,
        "prices": asked.prices,
        "instruments": [{"version": version, "waves": list(waves)} for version, waves in asked.instruments],
    }


def _compared(each: Compared) -> dict[str, Any]:
    return {
        "instance": each.instance,
        "instrument": each.instrument,
        "wave_first": each.wave_first,
        "wave_last": each.wave_last,
        "contract": each.contract,
        "sources": list(each.sources),
        "transform": each.transform,
        "comparability": each.comparability,
        "note": each.note.model_dump() if each.note else None,
        "break": {"kind": each.break_kind, "note": each.broken.model_dump()} if each.broken else None,
    }


_VARIABLES = (
    "table", "variable", "type", "label_en", "label_zh", "unit", "grade", "level", "question_en", "question_zh", "universe_en",
    "universe_zh", "routing", "contracts", "instruments", "prices", "breaks_at", "mean", "sd", "p10", "p25", "p50", "p75", "p90",
    "least", "greatest", "distinct", "some_held_back",
)  # fmt: skip
_WAVES = ("table", "variable", "wave", "what", "status", "reason_en", "reason_zh", "rows", "held_back")
_CODES = ("table", "variable", "code", "label_en", "label_zh", "rows", "held_back")


def _variable_row(table: TableBook, entry: Entry) -> list[object]:
    first = entry.asked[0] if entry.asked else None
    question, universe = (first.question, first.universe) if first else (Text(en="", zh=""), Text(en="", zh=""))
    seen = entry.shown
    versions = [f"{each.contract}:{version}" for each in entry.asked for version, _ in each.instruments]
    return [
        table.name, entry.name, entry.kind, entry.label.en, entry.label.zh, entry.unit, entry.grade, entry.level, question.en,
        question.zh, universe.en, universe.zh, first.routing if first else None, " ".join(each.contract for each in entry.asked),
        " ".join(versions), first.prices if first else None,
        " ".join(dict.fromkeys(each.wave_first for each in entry.compared if each.broken)), seen.mean, seen.sd,
        *(seen.quantiles.get(name) for name in ("p10", "p25", "p50", "p75", "p90")), seen.least, seen.greatest, seen.distinct,
        int(seen.holds_back),
    ]  # fmt: skip


def _wave_rows(book: Codebook, table: TableBook, entry: Entry) -> Iterator[list[object]]:
    for wave in waves_shown(entry):
        head = [table.name, entry.name, wave.wave]
        yield [*head, "rows", None, None, None, wave.rows, int(wave.rows is None)]
        yield [*head, "valid", 0, "valid", "有效", wave.valid, int(wave.valid is None)]
        for status, rows in wave.missing.items():
            reason = book.statuses.get(status, NO_REASON)
            yield [*head, "missing", status if status >= 0 else None, reason.en, reason.zh, rows, int(rows is None)]


def _code_rows(table: TableBook, entry: Entry) -> Iterator[list[object]]:
    for code, text in entry.codes.items():
        known = code in entry.shown.codes
        rows = entry.shown.codes.get(code)
        yield [table.name, entry.name, code, text.en, text.zh, rows, int(not known or rows is None)]


NO_REASON = Text(en="no reason recorded", zh="未记录原因")


def _sheet(header: Sequence[str], rows: Iterator[list[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()
