"""Section 3.1 of the registry's model, the fields: what the experiment is called, when it runs.

Belongs here: these declarations. Does not: the parts they hold (schema.identification), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.registry.schema.identification import SecondaryId, StudyDates
from experiments.registry.schema.meta import Facts, Part, Words, both


class Identification(Part):
    """Identification: names, numbers, dates."""

    schema_version: Annotated[
        Literal[2],
        Facts(
            "A",
            "D",
            "system",
            label=both("Schema version", "方案格式版本"),
            guidance=both(
                "Written by the platform; a file without it is read as version 1.",
                "由平台填写；未写明的文件按第 1 版读取。",
            ),
            example=both("2", "2"),
            judged=both(
                "Not judged: the platform brings older files to the present version.",
                "不作评审：平台会把旧版文件转换到当前版本。",
            ),
        ),
    ] = 2
    experiment_id: Annotated[
        str,
        Field(pattern=r"^SE-\d{4}-\d{4}$"),
        Facts(
            "A",
            "D",
            "locked",
            label=both("Experiment id", "实验编号"),
            guidance=both(
                "SE, the year of registration and a running number; given once, never reused.",
                "SE、登记年份与流水号；一经分配不再复用。",
            ),
            example=both("SE-2026-0001", "SE-2026-0001"),
            judged=both("Not judged: the registry gives it.", "不作评审：由登记处分配。"),
        ),
    ]
    version: Annotated[
        str,
        Field(pattern=r"^\d+\.\d+$"),
        Facts(
            "A",
            "D",
            "system",
            label=both("Version", "版本"),
            guidance=both(
                "0.n while a draft, 1.0 when first registered; the platform counts on.",
                "草稿为 0.n，首次登记为 1.0；此后由平台递增。",
            ),
            example=both("1.0", "1.0"),
            judged=both(
                "Not judged: the platform decides between a major and a minor version.",
                "不作评审：主次版本由平台判定。",
            ),
        ),
    ] = "0.1"
    title_brief: Annotated[
        Words,
        Facts(
            "A",
            "D",
            "minor",
            label=both("Short title", "简短标题"),
            guidance=both(
                "What is tried and on what, in at most 300 characters, without claiming a result.",
                "用不超过 300 字说明试什么、看什么，不预设结论。",
            ),
            example=both("AI triage in community clinics and patients' waiting time", "社区诊所 AI 分诊与患者等候时间"),
            judged=both(
                "A reader outside the team can tell the intervention and the main outcome apart; no promise of success.",
                "外部读者能分清干预与主要结果；不预告成功。",
            ),
        ),
    ]
    title_official: Annotated[
        Words | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Full title", "正式标题"),
            guidance=both(
                "Intervention, comparator, main outcome, population and design, in at most 600 characters.",
                "用不超过 600 字写明干预、对照、主要结果、人群与设计。",
            ),
            example=both(
                "AI triage against usual triage on patients' waiting time: a cluster randomised experiment in 11 pilot zones",
                "AI 分诊与常规分诊对患者等候时间的影响：11 个试点区的整群随机实验",
            ),
            judged=both(
                "All five elements are there and agree with the sections below.", "五项要素齐全，且与后文各节一致。"
            ),
        ),
    ] = None
    acronym: Annotated[
        str | None,
        Field(max_length=14),
        Facts(
            "A",
            None,
            "minor",
            label=both("Acronym", "简称"),
            guidance=both(
                "A short name of at most 14 characters, if the study has one.", "不超过 14 个字符的简称（如有）。"
            ),
            example=both("TRIAGE", "TRIAGE"),
            judged=both("It is not the name of another registered experiment.", "不与其他已登记实验重名。"),
        ),
    ] = None
    secondary_ids: Annotated[
        tuple[SecondaryId, ...],
        Facts(
            "A",
            None,
            "minor",
            label=both("Ids in other registries", "其他登记编号"),
            guidance=both(
                "Where the same study is registered elsewhere, and under which id.", "同一研究在其他登记平台的编号。"
            ),
            example=both("AEA: AEARCTR-0001234", "AEA: AEARCTR-0001234"),
            judged=both(
                "The other record exists and does not contradict this one.", "该记录确实存在，且与本方案不矛盾。"
            ),
        ),
    ] = ()
    simulated: Annotated[
        bool,
        Facts(
            "A",
            None,
            "locked",
            label=both("Simulated", "模拟"),
            guidance=both(
                "Whether the data are generated rather than collected; it marks every page and file.",
                "数据是否由程序生成而非收集；会标在每个页面与文件上。",
            ),
            example=both("false", "false"),
            judged=both("It is true of every demonstration and of nothing else.", "凡演示必为真，其余均为假。"),
        ),
    ] = False
    dates: Annotated[
        StudyDates | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Dates", "日期"),
            guidance=both(
                "Start and end of study and intervention, and when the last primary outcome is collected.",
                "研究与干预的起止日期，以及主要结果最后一次收集的日期。",
            ),
            example=both("study_start 2024-11-04 (anticipated)", "study_start 2024-11-04（预计）"),
            judged=both(
                "The order makes sense, leaves room for the waves, and no anticipated date lies in the past.",
                "顺序合理，容得下各轮调查，预计日期不早于今天。",
            ),
        ),
    ] = None
