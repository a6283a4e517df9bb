"""The columns of a released table as variables: label, codes, grade, and where the reason of an absence stands.

Belongs here: declaration, contract and codebook → `Variable`. Does not: what the data hold (facts), other programs' codes
(statuses). A column that nobody declared is not exported: it is named among those left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from data.codebooks import ColumnWords, codebooks
from data.contracts import load_contract
from data.contracts.model import MISSING_STATUS, Column, Sensitivity
from data.lineage import rests_on
from data.messages import Text
from quality.exports.statuses import STATUS_LABELS
from quality.exports.units import names_units
from quality.marts import Mart

Kind = Literal["string", "integer", "number", "boolean", "date", "timestamp"]
STATUS = "__st"
PERSONAL = frozenset({"person", "organisation"})
GRADES: tuple[Sensitivity, ...] = ("none", "quasi", "sensitive", "direct")
NO_YES = {"0": Text(en="no", zh="否"), "1": Text(en="yes", zh="是")}
WHY = Text(en="why {name} is absent", zh="{name} 缺失原因")


@dataclass(frozen=True)
class Variable:
    """One column as an export describes it.

    `status` names the companion that says why a value is absent. `declared` is the contract's own code for a status. A
    `is_coded` column names people directly, or holds the id of a unit: an export holds a code in its place.
    """

    name: str
    kind: Kind
    label: Text
    description: str = ""
    unit: str | None = None
    codes: Mapping[str, Text] = field(default_factory=dict)
    grade: Sensitivity = "none"
    is_coded: bool = False
    status: str | None = None
    declared: Mapping[int, float] = field(default_factory=dict)

    @property
    def heading(self) -> Text:
        """The label with its unit."""
        if self.unit is None:
            return self.label
        return Text(en=f"{self.label.en} ({self.unit})", zh=f"{self.label.zh}（{self.unit}）")

    @property
    def is_numeric(self) -> bool:
        """Whether a file of another program holds it as a number."""
        return self.kind != "string"


def subject_of(mart: str) -> Literal["people", "organisations", "nobody"]:
    """Return whose rows a panel's rows are made from; people where nobody knows.

    >>> subject_of("panel_individual_wave"), subject_of("panel_zone_year")
    ('people', 'nobody')
    """
    behind = rests_on(mart)
    units = {"person"} if behind is None else {load_contract(name).unit for name in behind}
    if "person" in units:
        return "people"
    return "organisations" if units & PERSONAL else "nobody"


def variables_of(mart: Mart, types: Mapping[str, str]) -> tuple[list[Variable], list[str]]:
    """Return the variables of a table and the names of the columns that nobody declared.

    Parameters
    ----------
    mart
        The declaration by the present code.
    types
        Column → DuckDB type, as the released file has them.
    """
    known = {column.name: column.description for column in mart.columns}
    words = codebooks().panels[mart.name].columns if mart.name in codebooks().panels else {}
    kinds = {name: _kind(kind) for name, kind in types.items()}
    found: list[Variable] = []
    for name, kind in kinds.items():
        owner = name.removesuffix(STATUS)
        if name != owner and owner in types:
            continue
        if kind is not None and name in known and name in words:
            status = f"{name}{STATUS}" if f"{name}{STATUS}" in types else None
            found.append(_variable(name, kind, known[name], words[name], _behind(mart.name, name), status))
    told = {variable.name for variable in found} | {variable.status for variable in found}
    return found, [name for name in types if name not in told]


def companion(variable: Variable) -> Variable:
    """Return the status of a variable as a variable of its own, for formats that cannot say it in the value."""
    label = WHY.fill(name=variable.name)
    codes = {str(status): text for status, text in STATUS_LABELS.items()}
    return Variable(
        str(variable.status), "integer", label, f"Why {variable.name} is absent; 0 where it is there", codes=codes
    )


def _variable(
    name: str, kind: Kind, description: str, words: ColumnWords, behind: list[Column], status: str | None
) -> Variable:
    grades: list[Sensitivity] = [column.sensitivity for column in behind] or ["none"]
    codes = words.codes or next((column.codes for column in behind if column.codes), None)
    if codes is None and kind == "boolean":
        codes = NO_YES
    named = any(column.sensitivity == "direct" and not column.is_replaced for column in behind)
    coded = named or names_units(name) or (words.grade == "direct" and not any(column.is_replaced for column in behind))
    return Variable(
        name=name,
        kind="string" if coded else kind,
        label=words.label,
        description=description,
        unit=words.unit or next((column.unit for column in behind if column.unit), None),
        codes=dict(codes or {}),
        grade=words.grade if words.grade is not None else max(grades, key=GRADES.index),
        is_coded=coded,
        status=status,
        declared=_declared(behind),
    )


def _behind(mart: str, name: str) -> list[Column]:
    """Return the columns of that name in the contracts that a panel rests on."""
    contracts = (load_contract(contract) for contract in sorted(rests_on(mart) or ()))
    return [column for contract in contracts for column in contract.columns if column.name == name]


def _declared(behind: Iterable[Column]) -> dict[int, float]:
    """Return status → the contract's code, where one code alone means it and it is a number."""
    found: dict[int, float] = {}
    twice: set[int] = set()
    for column in behind:
        for code, reason in column.missing_codes.items():
            status = MISSING_STATUS[reason]
            twice |= {status} & set(found)
            try:
                found[status] = float(code)
            except ValueError:
                twice.add(status)
    return {status: code for status, code in found.items() if status not in twice}


def _kind(kind: str) -> Kind | None:
    plain = kind.split("(", maxsplit=1)[0]
    if plain in ("BIGINT", "INTEGER", "SMALLINT", "TINYINT"):
        return "integer"
    if plain.startswith("TIMESTAMP"):
        return "timestamp"
    named: dict[str, Kind] = {
        "VARCHAR": "string",
        "DOUBLE": "number",
        "FLOAT": "number",
        "DECIMAL": "number",
        "BOOLEAN": "boolean",
        "DATE": "date",
    }
    return named.get(plain)
