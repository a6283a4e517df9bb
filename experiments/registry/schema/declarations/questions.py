"""Section 3.5 of the registry's model, the fields: outcomes, inquiries, hypotheses, families.

Belongs here: these declarations. Does not: the parts they hold (schema.questions), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated

from experiments.registry.schema.meta import Facts, Part, both
from experiments.registry.schema.questions import Family, Hypothesis, Inquiry, Outcome


class Questions(Part):
    """Outcomes, inquiries, hypotheses, families."""

    outcomes: Annotated[
        tuple[Outcome, ...],
        Facts(
            "F",
            "S",
            "major",
            "t2",
            ("tier", "primary"),
            label=both("Outcomes", "结果指标"),
            guidance=both(
                "What is measured, at which level and tier, in which waves, in which unit, and which direction is good.",
                "测量什么，属于哪一层面与层级，在哪几轮，单位为何，何者为有益。",
            ),
            example=both(
                "Waiting time, primary, waves W2 to W4, minutes, less is better",
                "等候时间，主要，第 W2 至 W4 波，分钟，越少越好",
            ),
            judged=both(
                "Few primary outcomes, measurable as named, and at least one that looks for harm.",
                "主要结果少而可测，且至少一项考察不良影响。",
            ),
        ),
    ] = ()
    inquiries: Annotated[
        tuple[Inquiry, ...],
        Facts(
            "B",
            "S",
            "major",
            "t2",
            label=both("Inquiries", "研究问题"),
            guidance=both(
                "Which effect, on which outcome, in whom, which arm against which.",
                "对哪个结果、在谁身上、哪组与哪组相比的何种效应。",
            ),
            example=both(
                "itt on wait, all enrolled patients, triage against usual",
                "全部登记患者等候时间的意向性效应，triage 对 usual",
            ),
            judged=both(
                "The estimand can be written down without naming an estimator.", "不提估计方法也能写清估计目标。"
            ),
        ),
    ] = ()
    hypotheses: Annotated[
        tuple[Hypothesis, ...],
        Facts(
            "B",
            "S",
            "major",
            "t2",
            ("tier", "confirmatory"),
            label=both("Hypotheses", "假设"),
            guidance=both(
                "What is expected, in which direction, and from which size on it matters.",
                "预期什么、方向为何、达到多大才有意义。",
            ),
            example=both("H1: AI triage shortens the wait; 2 minutes matter", "H1：AI 分诊缩短等候；2 分钟即有意义"),
            judged=both(
                "Each confirmatory hypothesis could turn out wrong, and its smallest effect of interest is argued.",
                "每个确证性假设都可能被否定，其最小重要效应有依据。",
            ),
        ),
    ] = ()
    families: Annotated[
        tuple[Family, ...],
        Facts(
            "H",
            "S",
            "major",
            "t2",
            label=both("Families of hypotheses", "假设族"),
            guidance=both(
                "Which hypotheses share an error rate, and how p-values are corrected.",
                "哪些假设共享错误率，p 值如何校正。",
            ),
            example=both("main: holm, 0.05", "main: holm, 0.05"),
            judged=both("Hypotheses that support the same claim are in one family.", "支持同一结论的假设归入同一族。"),
        ),
    ] = ()
