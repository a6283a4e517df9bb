"""Design and numbers: the typed statements about sampling, allocation and size agree with each other.

Belongs here: what one statement of the design says about another. Does not: whether the analyses respect it (design.lint).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.messages import Refused
from experiments.design.models import read_model
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, unknown
from experiments.registry.schema.design import AssignmentSpec

RANDOM = frozenset({"rct", "cluster_rct", "stepped_wedge", "factorial"})
NEEDS = {
    "block": "strata",
    "block_cluster": "strata",
    "rerandomised": "rerandomisation",
    "threshold": "threshold",
    "stepped_wedge": "periods",
    "factorial": "factors",
    "external": "external_source",
}
NO_CHANCE = frozenset({"threshold", "external"})
LEAST_STEPS = 2


def sizes(case: Case) -> Iterator[ProtocolProblem]:
    """Yield planned numbers that do not add up."""
    protocol, size = case.protocol, case.protocol.sample_size
    if size is None:
        return
    arms = {item.arm_id for item in protocol.arms}
    yield from unknown("sample_size.per_arm", size.per_arm, arms)
    for arm in sorted(arms - set(size.per_arm)):
        yield error("sample_size.per_arm", f"No number for the arm {arm}.", f"组别 {arm} 没有计划数。")
    if sum(size.per_arm.values()) != size.units:
        yield error(
            "sample_size.per_arm",
            f"The arms add up to {sum(size.per_arm.values())}, units says {size.units}.",
            f"各组合计 {sum(size.per_arm.values())}，units 为 {size.units}。",
        )
    planned = [item.planned_n for item in protocol.zones]
    told = [number for number in planned if number is not None]
    if planned and len(told) == len(planned) and sum(told) != size.units:
        yield error(
            "sample_size.units",
            f"The zones add up to {sum(told)}, units says {size.units}.",
            f"各试点区合计 {sum(told)}，units 为 {size.units}。",
        )
    if size.clusters is not None and size.clusters > size.units:
        yield error("sample_size.clusters", "More clusters than units.", "群组数多于单位数。")


def clusters(case: Case) -> Iterator[ProtocolProblem]:
    """Yield cluster designs that do not say how many clusters, or whose clusters are the units."""
    protocol = case.protocol
    spec = protocol.assignment_spec
    grouped = protocol.evaluation_method == "cluster_rct" or (spec and spec.method in ("cluster", "block_cluster"))
    if not grouped:
        return
    if protocol.sample_size is not None and protocol.sample_size.clusters is None:
        yield error("sample_size.clusters", "Say how many clusters are assigned.", "请写明分组的群组数。")
    if protocol.unit_of_assignment is not None and protocol.unit_of_assignment == protocol.unit_of_observation:
        yield error(
            "unit_of_assignment",
            "In a cluster design the unit that is assigned holds the units that are observed.",
            "整群设计中，分组单位应包含观测单位。",
        )


def stopping(case: Case) -> Iterator[ProtocolProblem]:
    """Yield sequential designs without looks or spending."""
    rule = case.protocol.stopping_rule
    if rule is None or rule.kind != "sequential":
        return
    if rule.looks is None:
        yield error("stopping_rule.looks", "Say how many looks.", "请写明检视次数。")
    if rule.spending is None:
        yield error("stopping_rule.spending", "Say how alpha is spent.", "请写明显著性水平的消耗方式。")


def allocation(case: Case) -> Iterator[ProtocolProblem]:
    """Yield study type, evaluation method, allocation and intervention model where they contradict each other."""
    protocol = case.protocol
    drawn, asked = protocol.allocation, protocol.evaluation_method
    if drawn is not None and asked is not None and (asked in RANDOM) != (drawn == "randomised") and asked != "other":
        yield error(
            "allocation",
            f"{asked} and {drawn} do not go together.",
            f"{asked} 与 {drawn} 不相容。",
        )
    if drawn == "randomised" and protocol.study_type not in (None, "interventional"):
        yield error("study_type", "A randomised study is interventional.", "随机研究属干预性研究（interventional）。")
    shape = protocol.intervention_model
    for name in ("stepped_wedge", "factorial"):
        if shape is not None and asked is not None and (asked == name) != (shape == name):
            yield error(
                "intervention_model", f"{asked} and {shape} do not go together.", f"{asked} 与 {shape} 不相容。"
            )


def assignment(case: Case) -> Iterator[ProtocolProblem]:
    """Yield assignment specs that lack what their method needs, or name arms that do not exist."""
    protocol, spec = case.protocol, case.protocol.assignment_spec
    if spec is None:
        return
    needed = NEEDS.get(spec.method)
    if needed is not None and not getattr(spec, needed):
        yield error(
            f"assignment_spec.{needed}", f"The method {spec.method} needs it.", f"方法 {spec.method} 需要此项。"
        )
    yield from _by_chance(case, spec)
    arms = {item.arm_id for item in protocol.arms}
    yield from unknown("assignment_spec.ratio", spec.ratio, arms)
    if spec.method == "stepped_wedge" and 0 < len(spec.periods) < LEAST_STEPS:
        yield error("assignment_spec.periods", "A stepped wedge has two steps at least.", "阶梯楔形至少有两步。")
    if any(weight <= 0 for weight in spec.ratio.values()):
        yield error("assignment_spec.ratio", "Weights are above 0.", "权重须大于 0。")
    for name, used in (("rerandomisation", "rerandomised"), ("threshold", "threshold"), ("factors", "factorial")):
        if getattr(spec, name) and spec.method != used:
            yield doubt(
                f"assignment_spec.{name}", f"{spec.method} does not use it.", f"方法 {spec.method} 不使用此项。"
            )


def _by_chance(case: Case, spec: AssignmentSpec) -> Iterator[ProtocolProblem]:
    drawn = case.protocol.allocation
    if drawn == "non_randomised" and spec.method not in NO_CHANCE:
        yield error(
            "assignment_spec.method",
            f"{spec.method} draws by chance, the allocation is non_randomised.",
            f"{spec.method} 为随机抽取，而分配方式为 non_randomised。",
        )
    if drawn == "randomised" and spec.method == "threshold":
        yield error(
            "assignment_spec.method",
            "A threshold is not chance; the allocation says randomised.",
            "阈值分配并非随机，而分配方式为 randomised。",
        )


def masking(case: Case) -> Iterator[ProtocolProblem]:
    """Yield `none` beside somebody who is masked."""
    masked = case.protocol.masking
    if "none" in masked and len(masked) > 1:
        yield error("masking", "`none` stands alone.", "none 只能单独出现。")


def model(case: Case) -> Iterator[ProtocolProblem]:
    """Yield a model that the diagnosis cannot draw from: no such generator, or parameters that it does not know."""
    declared = case.protocol.model_m
    if declared is None:
        return
    try:
        read_model(declared)
    except Refused as refused:
        yield ProtocolProblem("model_m", "error", refused.text)
