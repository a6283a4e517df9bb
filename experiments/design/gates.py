"""Gates: what a diagnosis must show before a protocol is registered, and what is said when it does not.

Belongs here: diagnosis → problems with the path of the field, in both languages. Does not: diagnosing (diagnose), when a gate is
asked (registration: experiments.registry.conditions_plan). A warning asks for a better design or a justification in
`diagnosis_note`.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.messages import Text
from experiments.design import diagnosis as designs
from experiments.design.diagnosis import AnalysisDiagnosis, Diagnosis, design_hash
from experiments.registry.check import ProtocolProblem
from experiments.registry.protocol import Protocol

LEAST_POWER = 0.8
BIAS_SHARE = 0.1
ERRORS_OFF = 3
NEEDED = ("power", "bias", "rmse", "coverage", "mde")
"""Diagnosands that every analysis with a hypothesis must have."""


def gates(protocol: Protocol, diagnosis: Diagnosis) -> list[ProtocolProblem]:
    """Return what the diagnosis finds against registering the protocol; empty when nothing.

    Errors: the diagnosis is of another design, or a diagnosand cannot be computed. Warnings: fewer than `SIMULATIONS`; power
    of a primary confirmatory analysis below 0.80 at the smallest effect of interest; coverage off by more than three Monte-Carlo
    standard errors; bias above a tenth of the estimate's standard deviation (and above what simulation alone would give).
    """
    if diagnosis.design_hash != design_hash(protocol):
        return [
            _problem(
                "model_m",
                "error",
                "The diagnosis is of another design: something in it has changed since. Run zonelab diagnose again.",
                "诊断对应的是另一份设计：此后设计有改动。请重新运行 zonelab diagnose。",
            )
        ]
    places = {analysis.id: place for place, analysis in enumerate(protocol.analyses)}
    found = list(_few(diagnosis))
    for item in diagnosis.analyses:
        path = f"analyses.{places[item.analysis_id]}"
        found += [*_computable(path, item), *_power(path, item), *_bias(path, item)]
        found += _coverage(path, item, diagnosis.sims - item.failed)
    return found


def unjustified(protocol: Protocol, diagnosis: Diagnosis) -> list[ProtocolProblem]:
    """Return what stands against registering: every error, and the warnings that no `diagnosis_note` speaks to."""
    found = gates(protocol, diagnosis)
    return [problem for problem in found if problem.severity == "error" or protocol.diagnosis_note is None]


def _few(diagnosis: Diagnosis) -> Iterator[ProtocolProblem]:
    if diagnosis.sims < designs.SIMULATIONS:
        yield _problem(
            "model_m",
            "warning",
            f"The diagnosis rests on {diagnosis.sims} simulations; registration needs {designs.SIMULATIONS:,}.",
            f"诊断只做了 {diagnosis.sims} 次模拟；登记需要 {designs.SIMULATIONS:,} 次。",
        )


def _computable(path: str, item: AnalysisDiagnosis) -> Iterator[ProtocolProblem]:
    missing = [name for name in NEEDED if item.value(name).value is None]
    if missing and item.hypothesis_id is not None:
        why = item.refused[1] if item.refused else None
        names = ", ".join(missing)
        yield _problem(
            path,
            "error",
            f"The diagnosis could not compute {names}. {why.en if why else 'The model has no number for this estimand.'}",
            f"诊断无法计算 {names}。{why.zh if why else '模型中没有该估计目标的数值。'}",
        )
    elif item.failed:
        why = item.refused[1] if item.refused else Text(en="", zh="")
        yield _problem(
            path,
            "warning",
            f"The analysis was refused in {item.failed} simulations: {why.en}",
            f"有 {item.failed} 次模拟中分析被拒绝：{why.zh}",
        )


def _power(path: str, item: AnalysisDiagnosis) -> Iterator[ProtocolProblem]:
    if item.tier != "confirmatory" or item.outcome_tier != "primary":
        return
    power = item.value("power_sesoi_adjusted").value
    at = (
        (f"at the smallest effect of interest {item.sesoi:g}", f"在最小关注效应 {item.sesoi:g} 处")
        if item.sesoi
        else None
    )
    if power is None:
        power, at = item.value("power_adjusted").value, ("at the declared effect", "在所声明的效应处")
    if power is not None and power < LEAST_POWER and at is not None:
        yield _problem(
            path,
            "warning",
            f"The power of this primary analysis {at[0]} is {power:.2f}, below {LEAST_POWER:.2f}. Enlarge the design or "
            "justify it in diagnosis_note.",
            f"该主要分析{at[1]}的检验功效为 {power:.2f}，低于 {LEAST_POWER:.2f}。请扩大设计，或在 diagnosis_note 中说明理由。",
        )


def _coverage(path: str, item: AnalysisDiagnosis, simulations: int) -> Iterator[ProtocolProblem]:
    coverage, level = item.value("coverage"), 1 - item.alpha
    if coverage.value is None or coverage.mc_se is None:
        return
    expected = (level * (1 - level) / simulations) ** 0.5  # coverage 1 in few simulations has no error of its own
    if abs(coverage.value - level) > ERRORS_OFF * max(coverage.mc_se, expected):
        yield _problem(
            path,
            "warning",
            f"Intervals said to hold {level:.0%} hold the truth in {coverage.value:.1%} of simulations. Standard errors or "
            "estimator do not fit the design: change them or justify it in diagnosis_note.",
            f"名义水平 {level:.0%} 的区间在 {coverage.value:.1%} 的模拟中包含真值。标准误或估计方法与设计不符：请修改，"
            "或在 diagnosis_note 中说明理由。",
        )


def _bias(path: str, item: AnalysisDiagnosis) -> Iterator[ProtocolProblem]:
    bias = item.value("bias")
    if bias.value is None or bias.mc_se is None or item.sd_estimate is None:
        return
    allowed = max(BIAS_SHARE * item.sd_estimate, ERRORS_OFF * bias.mc_se)
    if abs(bias.value) > allowed:
        yield _problem(
            path,
            "warning",
            f"The estimate is off by {bias.value:.3g} on average, more than a tenth of its standard deviation "
            f"{item.sd_estimate:.3g}. Change the estimator or justify it in diagnosis_note.",
            f"估计量平均偏差为 {bias.value:.3g}，超过其标准差 {item.sd_estimate:.3g} 的十分之一。请更换估计方法，"
            "或在 diagnosis_note 中说明理由。",
        )


def _problem(path: str, severity: str, en: str, zh: str) -> ProtocolProblem:
    return ProtocolProblem(path, "error" if severity == "error" else "warning", Text(en=en, zh=zh))
