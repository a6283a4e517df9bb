"""Words: length of titles and abstract, languages that are missing, names that say nothing.

Belongs here: what can be seen in the texts alone. Does not: references (references), numbers (sample).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel

from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error
from experiments.registry.schema.meta import Words

VAGUE = frozenset(
    {
        *(
            "satisfaction",
            "safety",
            "impact",
            "effect",
            "effectiveness",
            "performance",
            "efficacy",
            "quality",
            "outcome",
        ),
        *("满意度", "安全", "影响", "效果", "成效", "绩效", "质量", "结果"),
    }
)
NO_UNIT = re.compile(r"^(n\.?/?a\.?|none|unit|units|-|—|\?|无|不适用|没有|单位)$", re.IGNORECASE)
TITLE_WORDS, TITLE_SIGNS = 3, 6
LIMITS = {"title_brief": 300, "title_official": 600}
ABSTRACT = {"en": (500, 4000), "zh": (150, 4000)}
"""A Chinese abstract of 150 characters says what an English one of 500 does."""


def languages(case: Case) -> Iterator[ProtocolProblem]:
    """Yield a warning for each text that stands in one language only."""
    for path, words in _words("", case.protocol):
        if not words.en.strip():
            yield doubt(
                path, "The English text is missing; readers see the Chinese one.", "缺少英文文本，读者将看到中文。"
            )
        elif not words.zh.strip():
            yield doubt(
                path, "The Chinese text is missing; readers see the English one.", "缺少中文文本，读者将看到英文。"
            )


def _words(path: str, value: object) -> Iterator[tuple[str, Words]]:
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _words(f"{path}.{name}".removeprefix("."), getattr(value, name))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _words(f"{path}.{place}", item)


def titles(case: Case) -> Iterator[ProtocolProblem]:
    """Yield titles that are too long or too vague, and abstracts of the wrong length."""
    for name, limit in LIMITS.items():
        title: Words | None = getattr(case.protocol, name)
        if title is not None and max(len(title.en), len(title.zh)) > limit:
            yield error(name, f"At most {limit} characters.", f"不得超过 {limit} 字。")
    brief = case.protocol.title_brief
    if _vague(brief.en, TITLE_WORDS) or (not brief.en and len(brief.zh.strip()) < TITLE_SIGNS):
        yield error(
            "title_brief",
            "The title says too little: name the intervention and what it is tried on.",
            "标题过于笼统：请写明干预措施及其作用对象。",
        )
    if case.protocol.abstract is not None:
        yield from _abstract(case.protocol.abstract)


def _vague(title: str, least: int) -> bool:
    return bool(title.strip()) and len(title.split()) < least


def _abstract(abstract: Words) -> Iterator[ProtocolProblem]:
    for language, (low, high) in ABSTRACT.items():
        size = len(getattr(abstract, language).strip())
        if size and not low <= size <= high:
            yield error(
                f"abstract.{language}",
                f"{size} characters; between {low} and {high:,} are asked for.",
                f"现有 {size} 字符；应为 {low} 至 {high} 字符。",
            )


def outcome_names(case: Case) -> Iterator[ProtocolProblem]:
    """Yield outcomes whose name names no construct, or whose unit is none."""
    for place, item in enumerate(case.protocol.outcomes):
        vague = {item.name.en.strip().lower(), item.name.zh.strip()} & VAGUE
        if vague and item.construct_note is None:
            yield error(
                f"outcomes.{place}.name",
                "The name says too little: add construct_note, or name what is measured.",
                "名称过于笼统：请补充 construct_note，或写明测量内容。",
            )
        if NO_UNIT.match(item.unit.en.strip()) or NO_UNIT.match(item.unit.zh.strip()):
            yield error(
                f"outcomes.{place}.unit",
                "A unit is needed: points, persons, min, share from 0 to 1.",
                "需要写明单位：如分、人、分钟、0 至 1 的比例。",
            )
