"""The screen's language: catalogue look-up, numbers, dates, and bilingual text that comes with the data.

Belongs here: everything that differs between English and Chinese. Does not: which language is chosen (components.address),
sentences about files (quality.messages). English is the key of the catalogue; a missing Chinese string falls back to it and
fails tests/unit/viewer/test_viewer_language.py. Codes (ids, column names) are never translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from data.messages import Language, Text

CATALOGUES = Path(__file__).resolve().parent / "locale"
LANGUAGES: dict[Language, str] = {"en": "English", "zh": "中文"}
HTML_LANG: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
_LOCALE: dict[Language, str] = {"en": "en_GB", "zh": "zh_CN"}
_current: ContextVar[Language] = ContextVar("viewer_language", default="en")


def use(language: Language) -> None:
    """Speak `language` for the rest of this script run."""
    _current.set(language)


def spoken() -> Language:
    """Return the language of this script run."""
    return _current.get()


def guess(browser_locale: str | None) -> Language:
    """Choose a first language from what the browser prefers.

    >>> guess("zh-Hans-CN"), guess("de"), guess(None)
    ('zh', 'en', 'en')
    """
    return "zh" if (browser_locale or "").lower().startswith("zh") else "en"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return the translations of `language` by their English text; English has none."""
    path = CATALOGUES / language / "LC_MESSAGES" / "viewer.po"
    if not path.exists():
        return {}
    with path.open("rb") as stream:
        return {said: form for m in read_po(stream, locale=language) if m.id for said, form in _forms(m)}


def _forms(message: Message) -> list[tuple[str, str]]:
    """Return what a message says by its English text; Chinese has one form for every number."""
    said = [message.id] if isinstance(message.id, str) else list(message.id)
    told = message.string if isinstance(message.string, str) else next(iter(message.string or ()), "")
    return [(str(each), told) for each in said if told]


def t(message: str, **values: object) -> str:
    """Return `message` in the screen's language with `{placeholders}` filled.

    >>> t("{n} zones", n=3)
    '3 zones'
    """
    found = catalogue(spoken()).get(message, message)
    return found.format(**values) if values else found


def tn(one: str, many: str, n: int, **values: object) -> str:
    """Return the form of a sentence that goes with the number `n`, which fills its `{n}`.

    >>> tn("{n} zone", "{n} zones", 1), tn("{n} zone", "{n} zones", 0), tn("{n} zone", "{n} zones", 1200)
    ('1 zone', '0 zones', '1,200 zones')
    """
    return t(one if n == 1 else many, n=number(n), **values)


def N_(message: str) -> str:  # noqa: N802 -- the name that gettext extractors know
    """Mark a constant for translation; `t` translates it when it is shown."""
    return message


def own(text: object) -> str:
    """Return text that came with the data: a `Text`, an `{en, zh}` mapping, or a plain string.

    >>> own({"en": "Wait", "zh": "等候"}), own("SE-2026-0001"), own(None)
    ('Wait', 'SE-2026-0001', '')
    """
    if isinstance(text, Text):
        return text.get(spoken())
    if isinstance(text, Mapping):
        return str(text.get(spoken()) or text.get("en") or next(iter(text.values()), ""))
    return "" if text is None else str(text)


def number(value: float | None, digits: int = 0) -> str:
    """Format a number with `digits` decimals, a true minus sign, and a dash for "none".

    >>> number(-1234.5, 1), number(None)
    ('−1,234.5', '–')
    """
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = str(numbers.format_decimal(value, format=pattern, locale=_LOCALE[spoken()]))
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def percent(share: float | None, digits: int = 1) -> str:
    """Format a share of 1 as a percentage.

    >>> percent(0.8634)
    '86.3%'
    """
    return "–" if share is None else f"{number(share * 100, digits)}%"


def day(value: date | None) -> str:
    """Format a calendar day.

    >>> day(date(2026, 3, 4))
    '4 Mar 2026'
    """
    return "–" if value is None else str(dates.format_date(value, "medium", locale=_LOCALE[spoken()]))


def moment(value: datetime, timezone: str = "Asia/Shanghai") -> str:
    """Format an instant (stored in UTC) in the zone's own time.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 4, 1, 30, tzinfo=UTC))
    '4 Mar 2026, 09:30 (UTC+8)'
    """
    local = value.astimezone(ZoneInfo(timezone))
    offset = local.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return f"{day(local.date())}{t(', ')}{local:%H:%M} (UTC{hours:+d})"


def moment_of(written: str) -> str:
    """Format an instant that is kept as text.

    >>> moment_of("2026-03-04T01:30:00+00:00")
    '4 Mar 2026, 09:30 (UTC+8)'
    """
    return moment(datetime.fromisoformat(written))


def clock(value: datetime, timezone: str = "Asia/Shanghai") -> str:
    """Format the time of day of an instant in the zone's own time.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 3, 4, 6, 3, tzinfo=UTC))
    '14:03'
    """
    return f"{value.astimezone(ZoneInfo(timezone)):%H:%M}"
