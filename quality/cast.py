r"""Text → typed value, as DuckDB expressions that give NULL where the text does not say such a value exactly.

Belongs here: what counts as a date, time, number, integer, boolean. Does not: what to say about failures (rules). DuckDB's own
casts are too kind (3.5 becomes 4, "1e3" an integer), so each cast stands behind a full match of an allowed form.
"""

from __future__ import annotations

from data.contracts import Column
from data.contracts.values import (
    CLOCK,
    CLOCK_TWELVE,
    FALSE,
    INTEGER,
    MIDNIGHT,
    MONTH_NAMED,
    NUMBER,
    OFFSET,
    TRUE,
    YEAR_FIRST,
    YEAR_LAST,
)
from data.duck import quote_text


def typed(column: Column, text: str) -> str:
    """Return the expression that turns the text expression `text` into the column's type, NULL where it does not fit."""
    text = _spelled(column, text)
    builders = {
        "string": lambda: text,
        "integer": lambda: _guarded(text, INTEGER, rf"try_cast(regexp_replace({text}, '\.0*$', '') as bigint)"),
        "number": lambda: _finite(_guarded(text, NUMBER, f"try_cast({text} as double)")),
        "boolean": lambda: _boolean(text),
        "date": lambda: _guarded(text, f"({_date(column)}){MIDNIGHT}", f"try_cast({_iso_date(column, text)} as date)"),
        "timestamp": lambda: instant(column, text),
    }
    return builders[column.type]()


def local_time(column: Column, text: str) -> str:
    """Return the timestamp expression of a text without an offset; NULL for any other text."""
    text = _spelled(column, text)
    return _guarded(text, f"({_date(column)}){CLOCK}", f"try_cast({_iso_time(column, text)} as timestamp)")


def instant(column: Column, text: str, local: str | None = None) -> str:
    """Return the timestamp-with-time-zone expression; text without an offset is local time in the column's zone.

    `local` names a column that holds `local_time(column, text)` already.
    """
    offset = _guarded(text, f"({_date(column)}){CLOCK}{OFFSET}", _offset_instant(column, text))
    naive = local or local_time(column, text)
    return f"case when {naive} is not null then timezone({quote_text(column.timezone)}, {naive}) else {offset} end"


def unclear_instant(column: Column, local: str, value: str) -> str:
    """Return the condition that a local time did not exist or happened twice when clocks changed.

    The instant an hour earlier or later reads as the same local time (twice), or the instant reads as another one (never).
    """
    zone = quote_text(column.timezone)
    readings = " or ".join(f"timezone({zone}, {value} {shift} interval 1 hour) = {local}" for shift in ("+", "-"))
    return f"{local} is not null and (timezone({zone}, {value}) <> {local} or {readings})"


def composed(parts: tuple[str, ...]) -> str:
    """Return the text that year, month, day, hour, minute, second columns make up; NULL when all are empty.

    A part that is empty or not a whole number spoils the text, so that the cast refuses it.
    """
    tidy = [rf"coalesce(regexp_replace({part}, '\.0*$', ''), '?')" for part in parts]
    day = " || '-' || ".join(tidy[:3])
    padded = [f"right('0' || {part}, greatest(2, length({part})))" for part in tidy[3:6]]
    clock = " || ':' || ".join([*padded, "'00'"] if len(padded) == 1 else padded)
    text = f"{day} || ' ' || {clock}" if padded else day
    return f"case when coalesce({', '.join(parts)}) is not null then {text} end"


def _offset_instant(column: Column, text: str) -> str:
    """Subtract the offset by hand: DuckDB's cast wants seconds and a colon, spreadsheets write neither."""
    clock = f"try_cast(regexp_replace({_iso_time(column, text)}, '{OFFSET}$', '') as timestamp)"
    digits = f"regexp_replace(regexp_extract({text}, '{OFFSET}$'), '[ Z:+-]', '', 'g')"
    minutes = f"coalesce(try_cast(left({digits}, 2) as integer) * 60 + try_cast(right({digits}, 2) as integer), 0)"
    sign = rf"case when regexp_matches({text}, '-\d{{2}}:?\d{{2}}$') then -1 else 1 end"
    return f"timezone('UTC', {clock}) - to_minutes({sign} * {minutes})"


def _matches(text: str, form: str) -> str:
    return f"regexp_full_match({text}, {quote_text(form)})"


def _guarded(text: str, form: str, cast: str) -> str:
    return f"case when {_matches(text, form)} then {cast} end"


def _finite(number: str) -> str:
    return f"(case when isfinite({number}) then {number} end)"


def _boolean(text: str) -> str:
    """Match the words as one pattern: as two lists they cost DuckDB 0.1 s a column, and a form has a hundred such columns."""
    yes, no = (f"(?i:{'|'.join(words)})" for words in (TRUE, FALSE))
    return f"case when {_matches(text, yes)} then true when {_matches(text, no)} then false end"


def _spelled(column: Column, text: str) -> str:
    """Write a date whose month is named (Jun 25, 2019 3:04:05 PM) as the other forms are written."""
    if column.date_order != "named":
        return text
    named = _guarded(
        text, f"{MONTH_NAMED}({CLOCK_TWELVE})?", f"try_strptime({text}, ['%b %d, %Y %I:%M:%S %p', '%b %d, %Y'])"
    )
    return f"coalesce(strftime({named}, '%Y-%m-%d %H:%M:%S'), {text})"


def _date(column: Column) -> str:
    """Return the forms of a date: year first always, year last where the contract says what comes before it."""
    return f"{YEAR_FIRST}|{YEAR_LAST}" if column.date_order in ("dmy", "mdy") else YEAR_FIRST


def _iso_date(column: Column, text: str) -> str:
    return rf"regexp_extract({_dashed(column, text)}, '^\d+-\d+-\d+')"


def _iso_time(column: Column, text: str) -> str:
    return f"replace({_dashed(column, text)}, 'T', ' ')"


def _dashed(column: Column, text: str) -> str:
    """Write the day with hyphens, year first; the clock's decimal point must stay."""
    dashed = rf"regexp_replace({text}, '^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?', '\1-\2-\3')"
    if column.date_order in ("ymd", "named"):
        return dashed
    turned = r"\3-\2-\1" if column.date_order == "dmy" else r"\3-\1-\2"
    return rf"regexp_replace({dashed}, '^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}})', '{turned}')"
