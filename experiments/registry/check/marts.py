"""The released tables as their contracts declare them: columns with types, and which of them is the wave.

Belongs here: reading the dbt contracts of the marts. Does not: rows (releases), what an analysis does with them (analyses).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from data.settings import REPOSITORY
from data.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MARTS = REPOSITORY / "dbt_project" / "models" / "marts"
_DTYPES = {
    "bigint": "int64",
    "double": "float64",
    "boolean": "bool",
    "date": "datetime64[ns]",
    "timestamp": "datetime64[ns]",
}


@dataclass(frozen=True)
class Mart:
    """One released table: its columns with the types of the contract, and the column that names the wave."""

    name: str
    columns: Mapping[str, str]
    wave: str | None

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, each column of its kind, to try expressions on."""
        import pandas as pd

        return pd.DataFrame(
            {name: pd.Series([], dtype=_DTYPES.get(kind, "object")) for name, kind in self.columns.items()}
        )


@cache
def marts() -> Mapping[str, Mart]:
    """Return the released tables by name; empty where the platform is installed without its SQL.

    >>> marts()["panel_individual_wave"].wave
    'wave'
    """
    found: dict[str, Mart] = {}
    for path in sorted(MARTS.glob("*.yml")):
        for model in (read_yaml(path.read_text(encoding="utf-8")) or {}).get("models", []):
            found[model["name"]] = _mart(model)
    return MappingProxyType(found)


def _mart(model: dict[str, Any]) -> Mart:
    meta = model.get("config", {}).get("meta", {})
    columns = {column["name"]: column["data_type"] for column in model.get("columns", [])}
    return Mart(model["name"], MappingProxyType(columns), meta.get("wave"))
