"""The documentation of the protocol's fields, generated from their declarations: `python -m experiments.registry.docs_protocol`.

Belongs here: PROTOCOL.md. Does not: the declarations (schema), the life cycle's documentation (docs).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from data.durable import write_text
from experiments.registry.check.stages import NAMES
from experiments.registry.fields import Declared, SectionOf, nested_fields, sections
from experiments.registry.schema.meta import Facts

TARGET = Path(__file__).resolve().parent / "PROTOCOL.md"

HEAD = """# The protocol, field by field · 研究方案字段说明

Generated from `schema/declarations/` by `python -m experiments.registry.docs_protocol`; a test holds this page to them. Do not
edit it. 本页由字段声明自动生成，请勿手工修改。

**Required from 必填阶段**: {stages}.

**Change after registration 登记后变更**: locked (none · 不可变更) · major (new major version with review · 主版本，须评审) ·
minor (minor version · 次版本) · operational (noted, no new version · 记录即可) · system (the platform's own · 平台填写).
*Locked from* names the point after which no amendment is possible: t1 assignment revealed 分组揭示 · t2 first outcome
record received 收到首条结果记录 · t3 first outcome read by an analyst 分析人员首次读取结果 · t4 primary analysis run
主要分析已运行.
"""


def document() -> str:
    """Return the page: a section a letter, a field a heading."""
    stages = " · ".join(f"{stage} {name.en} {name.zh}" for stage, name in NAMES.items())
    parts = [HEAD.format(stages=stages), *(_section(section) for section in sections()), _nested(), _parts()]
    return "\n".join(parts)


def _section(section: SectionOf) -> str:
    title = f"## {section.key}. {section.title.en} · {section.title.zh}\n"
    return "\n".join([title, *(_field(f"{section.key}{n}", item) for n, item in enumerate(section.fields, 1))])


def _nested() -> str:
    title = "## Inside other fields · 嵌套字段\n\nWhat differs from the field that holds it. 与所属字段规定不同之处。\n"
    return "\n".join([title, *(_field(item.facts.section, item) for item in nested_fields())])


def _parts() -> str:
    """Return what stands inside the fields: each part once, with its own words and the form of its entries."""
    listed: dict[str, str] = {}
    for section in sections():
        for item in section.fields:
            for part in _models(item.annotation):
                listed.setdefault(part.__name__, _part(part))
    return "\n".join(["## Parts · 组成部分\n", *listed.values()])


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not _is_text(annotation):
            yield annotation
            for info in annotation.model_fields.values():
                yield from _models(info.annotation)
        return
    for inner in get_args(annotation):
        yield from _models(inner)


def _part(part: type[BaseModel]) -> str:
    told = (part.__doc__ or "").strip().splitlines()[0]
    entries = [f"- `{name}`: {shape(info.annotation)}" for name, info in part.model_fields.items()]
    return "\n".join([f"### {part.__name__}\n", f"{told}\n", *entries, ""])


def _is_text(kind: type[BaseModel]) -> bool:
    return set(kind.model_fields) == {"en", "zh"}


def _field(number: str, item: Declared) -> str:
    facts = item.facts
    return "\n".join(
        [
            f"### {number} `{item.path}` {facts.label.en} · {facts.label.zh}\n",
            f"{facts.guidance.en}  \n{facts.guidance.zh}\n",
            f"- Form 形式: {shape(item.annotation)}",
            f"- {_rules(facts)}",
            f"- Example 示例: {_pair(facts.example.en, facts.example.zh)}",
            f"- Judged 评审要点: {_pair(facts.judged.en, facts.judged.zh)}\n",
        ]
    )


def _pair(en: str, zh: str) -> str:
    return en if en == zh else f"{en} · {zh}"


def _rules(facts: Facts) -> str:
    needed = f"required from 必填自 {facts.stage}" if facts.stage else "optional 选填"
    locked = f"; locked from 锁定自 {facts.locked_from}" if facts.locked_from else ""
    which = f" where 仅限 `{facts.locks[0]}: {facts.locks[1]}`" if facts.locks else ""
    return f"{needed}; {facts.change}{locked}{which}; public 公开: {facts.public}"


def shape(annotation: Any) -> str:  # noqa: ANN401 - a type expression
    """Return a type in words: what a person writes into the YAML file.

    >>> shape(tuple[str, ...])
    'list of text'
    """
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "text `{en, zh}`" if _is_text(annotation) else f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    origin, inside = get_origin(annotation), [part for part in get_args(annotation) if part is not NoneType]
    if origin is Literal:
        return " | ".join(f"`{value}`" for value in inside)
    if origin is tuple:
        return f"list of {shape(inside[0])}"
    if inside:
        return " or ".join(dict.fromkeys(_shapes(inside if origin is not dict else inside[:1])))
    return {"str": "text", "bool": "true or false", "int": "whole number", "float": "number"}.get(
        getattr(annotation, "__name__", ""), "text"
    )


def _shapes(options: list[Any]) -> Iterator[str]:
    yield from (shape(option) for option in options if isinstance(option, type) or get_origin(option) is not None)


if __name__ == "__main__":
    write_text(TARGET, document())
