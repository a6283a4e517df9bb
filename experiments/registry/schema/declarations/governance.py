"""Section 3.7 of the registry's model, the fields: data, ethics, privacy, sharing.

Belongs here: these declarations. Does not: the parts they hold (schema.governance), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated

from experiments.registry.schema.governance import (
    Attestation,
    ConsentPlan,
    DataProtection,
    DataSource,
    DisclosureRules,
    Dissemination,
    EthicsDecision,
    HarmRule,
    Instrument,
    Risk,
    Wave,
)
from experiments.registry.schema.meta import Facts, Part, both


class Governance(Part):
    """Data, ethics, privacy, sharing."""

    data_sources: Annotated[
        tuple[DataSource, ...],
        Facts(
            "J",
            "S",
            "major",
            label=both("Data sources", "数据来源"),
            guidance=both(
                "Each delivered table: kind, owner, legal basis, linkage keys, and who has seen it already.",
                "每张报送表：类型、所有者、法律依据、关联键，以及谁已看过。",
            ),
            example=both("clinic_visit: survey, consent, not_created", "clinic_visit：调查，知情同意，not_created"),
            judged=both(
                "The level of earlier access is honest; data seen before cannot confirm a hypothesis.",
                "如实填写既往接触程度；已看过的数据不能确证假设。",
            ),
        ),
    ] = ()
    instruments: Annotated[
        tuple[Instrument, ...],
        Facts(
            "D",
            "R",
            "major",
            label=both("Instruments", "测量工具"),
            guidance=both(
                "Each questionnaire or passive source in one version, with languages and mode.",
                "每份问卷或被动来源的某一版本，写明语言与方式。",
            ),
            example=both("visit_interview 1.0, zh, capi", "visit_interview 1.0, zh, capi"),
            judged=both("The version is fixed and covers every survey outcome.", "版本固定，涵盖全部调查类结果。"),
        ),
    ] = ()
    schedule: Annotated[
        tuple[Wave, ...],
        Facts(
            "D",
            "R",
            "major",
            label=both("Schedule of waves", "轮次安排"),
            guidance=both(
                "Each wave with its target date and the window in which it counts as on time.",
                "每一轮的目标日期及视为按时的窗口。",
            ),
            example=both("W2: 2025-03-03, up to 20 days after", "W2：2025-03-03，之后 20 天内"),
            judged=both(
                "Waves cover the time frames of the outcomes; windows do not overlap.",
                "轮次覆盖结果的时间范围；窗口不重叠。",
            ),
        ),
    ] = ()
    ethics: Annotated[
        tuple[EthicsDecision, ...],
        Facts(
            "I",
            "R",
            "operational",
            label=both("Ethics decisions", "伦理决定"),
            guidance=both(
                "Each committee's decision with number, zones and the day on which it expires.",
                "各委员会的决定、编号、所涉试点区与失效日期。",
            ),
            example=both("approved for all zones until 2030-12-31", "全部试点区获批，至 2030-12-31"),
            judged=both(
                "Every zone is covered until the study ends; conditions are met.",
                "各试点区均被覆盖至研究结束；附带条件已满足。",
            ),
        ),
    ] = ()
    consent_plan: Annotated[
        ConsentPlan | None,
        Facts(
            "I",
            "R",
            "major",
            label=both("Consent", "知情同意"),
            guidance=both(
                "How consent is given, for what, in which languages, and what withdrawal does.",
                "如何同意、同意什么、用何种语言、撤回后如何处理。",
            ),
            example=both(
                "electronic; participation and linkage; delete_identified", "electronic；参与与关联；delete_identified"
            ),
            judged=both(
                "Scopes cover every linked source; a waiver has a reason that the committee accepted.",
                "范围涵盖全部关联来源；豁免有委员会认可的理由。",
            ),
        ),
    ] = None
    data_protection: Annotated[
        DataProtection | None,
        Facts(
            "I",
            "R",
            "major",
            public="never",
            label=both("Data protection", "数据保护"),
            guidance=both(
                "Impact assessment, sensitive categories, minimisation, retention, pseudonyms.",
                "影响评估、敏感类别、最小化、保存期限、假名化。",
            ),
            example=both("assessment of 2024-09-01; kept until 2031-12-31", "评估于 2024-09-01；保存至 2031-12-31"),
            judged=both(
                "Only what the analyses need is collected, and nothing crosses a border without a basis.",
                "只收集分析所需；出境须有依据。",
            ),
        ),
    ] = None
    risk_register: Annotated[
        tuple[Risk, ...],
        Facts(
            "I",
            "S",
            "major",
            label=both("Risks", "风险清单"),
            guidance=both(
                "What could go wrong, for whom, how likely, how bad, what is done, who watches.",
                "可能出什么问题、影响谁、可能性、严重性、措施与负责人。",
            ),
            example=both("Older patients feel left behind; a nurse on request", "老年患者感到不便；可要求护士服务"),
            judged=both("Risks to people come before risks to the study.", "先写对人的风险，再写对研究的风险。"),
        ),
    ] = ()
    harm_stopping_rule: Annotated[
        tuple[HarmRule, ...],
        Facts(
            "I",
            "S",
            "major",
            label=both("Harm stopping rule", "不良影响停止规则"),
            guidance=both(
                "The metric and threshold at which the study is suspended in a zone, and who acts.",
                "在试点区暂停研究的指标与阈值，以及处理人。",
            ),
            example=both("mean satisfaction of the elderly below 2.0 in a zone", "某试点区年长者平均满意度低于 2.0"),
            judged=both(
                "The threshold would be crossed before harm is done to many, and somebody named acts.",
                "在多数人受害之前即会触发，且有指定人员处理。",
            ),
        ),
    ] = ()
    disclosure_rules: Annotated[
        DisclosureRules | None,
        Facts(
            "K",
            "R",
            "major",
            label=both("Disclosure rules", "披露规则"),
            guidance=both(
                "Smallest cell, rounding and dominance for released tables; never below the platform's floor.",
                "发布表的最小单元、取整与支配规则；不得低于平台下限。",
            ),
            example=both("min_cell 10, rounding 5", "min_cell 10, rounding 5"),
            judged=both("Stricter where the data are sensitive or the places small.", "数据敏感或地区较小时更严格。"),
        ),
    ] = None
    dissemination: Annotated[
        Dissemination | None,
        Facts(
            "K",
            "R",
            "minor",
            label=both("Sharing and embargo", "共享与限期公开"),
            guidance=both(
                "When results are due, until when the plan is hidden, who gets data and code.",
                "结果何时应公开、方案保密至何时、谁可获得数据与代码。",
            ),
            example=both(
                "results by 2026-12-31, data controlled, code open", "2026-12-31 前公开结果，数据受控，代码开放"
            ),
            judged=both(
                "Results are due within a year of primary completion; an embargo lasts at most four years.",
                "主要收集完成后一年内公开结果；保密不超过四年。",
            ),
        ),
    ] = None
    attestations: Annotated[
        tuple[Attestation, ...],
        Facts(
            "A",
            "S",
            "locked",
            label=both("Attestations", "声明"),
            guidance=both(
                "Statements that the responsible party makes by name and date.", "责任人署名并注明日期的声明。"
            ),
            example=both("accurate, will_report_all", "accurate, will_report_all"),
            judged=both("All four are made by the responsible party.", "四项均由责任人作出。"),
        ),
    ] = ()
