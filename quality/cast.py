r"""Text → typed value, as DuckDB expressions that give NULL where the text does not say such a value exactly.

Belongs here: what counts as a date, time, number, integer, boolean. Does not: what to say about failures (rules). DuckDB's own
casts are too kind (3.5 becomes 4, "1e3" an integer), so each cast stands behind a full match of an allowed form.
"""

from __future__ import annotations

from data.contracts import Column
from data.duck import quote_text

TRUE = ("true", "t", "yes", "y", "1", "是", "真")
FALSE = ("false", "f", "no", "n", "0", "否", "假")

INTEGER = r"[+-]?\d{1,19}(\.0*)?"
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
DATE = r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}\.\d{1,2}\.\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
MIDNIGHT = r"([ T]0?0:00(:00(\.0+)?)?)?"
CLOCK = r"([ T]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6}0*)?)?)?"
OFFSET = r"( ?Z| ?[+-]\d{2}:?\d{2})"


def typed(column: Column, text: str) -> str:
    """Return the expression that turns the text expression `text` into the column's type, NULL where it does not fit."""
    builders = {
        "string": lambda: text,
        "integer": lambda: _guarded(text, INTEGER, rf"try_cast(regexp_replace({text}, '\.0*$', '') as bigint)"),
        "number": lambda: _finite(_guarded(text, NUMBER, f"try_cast({text} as double)")),
        "boolean": lambda: _boolean(text),
        "date": lambda: _guarded(text, f"({DATE}){MIDNIGHT}", f"try_cast({_iso_date(text)} as date)"),
        "timestamp": lambda: instant(column, text),
    }
    return builders[column.type]()


def local_time(text: str) -> str:
    """Return the timestamp expression of a text without an offset; NULL for any other text."""
    return _guarded(text, f"({DATE}){CLOCK}", f"try_cast({_iso_time(text)} as timestamp)")


def instant(column: Column, text: str, local: str | None = None) -> str:
    """Return the timestamp-with-time-zone expression; text without an offset is local time in the column's zone.

    `local` names a column that holds `local_time(text)` already.
    """
    offset = _guarded(text, f"({DATE}){CLOCK}{OFFSET}", _offset_instant(text))
    naive = local or local_time(text)
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


def _offset_instant(text: str) -> str:
    """Subtract the offset by hand: DuckDB's cast wants seconds and a colon, spreadsheets write neither."""
    clock = f"try_cast(regexp_replace({_iso_time(text)}, '{OFFSET}$', '') as timestamp)"
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
    yes, no = (", ".join(map(quote_text, words)) for words in (TRUE, FALSE))
    return f"case when lower({text}) in ({yes}) then true when lower({text}) in ({no}) then false end"


def _iso_date(text: str) -> str:
    return rf"regexp_extract({_dashed(text)}, '^\d+-\d+-\d+')"


def _iso_time(text: str) -> str:
    return f"replace({_dashed(text)}, 'T', ' ')"


def _dashed(text: str) -> str:
    """Write the day with hyphens; the clock's decimal point must stay."""
    return rf"regexp_replace({text}, '^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?', '\1-\2-\3')"
