"""Days and seconds as SPSS, Stata and SAS count them → the text of a date, time or month.

Belongs here: which display formats are dates and how each package counts. Does not: reading files (labelled, portable).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Literal

from data.readers.workbook_cells import number_text

Package = Literal["spss", "stata", "sas"]
Kind = Literal["date", "datetime", "time", "month", "quarter", "week", "half"]

SPSS_EPOCH = dt.datetime(1582, 10, 14)  # noqa: DTZ001 - wall-clock time, as the package has it
EPOCH = dt.datetime(1960, 1, 1)  # noqa: DTZ001 - wall-clock time, as the package has it
DAY = 86_400

SPSS = {
    **dict.fromkeys(("DATE", "ADATE", "EDATE", "JDATE", "SDATE"), "date"),
    **dict.fromkeys(("DATETIME", "YMDHMS"), "datetime"),
    **dict.fromkeys(("TIME", "DTIME", "MTIME"), "time"),
    "MOYR": "month",
    "QYR": "quarter",
    "WKYR": "date",
}
STATA = {"d": "date", "c": "datetime", "C": "datetime", "m": "month", "q": "quarter", "w": "week", "h": "half"}
SAS_DATES = re.compile(
    r"^(E8601DA|B8601DA|DATE|DAY|DDMMYY[BCDNPS]?|MMDDYY[BCDNPS]?|YYMMDD[BCDNPS]?|JULDAY|JULIAN|WEEKDATE|WEEKDATX|WORDDATE|WORDDATX"
    r"|MINGUO|NENGO|IS8601DA)$"
)
SAS_MONTHS = re.compile(r"^(MONYY|YYMON|MMYY[CDNPS]?|YYMM[CDNPS]?)$")
SAS_QUARTERS = re.compile(r"^(YYQ[CDNPSR]?)$")
SAS_TIMES = re.compile(r"^(TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|E8601TM|B8601TM|IS8601TM)$")
SAS_MOMENTS = re.compile(r"^(DATETIME|DATEAMPM|DTDATE|E8601DT|B8601DT|IS8601DT|MDYAMPM|YMDDTTM)$")


def kind_of(package: Package, format_name: str | None) -> Kind | None:
    """Return what a display format makes of a number, None for a plain number.

    >>> kind_of("spss", "DATETIME20"), kind_of("stata", "%tm"), kind_of("sas", "DATE9"), kind_of("spss", "F8.2")
    ('datetime', 'month', 'date', None)
    """
    text = (format_name or "").strip()
    if package == "stata":
        match = re.match(r"^%-?t?([dcCmqwh])", text)
        return STATA.get(match[1]) if match else None  # type: ignore[return-value]
    name = re.sub(r"(?<!^[EB])\d*(\.\d*)?$", "", text.upper())
    if package == "spss":
        return SPSS.get(name)  # type: ignore[return-value]
    return _sas_kind(name)


def _sas_kind(name: str) -> Kind | None:
    kinds: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (SAS_DATES, "date"),
        (SAS_MOMENTS, "datetime"),
        (SAS_TIMES, "time"),
        (SAS_MONTHS, "month"),
        (SAS_QUARTERS, "quarter"),
    )
    return next((kind for pattern, kind in kinds if pattern.match(name)), None)


def moment_text(package: Package, kind: Kind, value: float) -> str:
    """Return the text of a counted moment; the plain number where it is outside the calendar or between two days.

    >>> moment_text("spss", "date", 13744944000.0), moment_text("stata", "month", 722), moment_text("sas", "time", 36610)
    ('2018-05-06', '2020-03', '10:10:10')
    """
    try:
        return _MAKERS[kind](package, value)
    except (OverflowError, ValueError):
        return number_text(value)


def _date(package: Package, value: float) -> str:
    days = value / DAY if package == "spss" else value
    if days != int(days):
        if package == "spss":
            return _datetime(package, value)
        raise ValueError("not a whole day")
    base = SPSS_EPOCH if package == "spss" else EPOCH
    return (base + dt.timedelta(days=int(days))).date().isoformat()


def _datetime(package: Package, value: float) -> str:
    base = SPSS_EPOCH if package == "spss" else EPOCH
    unit = 1000 if package == "stata" else 1_000_000
    return (base + dt.timedelta(microseconds=round(value * unit))).isoformat(sep=" ")


def _time(_: Package, value: float) -> str:
    whole, micro = divmod(round(value * 1_000_000), 1_000_000)
    if whole < 0:
        raise ValueError("negative time")
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{micro:06d}".rstrip("0") if micro else text


def _counted(parts: int, mark: str) -> Callable[[Package, float], str]:
    def text(package: Package, value: float) -> str:
        if package == "stata":
            if value != int(value):
                raise ValueError("not a whole period")
            year, part = divmod(int(value), parts)
            return f"{1960 + year}-{mark}{part + 1:02d}" if not mark else f"{1960 + year}-{mark}{part + 1}"
        day = dt.date.fromisoformat(_date(package, value)[:10])
        part = (day.month - 1) * parts // 12 + 1
        return f"{day.year}-{part:02d}" if not mark else f"{day.year}-{mark}{part}"

    return text


_MAKERS: dict[Kind, Callable[[Package, float], str]] = {
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "month": _counted(12, ""),
    "quarter": _counted(4, "Q"),
    "half": _counted(2, "H"),
    "week": _counted(52, "W"),
}
