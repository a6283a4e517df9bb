"""The words of the panels: titles, labels, codes and disclosure grade of their columns, in English and Chinese.

Belongs here: `panels*.yml` → `PanelWords`. Does not: types and keys of panels (dbt_project), what a column of a contract means
(data.contracts), what an export makes of them (quality.exports).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from data.contracts.model import Sensitivity
from data.messages import Text
from data.yaml_text import read_yaml

FOLDER = Path(__file__).resolve().parent
FIRST = "panels.yml"
"""The file with the terms; others beside it (`panels_*.yml`) hold further panels."""


class ColumnWords(BaseModel):
    """Label, unit, codes and grade of one column; None: as the contract behind it says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str
    unit: str | None = None
    codes: dict[str, Text] | None = None
    grade: Sensitivity | None = None

    @property
    def label(self) -> Text:
        """The label in both languages."""
        return Text(en=self.en, zh=self.zh)


class PanelWords(BaseModel):
    """Title of one panel, what it is about in Chinese, and its columns without the `__st` companions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    about: str
    columns: dict[str, ColumnWords] = Field(min_length=1)


class Codebooks(BaseModel):
    """All panels, who provides them, and on what terms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: Text
    provider: Text
    panels: dict[str, PanelWords]


@cache
def codebooks(folder: Path = FOLDER) -> Codebooks:
    """Return the words of the panels.

    >>> codebooks().panels["dim_zone"].title.zh
    '试点区'
    """
    first = read_yaml((folder / FIRST).read_text(encoding="utf-8"))
    for path in sorted(folder.glob("panels_*.yml")):
        first["panels"] |= read_yaml(path.read_text(encoding="utf-8"))["panels"]
    return Codebooks.model_validate(first)
