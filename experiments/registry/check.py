"""Checking a protocol: every problem in one pass, each with the path of its field and a sentence in both languages.

Belongs here: form (schema) and fit (references, estimators, what a reviewer would send back). Does not: the schema itself
(protocol), approvals (to come).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from data.messages import Refused, Text
from data.reference import zones
from data.settings import REPOSITORY
from experiments.estimators import method
from experiments.messages import not_found
from experiments.registry.migrations import upgraded
from experiments.registry.protocol import Protocol

MARTS = REPOSITORY / "dbt_project" / "models" / "marts"
VAGUE = frozenset(
    {"satisfaction", "safety", "impact", "effect", "performance", "满意度", "安全", "影响", "效果", "绩效"}
)

_FORM: dict[str, str] = {
    "missing": "缺少此字段",
    "extra_forbidden": "没有这个字段",
    "literal_error": "不是可选的取值",
    "string_pattern_mismatch": "写法不符合要求",
    "string_type": "应为文本",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "greater_than": "数值过小",
    "greater_than_equal": "数值过小",
    "less_than": "数值过大",
    "too_short": "至少需要一项",
    "tuple_type": "应为列表",
    "model_type": "应为一组字段",
    "dict_type": "应为一组字段",
    "string_too_long": "文本过长",
}


@dataclass(frozen=True)
class ProtocolProblem:
    """One thing wrong or doubtful. `path` names the field, such as ``analyses.2.estimator``; errors block registration."""

    path: str
    severity: Literal["error", "warning"]
    message: Text


def check_protocol(path: Path) -> list[ProtocolProblem]:
    """Return every problem of the protocol in a YAML file, form first, then fit; empty when there is none.

    Raises
    ------
    NotFound
        No such file.
    """
    if not path.is_file():
        raise not_found("E-PROTO-02", name=path.name)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return [_error("document", "This is not a YAML file in UTF-8.", "这不是 UTF-8 编码的 YAML 文件。")]
    try:
        protocol = Protocol.model_validate(upgraded(content))
    except ValidationError as error:
        return [_form(item["loc"], item["type"], item["msg"]) for item in error.errors()]
    return list(check_fit(protocol))


def check_fit(protocol: Protocol) -> Iterator[ProtocolProblem]:
    """Yield what does not fit together in a protocol of good form."""
    yield from _twice(protocol)
    yield from _zones(protocol)
    yield from _interventions(protocol)
    yield from _outcomes(protocol)
    yield from _references(protocol)
    yield from _hypotheses(protocol)
    for place, analysis in enumerate(protocol.analyses):
        yield from _analysis(protocol, place, f"analyses.{place}", analysis.dataset)


def _form(location: tuple[int | str, ...], kind: str, message: str) -> ProtocolProblem:
    where = ".".join(str(step) for step in location) or "document"
    return _error(where, f"{message}.", f"{_FORM.get(kind, '取值无效')}。")


def _error(path: str, en: str, zh: str) -> ProtocolProblem:
    return ProtocolProblem(path, "error", Text(en=en, zh=zh))


def _doubt(path: str, en: str, zh: str) -> ProtocolProblem:
    return ProtocolProblem(path, "warning", Text(en=en, zh=zh))


def _twice(protocol: Protocol) -> Iterator[ProtocolProblem]:
    lists: dict[str, list[str]] = {
        "zones": [item.zone_id for item in protocol.zones],
        "arms": [item.arm_id for item in protocol.arms],
        "interventions": [item.id for item in protocol.interventions],
        "outcomes": [item.id for item in protocol.outcomes],
        "inquiries": [item.id for item in protocol.inquiries],
        "hypotheses": [item.id for item in protocol.hypotheses],
        "families": [item.id for item in protocol.families],
        "analyses": [item.id for item in protocol.analyses],
    }
    for name, found in lists.items():
        for place, identifier in enumerate(found):
            if identifier in found[:place]:
                yield _error(f"{name}.{place}", f"{identifier} stands here twice.", f"{identifier} 重复出现。")


def _zones(protocol: Protocol) -> Iterator[ProtocolProblem]:
    for place, item in enumerate(protocol.zones):
        if item.zone_id not in zones():
            yield _error(
                f"zones.{place}.zone_id", f"No zone is called {item.zone_id}.", f"没有名为 {item.zone_id} 的试点区。"
            )


def _interventions(protocol: Protocol) -> Iterator[ProtocolProblem]:
    for place, item in enumerate(protocol.interventions):
        if (item.kind == "ai_system") != (item.ai_system is not None):
            yield _error(
                f"interventions.{place}.ai_system",
                "The AI card belongs to interventions of kind ai_system, and only to them.",
                "仅当 kind 为 ai_system 时填写人工智能系统卡片，且必须填写。",
            )


def _outcomes(protocol: Protocol) -> Iterator[ProtocolProblem]:
    for place, item in enumerate(protocol.outcomes):
        vague = {item.name.en.strip().lower(), item.name.zh.strip()} & VAGUE
        if vague and item.construct_note is None:
            yield _error(
                f"outcomes.{place}.name",
                "The name says too little: add construct_note, or name what is measured.",
                "名称过于笼统：请补充 construct_note，或写明测量内容。",
            )
        if item.level not in protocol.impact_levels:
            yield _error(
                f"outcomes.{place}.level",
                f"Level {item.level} is not among impact_levels.",
                f"impact_levels 中没有 {item.level}。",
            )
    if not any(item.tier == "safety" for item in protocol.outcomes):
        yield _doubt(
            "outcomes",
            "No outcome of tier safety: the report will say that harms were not looked for.",
            "没有 safety 层级的结果：报告将说明未考察不良影响。",
        )


def _references(protocol: Protocol) -> Iterator[ProtocolProblem]:
    arms = {item.arm_id for item in protocol.arms}
    outcomes = {item.id for item in protocol.outcomes}
    for place, intervention in enumerate(protocol.interventions):
        for arm in set(intervention.arms) - arms:
            yield _lost(f"interventions.{place}.arms", arm)
    for place, inquiry in enumerate(protocol.inquiries):
        if inquiry.outcome_id not in outcomes:
            yield _lost(f"inquiries.{place}.outcome_id", inquiry.outcome_id)
        for arm in sorted({inquiry.contrast.arm_a, inquiry.contrast.arm_b} - arms):
            yield _lost(f"inquiries.{place}.contrast", arm)


def _lost(path: str, identifier: str) -> ProtocolProblem:
    return _error(path, f"Nothing in this protocol is called {identifier}.", f"本方案中没有 {identifier}。")


def _hypotheses(protocol: Protocol) -> Iterator[ProtocolProblem]:
    inquiries = {item.id for item in protocol.inquiries}
    families = {item.id for item in protocol.families}
    answered = {name for analysis in protocol.analyses for name in analysis.hypothesis_ids}
    for place, item in enumerate(protocol.hypotheses):
        path = f"hypotheses.{place}"
        if item.inquiry_id not in inquiries:
            yield _lost(f"{path}.inquiry_id", item.inquiry_id)
        if item.family_id is not None and item.family_id not in families:
            yield _lost(f"{path}.family_id", item.family_id)
        if item.id not in answered:
            yield _error(path, f"No analysis answers {item.id}.", f"没有分析回答假设 {item.id}。")
        if item.direction in ("equivalence", "non_inferiority") and item.sesoi is None:
            yield _error(
                f"{path}.sesoi", f"{item.direction} needs a smallest effect of interest.", "此方向需要 sesoi。"
            )
        elif item.tier == "confirmatory" and item.sesoi is None:
            yield _doubt(
                f"{path}.sesoi",
                "Without a smallest effect of interest the report cannot say that a difference is too small to matter.",
                "没有 sesoi，报告无法判断差异是否小到可以忽略。",
            )


def _analysis(protocol: Protocol, place: int, path: str, dataset: str) -> Iterator[ProtocolProblem]:
    analysis = protocol.analyses[place]
    known = sorted(file.stem for file in MARTS.glob("*.sql"))
    if known and dataset not in known:
        names = ", ".join(known)
        yield _error(
            f"{path}.dataset", f"There is no table {dataset}. Known: {names}.", f"没有表 {dataset}。可用：{names}。"
        )
    hypotheses = {item.id for item in protocol.hypotheses}
    for name in analysis.hypothesis_ids:
        if name not in hypotheses:
            yield _lost(f"{path}.hypothesis_ids", name)
        elif not _measures(protocol, name, analysis.outcome):
            yield _error(
                f"{path}.outcome",
                f"{analysis.outcome} is not a variable of the outcome that {name} is about.",
                f"{analysis.outcome} 不是假设 {name} 所涉结果的变量。",
            )
    try:
        method(analysis.estimator).check(analysis.spec())
    except Refused as error:
        yield ProtocolProblem(path, "error", error.text)


def _measures(protocol: Protocol, hypothesis_id: str, variable: str) -> bool:
    try:
        return variable in protocol.outcome_of(protocol.hypothesis(hypothesis_id)).variables
    except KeyError:
        return True  # the broken reference is reported where it stands
