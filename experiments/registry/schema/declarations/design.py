"""Section 3.4 of the registry's model, the fields: population, sampling, assignment, model.

Belongs here: these declarations. Does not: the parts they hold (schema.design), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated, Literal

from experiments.registry.schema.design import (
    AssignmentSpec,
    Criterion,
    ModelM,
    SampleSize,
    Sampling,
    SamplingFrame,
    StoppingRule,
    Unit,
)
from experiments.registry.schema.meta import Facts, Part, Words, both


class Design(Part):
    """Population, sampling, assignment, model."""

    unit_of_observation: Annotated[
        Unit | None,
        Facts(
            "D",
            "S",
            "major",
            "t1",
            label=both("Unit of observation", "观测单位"),
            guidance=both("On what the data are recorded.", "数据记录在什么单位上。"),
            example=both("person", "person"),
            judged=both("It is the grain of the outcome's table.", "与结果数据表的粒度一致。"),
        ),
    ] = None
    unit_of_assignment: Annotated[
        Unit | None,
        Facts(
            "D",
            "S",
            "major",
            "t1",
            label=both("Unit of assignment", "分组单位"),
            guidance=both("On what the arm is decided.", "按什么单位决定组别。"),
            example=both("facility", "facility"),
            judged=both("Standard errors are clustered no lower than here.", "标准误的聚类不低于此单位。"),
        ),
    ] = None
    unit_of_analysis: Annotated[
        Unit | None,
        Facts(
            "D",
            "S",
            "major",
            "t1",
            label=both("Unit of analysis", "分析单位"),
            guidance=both("On what the effect is stated.", "效应按什么单位表述。"),
            example=both("person", "person"),
            judged=both("It does not lie below the unit of assignment without clustering.", "若低于分组单位则须聚类。"),
        ),
    ] = None
    design_note: Annotated[
        Words | None,
        Facts(
            "C",
            None,
            "major",
            label=both("Note on the design", "设计说明"),
            guidance=both(
                "What the typed fields do not say, such as why clinics were paired.",
                "其他字段未能表达的内容，例如为何配对。",
            ),
            example=both("Clinics were paired within zones on size.", "诊所在各试点区内按规模配对。"),
            judged=both("It contradicts no typed field.", "与其他字段不矛盾。"),
        ),
    ] = None
    target_population: Annotated[
        Words | None,
        Facts(
            "D",
            "S",
            "major",
            label=both("Target population", "目标人群"),
            guidance=both("To whom the conclusion is meant to apply.", "结论拟适用于谁。"),
            example=both("Adults who use community clinics in the pilot zones", "试点区社区诊所的成年患者"),
            judged=both("The sample can speak for it, or the difference is named.", "样本能代表该人群，或已写明差距。"),
        ),
    ] = None
    sampling_frame: Annotated[
        SamplingFrame | None,
        Facts(
            "D",
            "S",
            "major",
            label=both("Sampling frame", "抽样框"),
            guidance=both(
                "The list from which units are taken, its date and what it misses.", "抽取单位所用名册、日期及其遗漏。"
            ),
            example=both(
                "Register of community clinics, 2024-10-01; private clinics are missing",
                "社区诊所名册，2024-10-01；不含民营诊所",
            ),
            judged=both("The gap between frame and population is named.", "写明抽样框与目标人群的差距。"),
        ),
    ] = None
    eligibility: Annotated[
        tuple[Criterion, ...],
        Facts(
            "D",
            "S",
            "major",
            "t1",
            label=both("Eligibility", "入选标准"),
            guidance=both(
                "Who may take part and who may not, each rule with its text and, where possible, an expression.",
                "谁可参加、谁不可参加；每条有文字，并尽可能有表达式。",
            ),
            example=both("include: age_years >= 18", "include: age_years >= 18"),
            judged=both("The rules can be applied before assignment is known.", "在分组已知之前即可适用。"),
        ),
    ] = ()
    sampling_method: Annotated[
        Sampling | None,
        Facts(
            "D",
            "S",
            "major",
            label=both("Sampling method", "抽样方法"),
            guidance=both(
                "How units are drawn from the frame, with strata and primary units.",
                "如何从抽样框抽取单位，写明分层与初级单位。",
            ),
            example=both("stratified by zone_id", "按 zone_id 分层"),
            judged=both(
                "Weights can be derived, or the study claims nothing about the population.",
                "能够推出权重，否则不作总体推断。",
            ),
        ),
    ] = None
    sample_size: Annotated[
        SampleSize | None,
        Facts(
            "G",
            "S",
            "major",
            label=both("Sample size", "样本量"),
            guidance=both(
                "Planned units, clusters, units per arm and waves; actual numbers are computed.",
                "计划的单位数、群组数、各组单位数与轮次；实际数由平台计算。",
            ),
            example=both("2,640 persons in 88 clinics, 1,320 an arm, 4 waves", "88 家诊所 2640 人，每组 1320 人，4 轮"),
            judged=both("The numbers come from the diagnosis, and the sums agree.", "数字来自设计诊断，合计相符。"),
        ),
    ] = None
    stopping_rule: Annotated[
        StoppingRule | None,
        Facts(
            "G",
            "S",
            "major",
            "t2",
            label=both("Stopping rule", "停止规则"),
            guidance=both(
                "When collection ends: at a number, at a date, or by sequential looks.",
                "数据收集何时结束：达到样本量、到期，或按序贯检视。",
            ),
            example=both("fixed_date", "fixed_date"),
            judged=both("Looks at outcomes are counted and paid for in alpha.", "每次检视均计数并消耗显著性水平。"),
        ),
    ] = None
    allocation: Annotated[
        Literal["randomised", "non_randomised", "not_applicable"] | None,
        Facts(
            "C",
            "S",
            "major",
            "t1",
            label=both("Allocation", "分配方式"),
            guidance=both("Whether chance decides the arm.", "组别是否由随机决定。"),
            example=both("randomised", "randomised"),
            judged=both(
                "Randomised means by the platform's committed draw or an equally checkable one.",
                "“随机”指平台承诺的抽取或同样可核查的抽取。",
            ),
        ),
    ] = None
    intervention_model: Annotated[
        Literal["single_group", "parallel", "crossover", "factorial", "sequential", "stepped_wedge"] | None,
        Facts(
            "C",
            "S",
            "major",
            "t1",
            label=both("Intervention model", "干预模式"),
            guidance=both(
                "How arms and time combine: parallel, crossover, factorial, stepped wedge, one group.",
                "组别与时间的组合：平行、交叉、析因、阶梯楔形、单组。",
            ),
            example=both("parallel", "parallel"),
            judged=both("It agrees with the method of assignment.", "与分组方法一致。"),
        ),
    ] = None
    assignment_spec: Annotated[
        AssignmentSpec | None,
        Facts(
            "C",
            "R",
            "major",
            "t1",
            label=both("Assignment", "分组设定"),
            guidance=both(
                "Enough to repeat the draw from the record alone: method, unit, strata, ratio, steps.",
                "足以凭记录重复抽取：方法、单位、分层、比例、步骤。",
            ),
            example=both(
                "block_cluster, unit clinic_id, strata zone_id and block_id",
                "block_cluster，单位 clinic_id，分层 zone_id 与 block_id",
            ),
            judged=both(
                "Strata are known before the draw, and the analyses use them.", "分层变量在抽取前已知，且分析加以利用。"
            ),
        ),
    ] = None
    model_m: Annotated[
        ModelM | None,
        Facts(
            "G",
            "S",
            "major",
            label=both("Model for the diagnosis", "诊断模型"),
            guidance=both(
                "The generator and parameters from which the platform draws data to compute power and bias.",
                "平台据以生成数据并计算功效与偏差的生成器和参数。",
            ),
            example=both("clustered_panel, icc 0.065, attrition 8 % a wave", "clustered_panel，icc 0.065，每轮流失 8%"),
            judged=both(
                "Parameters come from named earlier data, and the worst plausible case was tried.",
                "参数来自写明的既有数据，并试过最不利的合理情形。",
            ),
        ),
    ] = None
