"""The concordance's model: instances (where a wave's answers lie), concepts, represented variables, one row an instance and wave.

Belongs here: what a file may say, and that it is consistent with itself. Does not: whether it fits the contracts (check), YAML
(load), SQL (sql). Comparability is always with the represented variable as it is defined here, not with the wave before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.concordance.transforms import Identity, Transform
from data.concordance.waves import expanded
from data.contracts.model import MISSING_STATUS
from data.messages import Text

Comparability = Literal["identical", "recoded", "approximate", "not_comparable", "not_available"]
Kind = Literal["string", "integer", "number", "boolean", "date"]
EVERY = "*"
"""The instrument version of a contract that declares none."""
NAME = r"^[a-z][a-z0-9_]*$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Waved(_Part):
    """Whatever lists waves: codes, or runs of years as `1986..2013`."""

    waves: tuple[str, ...] = ()

    @field_validator("waves", mode="before")
    @classmethod
    def _expand(cls, written: Any) -> Any:  # noqa: ANN401 - YAML
        return expanded([str(wave) for wave in written]) if isinstance(written, list | tuple) else written


class Instance(_Waved):
    """A table in which waves were measured: the dbt model, the contract behind it, and how it tells its waves.

    `wave` is the column that holds it, or `fixed` the one wave of the table. `waves` are those it can hold; none: any. `columns`
    says how a key or carried column is called there, where it is called otherwise.
    """

    id: str = Field(pattern=NAME)
    model: str = Field(pattern=NAME)
    contract: str
    wave: str | None = None
    fixed: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.wave is None) == (self.fixed is None):
            raise ValueError(f"instance {self.id}: say either wave (a column) or fixed (the wave)")
        if self.fixed is not None and self.waves not in ((), (self.fixed,)):
            raise ValueError(f"instance {self.id}: a fixed wave is the only one; leave waves out")
        return self


class Row(_Waved):
    """How one instance, in one version of its instrument and some of its waves, measures the variable.

    No `waves`: all of that version that no other row names. `absent` is the reason where a source without statuses is empty, and
    of every value where the variable is `not_available`. `note` says why, unless the answer is `identical`.
    """

    instance: str
    instrument: str = EVERY
    sources: tuple[str, ...] = ()
    transform: Transform = Identity()
    comparability: Comparability
    absent: str | None = None
    note: Text | None = None

    @property
    def absent_status(self) -> int:
        """The status of a value that is not there and whose source does not say why."""
        plain = "not_in_instrument" if self.comparability == "not_available" else "missing_by_error"
        return MISSING_STATUS[self.absent or plain]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        where = f"row of {self.instance}"
        if self.absent is not None and self.absent not in MISSING_STATUS:
            raise ValueError(f"{where}: absent {self.absent!r} is none of {sorted(MISSING_STATUS)}")
        if (self.comparability == "not_available") != (not self.sources):
            raise ValueError(f"{where}: not_available has no sources, and every other row names some")
        if len(self.sources) > 1 and self.transform.kind != "first_present":
            raise ValueError(f"{where}: {self.transform.kind} takes one source; first_present takes several")
        if self.comparability != "identical" and self.note is None:
            raise ValueError(f"{where}: {self.comparability} needs a note that says why")
        if self.comparability == "identical" and self.transform.kind in ("recode", "bands"):
            raise ValueError(f"{where}: {self.transform.kind} is recoded at best, not identical")
        return self


class Break(_Part):
    """From wave `at` on the variable is something else: whoever draws it shows this."""

    at: str
    kind: Literal["definition", "instrument", "coverage", "boundary"]
    note: Text


class Variable(_Part):
    """A represented variable: label, type, unit and codes as they are harmonised to, whatever a wave asked."""

    name: str = Field(pattern=NAME)
    label: Text
    type: Kind
    unit: str | None = None
    codes: dict[str, Text] | None = None
    breaks: tuple[Break, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)


class Concept(_Part):
    """What is measured, before anybody asks how."""

    id: str = Field(pattern=NAME)
    label: Text
    variables: tuple[Variable, ...] = Field(min_length=1)


class Concordance(_Part):
    """One harmonised table. `key` begins with what tells units apart and includes `wave`; `carried` columns pass as they are.

    `shown_in` are the panels in which the variables stand under their names.
    """

    name: str = Field(pattern=NAME)
    version: str = Field(pattern=r"^\d+\.\d+$")
    title: Text
    description: Text
    key: tuple[str, ...] = Field(min_length=1)
    wave: str
    wave_type: Literal["string", "integer"] = "string"
    carried: tuple[str, ...] = ()
    shown_in: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = Field(min_length=1)
    concepts: tuple[Concept, ...] = Field(min_length=1)

    @property
    def model(self) -> str:
        """The dbt model that it is compiled to."""
        return f"int_{self.name}_harmonised"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All represented variables in order."""
        return tuple(variable for concept in self.concepts for variable in concept.variables)

    def instance(self, name: str) -> Instance:
        """Return the instance called `name`; KeyError if there is none."""
        return {each.id: each for each in self.instances}[name]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _problems(found: Concordance) -> Iterator[str]:
    if found.wave not in found.key:
        yield f"the wave {found.wave} is not in the key"
    names = [*found.key, *found.carried, *(variable.name for variable in found.variables)]
    for kind, listed in (("column", names), ("instance", [each.id for each in found.instances])):
        twice = sorted({name for name in listed if listed.count(name) > 1})
        if twice:
            yield f"{kind}s that stand twice: {', '.join(twice)}"
    known = {each.id for each in found.instances}
    for variable in found.variables:
        strange = sorted({row.instance for row in variable.rows} - known)
        if strange:
            yield f"{variable.name}: rows of instances that are not declared: {', '.join(strange)}"
