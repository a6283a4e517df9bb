"""The released tables as a checker needs them: columns with types, which of them is the wave, a table without rows.

Belongs here: what the lints ask of a mart. Does not: its declaration (quality.marts), rows (releases), what an analysis does
with them (analyses).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from quality.marts import DECLARATIONS
from quality.marts import marts as declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

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
        """Return the table without rows, each column of its kind, to try expressions on; shared, so leave it as it is."""
        return _empty(self.name)


@cache
def marts() -> Mapping[str, Mart]:
    """Return the released tables by name; empty where the platform is installed without its SQL.

    >>> marts()["panel_individual_wave"].wave
    'wave'
    """
    if not DECLARATIONS.is_dir():
        return MappingProxyType({})
    return MappingProxyType({name: Mart(name, _columns(name), mart.meta.wave) for name, mart in declared().items()})


def _columns(name: str) -> Mapping[str, str]:
    return MappingProxyType({column.name: column.data_type for column in declared()[name].columns})


@cache
def _empty(name: str) -> pd.DataFrame:
    """Build it once: a checker tries every filter of every protocol on it, and building takes 100 times as long as trying."""
    import pandas as pd

    kinds = {column: _DTYPES.get(kind, "object") for column, kind in _columns(name).items()}
    return pd.DataFrame({column: pd.Series([], dtype=kind) for column, kind in kinds.items()})
