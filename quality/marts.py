"""The marts as the dbt project declares them: name, columns, key, what they must account for.

Belongs here: reading `dbt_project/models/marts/_*.yml`, which are their only declaration. Does not: their SQL (dbt_project),
metrics over them (mart_metrics).
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data.messages import NotFound, Text
from data.settings import REPOSITORY
from data.yaml_text import read_yaml

PROJECT = REPOSITORY / "dbt_project"
DECLARATIONS = PROJECT / "models" / "marts"
FIRST = "_marts.yml"


class MartColumn(BaseModel):
    """One column of a mart: its SQL type as enforced by dbt, and what it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    data_type: str
    description: str


class Account(BaseModel):
    """A lake table whose rows a mart must account for.

    `counted` is the aggregate over the mart that must equal the table's rows; None where the mart only looks things up in it,
    and then lake and staging are compared alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    staging: str
    counted: str | None = None


class MartMeta(BaseModel):
    """`meta` of a mart in the declaration.

    `unit` is what is followed through `period` (an ordered column); `wave` labels the period in results. `never_falls` are
    columns that may not fall from one period of a unit to its next: treatment, the post indicator.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: tuple[str, ...] = Field(min_length=1)
    unit: tuple[str, ...] = ()
    period: str | None = None
    wave: str | None = None
    never_falls: tuple[str, ...] = ()
    accounts_for: tuple[Account, ...] = ()


class Mart(BaseModel):
    """One mart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    columns: tuple[MartColumn, ...]
    meta: MartMeta

    @property
    def digest(self) -> str:
        """sha256 of the declaration as canonical JSON: the version of the mart's contract."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@cache
def declared_models(folder: Path = DECLARATIONS) -> tuple[dict[str, Any], ...]:
    """Return what dbt declares of every mart: `_marts.yml`, then the other `_*.yml` beside it by name, unit tests left out."""
    paths = sorted(folder.glob("_*.yml"), key=lambda path: (path.name != FIRST, path.name))
    files = (read_yaml(path.read_text(encoding="utf-8")) for path in paths)
    return tuple(model for found in files for model in found.get("models", []))


@cache
def marts(folder: Path = DECLARATIONS) -> dict[str, Mart]:
    """Return the marts by name, in the order of the declarations.

    >>> marts()["panel_zone_year"].meta.key
    ('zone_id', 'year')
    """
    return {model["name"]: _mart(model) for model in declared_models(folder)}


def mart(name: str) -> Mart:
    """Return the mart called `name`.

    Raises
    ------
    NotFound
        E-MART-01: there is none; the message lists them.
    """
    if name not in marts():
        known = ", ".join(marts())
        raise NotFound(
            "E-MART-01",
            Text(en=f"There is no panel called {name}. Known: {known}.", zh=f"没有名为 {name} 的面板。可用：{known}。"),
        )
    return marts()[name]


def _mart(model: dict[str, Any]) -> Mart:
    columns = tuple(
        MartColumn(name=column["name"], data_type=column["data_type"], description=column["description"])
        for column in model["columns"]
    )
    meta = MartMeta.model_validate(model["config"]["meta"])
    return Mart(name=model["name"], description=model["description"], columns=columns, meta=meta)
