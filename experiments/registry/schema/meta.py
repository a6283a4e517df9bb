"""What is declared once about every field of a protocol, beside its type.

Belongs here: the declaration (`Facts`), the base of all parts, bilingual words. Does not: any field. The form, the
checker, the documentation, the amendment rules and the tests follow from these declarations.
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from data.messages import Language, Text

Section = Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"]
"""A team and funding · B question and hypotheses · C design and assignment · D zones, units, eligibility · E intervention ·
F outcomes · G sample and power · H analysis plan · I harms and ethics · J existing data and blinding · K sharing and embargo."""

SECTION_TITLES: dict[Section, Text] = {
    "A": Text(en="Team and funding", zh="团队与经费"),
    "B": Text(en="Question and hypotheses", zh="问题与假设"),
    "C": Text(en="Design and assignment", zh="设计与分组"),
    "D": Text(en="Zones, units and eligibility", zh="试点区、单位与入选标准"),
    "E": Text(en="Intervention", zh="干预措施"),
    "F": Text(en="Outcomes", zh="结果指标"),
    "G": Text(en="Sample and power", zh="样本与统计功效"),
    "H": Text(en="Analysis plan", zh="分析计划"),
    "I": Text(en="Harms and ethics", zh="风险与伦理"),
    "J": Text(en="Existing data and blinding", zh="已有数据与盲法"),
    "K": Text(en="Data sharing and embargo", zh="数据共享与限期公开"),
}

Stage = Literal["D", "S", "R", "L", "A", "C", "P"]
"""From which stage on a field must be filled: draft, submit, register, launch, analysis unblinding, completion, publish."""

STAGES: tuple[Stage, ...] = ("D", "S", "R", "L", "A", "C", "P")

ChangeClass = Literal["locked", "major", "minor", "operational", "system"]
"""What a change after registration is: impossible, a new major version, a minor one, an append-only note, or not the user's."""

Point = Literal["t1", "t2", "t3", "t4"]
"""Assignment revealed · first outcome record received · first outcome read by an analyst · primary analysis run."""

POINTS: tuple[Point, ...] = ("t1", "t2", "t3", "t4")


def both(en: str, zh: str) -> Text:
    """Return a text in both languages; short, because each field has four."""
    return Text(en=en, zh=zh)


Public = Literal["always", "after_embargo", "never"]


@dataclass(frozen=True)
class Facts:
    """The facts of one field. A part without facts of its own (an item of a list) has those of the field that holds it.

    Parameters
    ----------
    section, stage
        Where it stands in the form; from which stage on it is required (None: never).
    change, locked_from, locks
        Class of a change after registration; from which point on it is locked; `locks` restricts the locking to items
        whose field has that value, such as ``("tier", "primary")``.
    public
        Whether the public page shows it.
    label, guidance, example, judged
        Title, one-line help, an example, and how reviewers judge the answer.
    """

    section: Section
    stage: Stage | None
    change: ChangeClass
    locked_from: Point | None = None
    locks: tuple[str, str] | None = None
    public: Public = "always"
    _: KW_ONLY
    label: Text
    guidance: Text
    example: Text
    judged: Text

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Put the facts into the JSON Schema under `x-zonelab`."""
        made: dict[str, Any] = dict(handler(schema))
        made["x-zonelab"] = {
            "section": self.section,
            "stage_required": self.stage,
            "change_class": self.change,
            "locked_from": self.locked_from,
            "locks": list(self.locks) if self.locks else None,
            "public_default": self.public,
            "label": self.label.model_dump(),
            "guidance": self.guidance.model_dump(),
            "example": self.example.model_dump(),
            "judged": self.judged.model_dump(),
        }
        return made


class Part(BaseModel):
    """Base of every part of a protocol: frozen, and nothing unknown may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Text):
    """A text in English, in Chinese, or in both: at least one. `get` gives the other language where one is missing.

    >>> Words(zh="等候时间").get("en")
    '等候时间'
    """

    en: str = ""
    zh: str = ""

    @model_validator(mode="after")
    def _one_at_least(self) -> Words:
        if not (self.en.strip() or self.zh.strip()):
            raise ValueError("a text in at least one language is needed")
        return self

    def get(self, language: Language) -> str:
        """Return the text in `language`, or in the other one where this is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Iso = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A calendar date as text, so that the canonical JSON of a protocol is one text everywhere."""

_DECIMAL = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def numbers_back(value: Any) -> Any:  # noqa: ANN401 - whatever a free mapping holds
    """Return `value` with decimal texts as numbers, at any depth: canonical JSON writes 0.5 as "0.5".

    Only free mappings need it; a field of type float reads the text by itself. Whole numbers are numbers in JSON, so a text
    of digits alone stays a text.

    >>> numbers_back({"icc": "0.05", "arms": ["a", "1"]})
    {'icc': 0.05, 'arms': ['a', '1']}
    """
    if isinstance(value, dict):
        return {name: numbers_back(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbers_back(inner) for inner in value]
    if isinstance(value, str) and _DECIMAL.fullmatch(value) and not value.lstrip("-").isdigit():
        return float(value)
    return value


Parameters = Annotated[dict[str, Any], BeforeValidator(numbers_back)]
"""A free mapping whose numbers survive canonical JSON."""
