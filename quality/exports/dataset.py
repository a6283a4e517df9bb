"""An export as the documents beside it see it: release, language, tables with their files.

Belongs here: what the documents share, each saying it in its own words. Does not: the documents (ddi, packages, crate).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.codebooks import codebooks
from data.contracts.model import Sensitivity
from data.messages import Language, Text
from data.releases import Release
from quality.exports.layout import Field, Layout
from quality.exports.sheet import SIMULATED, Sheet

Format = Literal["parquet", "csv", "dta", "sav"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "dta", "sav")

MEDIA: dict[str, str] = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "dta": "application/x-stata-dta",
    "sav": "application/x-spss-sav",
}
TONGUES: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True)
class TableFile:
    """One table of an export and its file."""

    sheet: Sheet
    layout: Layout
    file: str
    sha256: str
    bytes: int

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the file."""
        return self.layout.fields


@dataclass(frozen=True)
class Dataset:
    """An export: what of a release, in which format and language."""

    release: Release
    format: Format
    language: Language
    tables: tuple[TableFile, ...]

    def say(self, text: Text) -> str:
        """Return a text in the language of the export."""
        return text.get(self.language)

    @property
    def mark(self) -> str:
        """`SIMULATED` in the language of the export, empty for real data."""
        return self.say(SIMULATED) if self.release.simulated else ""

    @property
    def title(self) -> Text:
        """The export's title; simulated data say so first."""
        name = self.release.release_id
        marks = SIMULATED if self.release.simulated else Text(en="", zh="")
        return Text(
            en=f"{marks.en} · Panels of the AI pilot zones, {name}".removeprefix(" · "),
            zh=f"{marks.zh} · 人工智能试点区面板数据 {name}".removeprefix(" · "),
        )

    @property
    def about(self) -> Text:
        """What it holds, in a sentence or two."""
        names = ", ".join(table.sheet.name for table in self.tables)
        en, zh = (
            f"Tables {names} of release {self.release.release_id}.",
            f"发布版本 {self.release.release_id} 的表：{names}。",
        )
        if self.release.simulated:
            en = (
                f"{en} SIMULATED: rows marked is_simulated were generated, and nothing follows from them about anybody."
            )
            zh = f"{zh}模拟数据：is_simulated 为真的行由程序生成，不代表任何真实情况。"
        return Text(en=en, zh=zh)

    @property
    def terms(self) -> Text:
        """The terms of access."""
        return codebooks().terms

    @property
    def provider(self) -> Text:
        """Who provides the data."""
        return codebooks().provider

    @property
    def citation(self) -> str:
        """How the data are cited."""
        return f"{self.say(self.provider)} ({self.release.built_at[:4]}). {self.say(self.title)}. {self.release.release_id}."

    @property
    def grade(self) -> Sensitivity:
        """The highest disclosure grade of any column."""
        order: tuple[Sensitivity, ...] = ("none", "quasi", "sensitive", "direct")
        grades = [item.variable.grade for table in self.tables for item in table.fields if not item.variable.is_coded]
        return max(grades, key=order.index, default="none")
