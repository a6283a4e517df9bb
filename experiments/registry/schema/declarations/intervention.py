"""Section 3.3 of the registry's model, the fields: arms, interventions, exposure, screening.

Belongs here: these declarations. Does not: the parts they hold (schema.intervention), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated, Literal

from experiments.registry.schema.intervention import Arm, Contamination, Dose, ExposureMeasure, Intervention, Screening
from experiments.registry.schema.meta import Facts, Part, both


class Card(Part):
    """Arms, interventions, exposure, screening."""

    arms: Annotated[
        tuple[Arm, ...],
        Facts(
            "E",
            "S",
            "major",
            "t1",
            label=both("Arms", "组别"),
            guidance=both(
                "The groups that are compared, with what each receives in a name that both languages share.",
                "相互比较的各组及其所接受的内容，中英文名称一致。",
            ),
            example=both(
                "triage (experimental), usual (usual_practice)", "triage (experimental), usual (usual_practice)"
            ),
            judged=both(
                "The comparator is what people would really get otherwise.", "对照是人们在没有干预时真实会得到的。"
            ),
        ),
    ] = ()
    interventions: Annotated[
        tuple[Intervention, ...],
        Facts(
            "E",
            "S",
            "major",
            label=both("Interventions and AI card", "干预与人工智能卡片"),
            guidance=both(
                "What each arm receives; for an AI system the card: provider, model, updates, role in decisions, override.",
                "各组接受什么；人工智能系统须填卡片：提供方、模型、更新、决策作用、人工干预。",
            ),
            example=both("ai_triage: recommends, human override, frozen", "ai_triage：提供建议，可人工推翻，版本冻结"),
            judged=both(
                "The system can be recognised from the card; a human can overrule it where people are affected.",
                "凭卡片可重建或至少识别该系统；影响到人时可由人推翻。",
            ),
        ),
    ] = ()
    exposure_measure: Annotated[
        ExposureMeasure | None,
        Facts(
            "E",
            "S",
            "major",
            label=both("Exposure measure", "暴露测量"),
            guidance=both(
                "How it is known who really met the intervention, from which delivered table and column.",
                "如何得知谁真正接触了干预，来自哪张报送表的哪一列。",
            ),
            example=both("assigned, clinic_assignment.arm_code", "assigned, clinic_assignment.arm_code"),
            judged=both(
                "Assignment alone is enough for intention to treat; claims about use need a measure of use.",
                "意向性分析只需分组；涉及使用的结论须有使用测量。",
            ),
        ),
    ] = None
    contamination_risk: Annotated[
        Contamination | None,
        Facts(
            "E",
            "S",
            "major",
            label=both("Contamination", "干扰与溢出"),
            guidance=both(
                "Whether the comparison units can be reached by the intervention, and what is done about it.",
                "对照单位是否可能受到干预影响，如何防范。",
            ),
            example=both("low: patients seldom change clinics", "low：患者很少更换诊所"),
            judged=both(
                "A high risk has a mitigation, and a spillover question where it matters.",
                "风险高时有防范措施，必要时设溢出问题。",
            ),
        ),
    ] = None
    masking: Annotated[
        tuple[Literal["participant", "provider", "outcome_assessor", "analyst", "none"], ...],
        Facts(
            "J",
            "S",
            "major",
            label=both("Masking", "盲法"),
            guidance=both(
                "Who does not know the assignment: participants, providers, assessors, analysts; or none.",
                "谁不知道分组：受试者、提供者、测量者、分析者；或无。",
            ),
            example=both("outcome_assessor, analyst", "outcome_assessor, analyst"),
            judged=both(
                "What could be masked at little cost is masked; `none` stands alone and is explained.",
                "能低成本设盲的已设盲；none 单独出现并说明原因。",
            ),
        ),
    ] = ()
    dose_schedule: Annotated[
        tuple[Dose, ...],
        Facts(
            "E",
            "S",
            "major",
            label=both("Dose schedule", "实施时间与强度"),
            guidance=both("From when to when each arm receives how much.", "各组从何时到何时接受多大强度。"),
            example=both(
                "triage: 2024-12-16 to 2025-11-30, all opening hours", "triage：2024-12-16 至 2025-11-30，全部门诊时间"
            ),
            judged=both(
                "Every arm but a no-intervention one has a start, and it lies within the study.",
                "除无干预组外各组均有开始日期，且在研究期内。",
            ),
        ),
    ] = ()
    screening: Annotated[
        Screening | None,
        Facts(
            "I",
            "S",
            "major",
            label=both("Screening", "合规筛查"),
            guidance=both(
                "Risk tier, prohibited practices one by one, biometrics, employment use, special groups.",
                "风险等级、逐项禁止行为、生物识别、用工用途、特殊群体。",
            ),
            example=both(
                "low tier; six practices, none present; elderly affected, a nurse on request",
                "低风险；六项均无；涉及老年人，可要求护士服务",
            ),
            judged=both(
                "Each practice has an answer with a reason; affected groups keep an alternative to the machine.",
                "每项均有答复与理由；受影响群体保有非智能替代。",
            ),
        ),
    ] = None
