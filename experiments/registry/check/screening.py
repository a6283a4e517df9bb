"""The screening of the Shanghai regulations in force since 2022-10-01 (articles 65 and 67 to 70), and the AI card.

Belongs here: whether each question has an answer and each answer its consequence. Does not: arms and references (references).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error
from experiments.registry.schema.intervention import AiSystem, Prohibited, Screening, SpecialGroup

CHECKLIST = ("necessity_note", "appropriateness_note", "controllability_note", "compliance_review_ref")


def screening(case: Case) -> Iterator[ProtocolProblem]:
    """Yield what the screening lacks."""
    found = case.protocol.screening
    if found is None:
        return
    yield from _prohibited(found)
    yield from _tier(found)
    yield from _groups(found)
    if found.employment_use and found.employment_rights_note is None:
        yield error(
            "screening.employment_rights_note",
            "Use in discipline, scheduling, recruitment or promotion: say how workers' rights are protected (article 69).",
            "用于考勤纪律、排班、招聘或晋升：请说明如何保护劳动者权益（第六十九条）。",
        )


def _prohibited(found: Screening) -> Iterator[ProtocolProblem]:
    answered = {item.practice for item in found.prohibited}
    for practice in get_args(Prohibited):
        if practice not in answered:
            yield error(
                "screening.prohibited",
                f"No answer for the prohibited practice {practice} (article 67).",
                f"禁止行为 {practice} 没有答复（第六十七条）。",
            )
    for place, item in enumerate(found.prohibited):
        if item.present:
            yield error(
                f"screening.prohibited.{place}.present",
                f"{item.practice} is prohibited (article 67): such a study cannot be registered.",
                f"{item.practice} 属禁止行为（第六十七条），此类研究不得登记。",
            )


def _tier(found: Screening) -> Iterator[ProtocolProblem]:
    if found.risk_tier == "high":
        for name in CHECKLIST:
            if getattr(found, name) is None:
                yield error(
                    f"screening.{name}",
                    "High risk: the checklist and the compliance review are needed (article 65).",
                    "高风险：须有清单各项与合规审查（第六十五条）。",
                )
    if not found.biometrics:
        return
    if found.risk_tier == "low":
        yield error(
            "screening.risk_tier",
            "Biometric services are of medium risk at least (article 68).",
            "生物识别服务至少为中风险（第六十八条）。",
        )
    if found.biometrics_safeguard_note is None:
        yield error(
            "screening.biometrics_safeguard_note",
            "Biometrics: say which safeguards make it secure and controllable (article 68).",
            "涉及生物识别：请说明安全可控的保障措施（第六十八条）。",
        )


def _groups(found: Screening) -> Iterator[ProtocolProblem]:
    answered = {item.group for item in found.special_groups}
    for group in get_args(SpecialGroup):
        if group not in answered:
            yield error(
                "screening.special_groups",
                f"Say whether this group is affected: {group} (article 70).",
                f"请说明是否涉及该群体：{group}（第七十条）。",
            )
    for place, item in enumerate(found.special_groups):
        if item.affected and item.alternative_offered is None:
            yield error(
                f"screening.special_groups.{place}.alternative_offered",
                f"An affected group keeps an alternative to the machine: {item.group} (article 70).",
                f"受影响群体须保有非智能替代服务：{item.group}（第七十条）。",
            )


def ai_card(case: Case) -> Iterator[ProtocolProblem]:
    """Yield AI cards that are out of place or contradict themselves."""
    for place, item in enumerate(case.protocol.interventions):
        path = f"interventions.{place}.ai_system"
        if (item.kind == "ai_system") != (item.ai_system is not None):
            yield error(
                path,
                "The AI card belongs to interventions of kind ai_system, and only to them.",
                "仅当 kind 为 ai_system 时填写人工智能系统卡片，且必须填写。",
            )
        if item.ai_system is not None:
            yield from _card(path, item.ai_system)


def _card(path: str, card: AiSystem) -> Iterator[ProtocolProblem]:
    if card.update_policy == "frozen" and len(card.version_range) > 1:
        yield error(
            f"{path}.version_range",
            "A frozen system has one version.",
            "更新方式为冻结时只能有一个版本。",
        )
    if card.model_version is not None and card.version_range and card.model_version not in card.version_range:
        yield error(
            f"{path}.model_version",
            f"{card.model_version} is not in version_range.",
            f"version_range 中没有 {card.model_version}。",
        )
    if card.decision_role == "decides_autonomously" and not card.human_override:
        yield doubt(
            f"{path}.human_override",
            "The system decides alone and nobody can overrule it; reviewers will ask for the reason.",
            "系统自主决策且无人可推翻；评审会要求说明理由。",
        )
