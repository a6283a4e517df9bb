"""Which columns name a unit, so that one unit has one code in every table of an export and the tables join.

Belongs here: names of columns that hold ids of persons, households, organisations, clinics. Does not: the code (codes), the rows
(sheet). A column that holds units of several kinds is coded row by row: zones and devices are nobody's and keep their names.
"""

from __future__ import annotations

from collections.abc import Container

from data.duck import quote_name, quote_text

UNIT_COLUMNS: dict[str, str | None] = {
    "person_id": None,
    "household_id": None,
    "org_id": None,
    "employer_id": None,
    "clinic_id": None,
    "unit_id": "unit_type",
    "other_id": "other_type",
    "predecessor_id": "unit_type",
    "successor_id": "unit_type",
}
"""Column → the column beside it that says of which kind its units are; None where all are of one kind that is coded."""
OPEN_KINDS = ("device", "zone")
"""Kinds of units whose names are public: as in the tables about them, which hold no code."""


def names_units(column: str) -> bool:
    """Tell whether a column holds ids of persons, households or organisations, by whatever grade a contract gave it.

    >>> names_units("org_id"), names_units("zone_id")
    (True, False)
    """
    return column in UNIT_COLUMNS


def open_rows(column: str, present: Container[str]) -> str:
    """Return the SQL condition for rows that keep the plain id: none where the kind is not told or not known.

    Parameters
    ----------
    column
        A coded column.
    present
        The columns of its table.

    >>> print(open_rows("unit_id", {"unit_id", "unit_type"}))
    coalesce("unit_type" IN ('device', 'zone'), false)
    >>> print(open_rows("org_id", {"org_id"}))
    false
    """
    kind = UNIT_COLUMNS.get(column)
    if kind is None or kind not in present:
        return "false"
    return f"coalesce({quote_name(kind)} IN ({', '.join(quote_text(each) for each in OPEN_KINDS)}), false)"
