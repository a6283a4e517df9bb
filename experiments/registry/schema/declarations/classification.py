"""Section 3.1 of the registry's model, the fields: what kind of study it is and why it might work.

Belongs here: these declarations. Does not: the parts they hold (schema.identification), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from experiments.registry.schema.identification import (
    Domain,
    EvaluationMethod,
    Level,
    PriorWork,
    Sector,
    StudyType,
    TaskType,
    TheoryOfChange,
)
from experiments.registry.schema.meta import Facts, Part, Words, both


class Classification(Part):
    """Classification and context."""

    abstract: Annotated[
        Words | None,
        Facts(
            "B",
            "S",
            "major",
            label=both("Abstract", "摘要"),
            guidance=both(
                "Problem, intervention, design, outcomes and what a result would change, in 500 to 4,000 characters.",
                "用 500 至 4000 字符写明问题、干预、设计、结果指标及其意义（中文不少于 150 字）。",
            ),
            example=both(
                "Patients wait long at community clinics. Clinics are paired within zones; one of each pair gets AI triage …",
                "社区诊所患者等候时间长。各试点区内诊所两两配对，每对抽取一家使用 AI 分诊……",
            ),
            judged=both(
                "It can be understood alone, names comparator and unit of assignment, and says nothing about results.",
                "可独立读懂，写明对照与分组单位，不涉及结果。",
            ),
        ),
    ] = None
    keywords: Annotated[
        tuple[str, ...],
        Facts(
            "A",
            "S",
            "minor",
            label=both("Keywords", "关键词"),
            guidance=both(
                "Three to eight terms under which others would look for the study.", "三至八个便于他人检索的词。"
            ),
            example=both("triage, waiting time, community clinics", "triage, waiting time, community clinics"),
            judged=both("They are terms of the field, not of the product.", "使用学科术语，而非产品名称。"),
        ),
    ] = ()
    jel_codes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z]\d{0,2}$")], ...],
        Facts(
            "A",
            None,
            "minor",
            label=both("JEL codes", "JEL 分类号"),
            guidance=both(
                "Codes of the Journal of Economic Literature, where the study is economic.",
                "属于经济学研究时填写 JEL 分类号。",
            ),
            example=both("I11, C93", "I11, C93"),
            judged=both("They fit the question.", "与研究问题相符。"),
        ),
    ] = ()
    prior_work: Annotated[
        tuple[PriorWork, ...],
        Facts(
            "B",
            "S",
            "minor",
            label=both("Prior work", "前期研究"),
            guidance=both(
                "Studies that this one extends, replicates or follows; say `none` if there is none.",
                "本研究扩展、重复或后续的研究；没有则填 none。",
            ),
            example=both("replicates: a two-clinic pilot of 2024", "replicates: a two-clinic pilot of 2024"),
            judged=both(
                "The search for earlier work was serious; a replication says what it keeps and what it changes.",
                "认真检索过前期工作；重复研究写明保留与改动之处。",
            ),
        ),
    ] = ()
    domain: Annotated[
        Domain | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Domain", "领域"),
            guidance=both("The area of society in which the experiment takes place.", "实验所处的社会领域。"),
            example=both("health", "health"),
            judged=both("It is the domain of the outcomes, not of the technology.", "按结果指标而非技术归类。"),
        ),
    ] = None
    sectors: Annotated[
        tuple[Sector, ...],
        Facts(
            "A",
            "S",
            "minor",
            label=both("Application sectors", "应用行业"),
            guidance=both(
                "One or more sectors of the pilot-zone guidelines in which the AI is applied.",
                "试点区工作指引所列的一个或多个应用行业。",
            ),
            example=both("medical_care", "medical_care"),
            judged=both(
                "The sectors are those of the places where people meet the intervention.",
                "与人们实际接触干预的场所一致。",
            ),
        ),
    ] = ()
    task_type: Annotated[
        TaskType | None,
        Facts(
            "A",
            "S",
            "minor",
            label=both("Task type", "任务类型"),
            guidance=both(
                "Which of the four pilot-zone tasks this is: demonstration, policy or social experiment, infrastructure.",
                "属于试点区四类任务中的哪一类：技术示范、政策试验、社会实验、基础设施。",
            ),
            example=both("social_experiment", "social_experiment"),
            judged=both(
                "A social experiment observes effects on people, organisations or society; a demonstration does not.",
                "社会实验须观察对人、组织或社会的影响；单纯技术示范不属此类。",
            ),
        ),
    ] = None
    impact_levels: Annotated[
        tuple[Level, ...],
        Facts(
            "B",
            "S",
            "major",
            label=both("Levels of impact", "影响层面"),
            guidance=both(
                "At which levels effects are measured: individual, organisation, society.",
                "在哪些层面测量影响：个人、组织、社会。",
            ),
            example=both("individual", "individual"),
            judged=both(
                "Every level named has an outcome, and every outcome's level is named.",
                "每个层面都有结果指标，每个结果指标的层面均已列出。",
            ),
        ),
    ] = ()
    study_type: Annotated[
        StudyType | None,
        Facts(
            "C",
            "S",
            "major",
            label=both("Study type", "研究类型"),
            guidance=both(
                "Whether the team assigns the intervention, uses an assignment made by others, or only observes.",
                "由团队分配干预、利用他人的分配，还是仅作观察。",
            ),
            example=both("interventional", "interventional"),
            judged=both(
                "It agrees with the allocation: a randomised study is interventional.",
                "与分配方式一致：随机研究为干预性研究。",
            ),
        ),
    ] = None
    evaluation_method: Annotated[
        EvaluationMethod | None,
        Facts(
            "C",
            "S",
            "major",
            label=both("Evaluation method", "评估方法"),
            guidance=both("The design by which the effect is identified.", "识别效应所依据的设计。"),
            example=both("cluster_rct", "cluster_rct"),
            judged=both(
                "The assumptions that the method needs are stated and plausible in these zones.",
                "该方法所需假设已写明，且在所涉试点区可信。",
            ),
        ),
    ] = None
    theory_of_change: Annotated[
        TheoryOfChange | None,
        Facts(
            "B",
            "S",
            "major",
            label=both("Theory of change", "变革理论"),
            guidance=both(
                "A graph from the intervention through outputs to outcomes, with the assumptions on the way.",
                "从干预经产出到结果的有向图，并标出沿途假设。",
            ),
            example=both(
                "AI triage → shorter queue → shorter wait; assumption: nurses follow the advice",
                "AI 分诊 → 队列缩短 → 等候缩短；假设：护士采纳建议",
            ),
            judged=both(
                "Each primary outcome is reached by a path, and the weakest link is named.",
                "每个主要结果都有路径可达，并指出最薄弱的环节。",
            ),
        ),
    ] = None
