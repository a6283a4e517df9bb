"""Section 3.6 of the registry's model, the fields: the analysis plan.

Belongs here: these declarations. Does not: the parts they hold (schema.analysis), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated

from experiments.registry.schema.analysis import CodeRef, Moderator, RegisteredAnalysis
from experiments.registry.schema.meta import Facts, Part, Words, both


class Plan(Part):
    """The analysis plan."""

    analyses: Annotated[
        tuple[RegisteredAnalysis, ...],
        Facts(
            "H",
            "S",
            "major",
            "t3",
            label=both("Analyses", "分析"),
            guidance=both(
                "For each hypothesis the estimator, the released table, its columns, rows, clusters and level.",
                "每个假设的估计方法、发布表、所用列与行、聚类与显著性水平。",
            ),
            example=both(
                "wait_itt: ols of wait_min on treat, pairs as fixed effects and clusters",
                "wait_itt：wait_min 对 treat 的 ols，配对为固定效应与聚类",
            ),
            judged=both(
                "Two analysts would compute the same number from this alone, and the design is respected.",
                "两名分析人员据此会得出同一数值，且遵从设计。",
            ),
        ),
    ] = ()
    robustness: Annotated[
        tuple[RegisteredAnalysis, ...],
        Facts(
            "H",
            None,
            "major",
            label=both("Robustness analyses", "稳健性分析"),
            guidance=both(
                "Variations of a registered analysis, each with what varies.", "对登记分析的变动，各写明变动之处。"
            ),
            example=both("wait_itt with age as covariate", "在 wait_itt 中加入年龄协变量"),
            judged=both(
                "They test the assumption most in doubt, and do not replace the registered analysis.",
                "检验最可疑的假设，且不取代登记的分析。",
            ),
        ),
    ] = ()
    heterogeneity: Annotated[
        tuple[Moderator, ...],
        Facts(
            "H",
            None,
            "major",
            "t3",
            label=both("Moderators", "调节变量"),
            guidance=both(
                "Variables measured before treatment along which effects may differ.",
                "处理前测得、效应可能随之不同的变量。",
            ),
            example=both("is_elderly, measured at W1", "is_elderly，于 W1 测得"),
            judged=both(
                "Few, measured before treatment, with enough units in each group.",
                "数量少、处理前测得，且各组单位足够。",
            ),
        ),
    ] = ()
    code_ref: Annotated[
        CodeRef | None,
        Facts(
            "H",
            None,
            "major",
            "t4",
            label=both("Code of the study", "研究代码"),
            guidance=both(
                "Code beyond the platform's own, by repository and commit.", "平台之外的代码，写明仓库与提交号。"
            ),
            example=both("analysis.py at a fixed commit", "固定提交处的 analysis.py"),
            judged=both("The commit is fixed and can be read by reviewers.", "提交号固定，评审可读取。"),
        ),
    ] = None
    diagnosis_note: Annotated[
        Words | None,
        Facts(
            "G",
            None,
            "major",
            label=both("Note on the diagnosis", "诊断说明"),
            guidance=both("Why a gate that the diagnosis warns about may be passed.", "诊断提示的问题为何可以接受。"),
            example=both(
                "Power for H3 is 0.74; zones cannot enrol more patients over 60.",
                "H3 功效为 0.74；试点区无法招募更多 60 岁以上患者。",
            ),
            judged=both(
                "The reason is about feasibility, and the claim is softened accordingly.",
                "理由在于可行性，且结论相应减弱。",
            ),
        ),
    ] = None
