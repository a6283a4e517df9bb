"""SPSS .sav and .zsav, Stata .dta, SAS .sas7bdat and .xpt by pyreadstat: values as text, labels and missing codes beside.

Belongs here: calling pyreadstat so that user-missing codes stay in the cells (-9, .a, .B), what a table of text cannot keep, and
whether a file is whole. Does not: SPSS .por (portable: pyreadstat drops its missing codes), calendars (package_dates).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from data.readers.package_dates import Package, kind_of
from data.readers.package_encoding import BYTES, recoded
from data.readers.package_stata import check_stata
from data.readers.package_system import check_system_file
from data.readers.package_table import Value, Variable, package_table
from data.readers.package_xport import read_layout, tagged_cells
from data.readers.raw import Note, RawTable
from data.readers.refusals import kept_not, unreadable

Kind = Literal["sav", "dta", "sas7bdat", "xpt"]
PACKAGES: dict[Kind, Package] = {"sav": "spss", "dta": "stata", "sas7bdat": "sas", "xpt": "sas"}
NAMES: dict[Kind, str] = {
    "sav": "SPSS (.sav)",
    "dta": "Stata (.dta)",
    "sas7bdat": "SAS (.sas7bdat)",
    "xpt": "SAS (.xpt)",
}
SAS_BUILT_IN = re.compile(
    r"^\$?(|BEST|BESTX?|F|D|E|COMMAX?|DOLLARX?|EURO|PERCENTN?|NUMX|Z|HEX|IB|PD|ROMAN|FRACT|NEGPAREN|CHAR|W|ASCII|UPCASE|QUOTE|BINARY)$"
)
CHECKS: dict[Kind, Callable[[bytes], None]] = {"sav": check_system_file, "dta": check_stata}
"""What holds the length of a file against what it promises, where pyreadstat does not."""

SHOWN = 8
Reading = tuple[dict[str, list[Any]], Any]


def read_labelled(content: bytes, kind: Kind) -> RawTable:
    """Read a file of SPSS, Stata or SAS.

    Dates become ISO texts by their display format. User-missing codes and extended missing values stay in the cells, so that a
    contract's `missing_codes` can name them; what the file declares about them is in `RawTable.labels`.

    Raises
    ------
    Refused
        E-FILE-01: damaged, cut, several tables, or texts in no certain encoding. E-FILE-02: no variables or no rows.
    """
    if kind in CHECKS:
        CHECKS[kind](content)
    unnamed = kind == "xpt" or (kind == "dta" and _stata_release(content) < 118)  # noqa: PLR2004
    columns, meta = _read(content, kind, encoding=BYTES if unnamed else None)
    variables = _variables(columns, meta)
    if kind == "xpt":
        variables = _with_tags(content, variables)
    encoding = meta.file_encoding
    if unnamed:
        variables, decoded = recoded(variables)
        encoding = decoded.encoding if decoded else None
    notes = _notes(meta, variables, kind)
    if unnamed and decoded is not None and decoded.guessed:
        notes.append(Note("W-ENC-01", {"encoding": decoded.encoding}))
    return package_table(variables, PACKAGES[kind], kind, notes, encoding)


def _stata_release(content: bytes) -> int:
    if content.startswith(b"<stata_dta>"):
        found = re.search(rb"<release>(\d{3})</release>", content[:200])
        return int(found[1]) if found else 0
    return content[0]


def _read(content: bytes, kind: Kind, *, encoding: str | None) -> Reading:
    import pyreadstat
    from pyreadstat import PyreadstatError, ReadstatError

    readers: dict[Kind, Callable[..., Reading]] = {
        "sav": pyreadstat.read_sav,
        "dta": pyreadstat.read_dta,
        "sas7bdat": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    options = {} if kind == "xpt" else {"user_missing": True}
    try:
        columns, meta = readers[kind](
            io.BytesIO(content), output_format="dict", disable_datetime_conversion=True, encoding=encoding, **options
        )
    except (PyreadstatError, ReadstatError, ValueError, OSError, OverflowError, MemoryError, TypeError) as error:
        raise unreadable("damaged", kind=NAMES[kind]) from error
    lengths = {len(values) for values in columns.values()}
    declared = meta.number_rows
    if len(lengths) > 1 or len(columns) != meta.number_columns or declared not in (None, -1, *lengths, 0):
        raise unreadable("damaged", kind=NAMES[kind])
    return columns, meta


def _variables(columns: dict[str, list[Any]], meta: Any) -> list[Variable]:  # noqa: ANN401
    return [
        Variable(
            name=name,
            values=values,
            is_text=meta.readstat_variable_types.get(name) == "string",
            label=meta.column_names_to_labels.get(name),
            format=meta.original_variable_types.get(name),
            value_labels=meta.variable_value_labels.get(name, {}),
            missing=_missing(meta, name),
        )
        for name, values in columns.items()
    ]


def _missing(meta: Any, name: str) -> tuple[tuple[Value, Value], ...]:  # noqa: ANN401
    return tuple((each["lo"], each["hi"]) for each in meta.missing_ranges.get(name, ()))


def _with_tags(content: bytes, variables: list[Variable]) -> list[Variable]:
    from dataclasses import replace

    layout = read_layout(content)
    if len(layout.fields) != len(variables):
        raise unreadable("damaged", kind=NAMES["xpt"])
    tags = tagged_cells(layout, len(variables[0].values) if variables else 0)
    return [
        replace(variable, values=[found.get(row, value) for row, value in enumerate(variable.values)])
        if found
        else variable
        for variable, found in zip(variables, tags, strict=True)
    ]


def _notes(meta: Any, variables: Sequence[Variable], kind: Kind) -> list[Note]:  # noqa: ANN401
    notes: list[Note] = []
    if meta.mr_sets:
        notes.append(Note("W-KEEP-01", kept_not("sets", names=_listed(meta.mr_sets))))
    if meta.notes:
        notes.append(Note("W-KEEP-01", kept_not("documents", n=len(meta.notes))))
    if PACKAGES[kind] == "sas":
        elsewhere = [variable.name for variable in variables if _is_catalogued(variable.format)]
        if elsewhere:
            notes.append(Note("W-KEEP-01", kept_not("catalogue", names=_listed(elsewhere))))
    leaps = [variable.name for variable in variables if kind == "dta" and (variable.format or "").startswith("%tC")]
    if leaps:
        notes.append(Note("W-KEEP-01", kept_not("leap", names=_listed(leaps))))
    return notes


def _is_catalogued(format_name: str | None) -> bool:
    """Whether a SAS format is none of SAS's own, so that its labels stand in a catalogue."""
    name = re.sub(r"\d*(\.\d*)?$", "", (format_name or "").upper())
    return not SAS_BUILT_IN.match(name) and kind_of("sas", format_name) is None


def _listed(names: Sequence[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:SHOWN]) + (" …" if len(shown) > SHOWN else "")
