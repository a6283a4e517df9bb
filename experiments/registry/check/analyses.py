"""Analyses: bound to released tables, their columns and waves, by estimators that exist.

Belongs here: whether each analysis could run and answers what it says. Does not: whether it respects the design (design.lint).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from data.messages import Refused
from experiments.curve.making import curve_specs
from experiments.estimators import method
from experiments.expression import filter_columns, filter_mask
from experiments.registry.check.marts import Mart, marts
from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, lost
from experiments.registry.protocol import Protocol
from experiments.registry.schema.analysis import RegisteredAnalysis
from experiments.sample import spec_columns

DRAWN = frozenset(f"assignment_{name}" for name in ("arm", "block", "cluster", "period", "probability", "weight"))
"""Columns that the sealed assignment brings to a released table when the analysis runs."""


def analyses(case: Case) -> Iterator[ProtocolProblem]:
    """Yield what keeps a registered or robustness analysis from running or from answering its hypotheses."""
    lists: tuple[tuple[str, Sequence[RegisteredAnalysis]], ...] = (
        ("analyses", case.protocol.analyses),
        ("robustness", case.protocol.robustness),
    )
    for name, listed in lists:
        for place, item in enumerate(listed):
            path = f"{name}.{place}"
            yield from _bound(case, path, item)
            yield from _answers(case.protocol, path, item)
            yield from _estimator(path, item)
            yield from _curve(case, path, item)


def _curve(case: Case, path: str, item: RegisteredAnalysis) -> Iterator[ProtocolProblem]:
    """Yield what keeps a registered specification curve from running: its size, the estimator, columns that the table lacks."""
    if item.specification_curve is None:
        return
    place, mart = f"{path}.specification_curve", marts().get(item.dataset)
    try:
        specs = curve_specs(item.spec().model_copy(update={"unit": None}), item.specification_curve)
    except Refused as refused:
        yield ProtocolProblem(place, "error", refused.text)
        return
    if mart is None:
        return
    read = dict.fromkeys(name for spec in specs for name in spec_columns(spec))
    yield from (
        _no_column(place, item.dataset, name) for name in read if name not in mart.columns and name not in DRAWN
    )
    for expression in dict.fromkeys(spec.filter for spec in specs if spec.filter and spec.filter != item.filter):
        yield from filtered(case, place, mart, expression)


def _estimator(path: str, item: RegisteredAnalysis) -> Iterator[ProtocolProblem]:
    try:
        method(item.estimator).check(item.spec())
    except Refused as refused:
        yield ProtocolProblem(path, "error", refused.text)
    if "missing_data" in item.model_fields_set and item.missing_data != _missing_data(item):
        said = _missing_data(item)
        yield error(
            f"{path}.missing_data",
            f"As specified the analysis does {said}, not {item.missing_data}. ipw: estimator ipw with weights_for: response; "
            "bounds_lee: lee_bounds; bounds_manski: lee_bounds with support.",
            f"按其设定该分析为 {said}，而非 {item.missing_data}。ipw：ipw 估计方法并设 weights_for: response；"
            "bounds_lee：lee_bounds；bounds_manski：lee_bounds 并给出 support。",
        )


def _missing_data(item: RegisteredAnalysis) -> str:
    """Return what an analysis does about outcomes that are missing."""
    if item.estimator == "lee_bounds":
        return "bounds_manski" if item.missing_data == "bounds_manski" and "support" in item.options else "bounds_lee"
    is_weighted = item.estimator == "ipw" and item.options.get("weights_for") == "response"
    return "ipw" if is_weighted else "complete_case"


def _bound(case: Case, path: str, item: RegisteredAnalysis) -> Iterator[ProtocolProblem]:
    known = marts()
    mart = known.get(item.dataset)
    if mart is None:
        if known:
            names = ", ".join(known)
            yield error(
                f"{path}.dataset",
                f"There is no table {item.dataset}. Known: {names}.",
                f"没有表 {item.dataset}。可用：{names}。",
            )
        return
    for field, column in _named(item):
        if column not in mart.columns and column not in DRAWN:
            yield _no_column(f"{path}.{field}", item.dataset, column)
    if item.filter is not None:
        yield from filtered(case, f"{path}.filter", mart, item.filter)


def _named(item: RegisteredAnalysis) -> Iterator[tuple[str, str]]:
    """Yield each column that the analysis reads with the field that names it first."""
    there = set(spec_columns(item))
    for field in ("outcome", "treatment", "cohort", "unit", "time", "strata", "weights"):
        yield from ((field, part) for part in (getattr(item, field) or "").split(":") if part in there)
    for field in ("covariates", "fixed_effects", "instrument", "cluster"):
        for name in getattr(item, field):
            yield from ((field, part) for part in name.split(":"))


def _no_column(path: str, dataset: str, column: str) -> ProtocolProblem:
    return error(path, f"{dataset} has no column {column}.", f"{dataset} 没有列 {column}。")


def filtered(case: Case, path: str, mart: Mart, expression: str) -> Iterator[ProtocolProblem]:
    """Yield what is wrong with a filter on a released table: columns, grammar, waves that the schedule does not have."""
    strangers = sorted(filter_columns(expression) - set(mart.columns))
    yield from (_no_column(path, mart.name, column) for column in strangers)
    if strangers:
        return
    try:
        filter_mask(expression, mart.empty())
    except Refused as refused:
        yield ProtocolProblem(path, "error", refused.text)
        return
    waves = {wave.wave_id for wave in case.protocol.schedule}
    if mart.wave is not None and waves and mart.columns[mart.wave] == "string":
        yield from (lost(path, value) for value in _texts(expression, mart.wave) if value not in waves)


def _texts(expression: str, column: str) -> list[str]:
    """Return the texts that a filter compares with a column."""
    found: list[str] = []
    for node in ast.walk(ast.parse(expression.strip(), mode="eval")):
        if isinstance(node, ast.Compare):
            inside = list(ast.walk(node))
            if any(isinstance(part, ast.Name) and part.id == column for part in inside):
                found += [
                    part.value for part in inside if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
    return list(dict.fromkeys(found))


def _answers(protocol: Protocol, path: str, item: RegisteredAnalysis) -> Iterator[ProtocolProblem]:
    stated = {hypothesis.id for hypothesis in protocol.hypotheses}
    for name in item.hypothesis_ids:
        if name not in stated:
            if stated:
                yield lost(f"{path}.hypothesis_ids", name)
            continue
        if not _measures(protocol, name, item.outcome):
            yield error(
                f"{path}.outcome",
                f"{item.outcome} is not a variable of the outcome that {name} is about.",
                f"{item.outcome} 不是假设 {name} 所涉结果的变量。",
            )
        family = next((kin for kin in protocol.families if kin.id == protocol.hypothesis(name).family_id), None)
        if family is not None and family.alpha != item.alpha:
            yield doubt(
                f"{path}.alpha",
                f"The analysis says {item.alpha}, the family of {name} says {family.alpha}.",
                f"分析为 {item.alpha}，{name} 所属假设族为 {family.alpha}。",
            )


def _measures(protocol: Protocol, hypothesis_id: str, variable: str) -> bool:
    try:
        return variable in protocol.outcome_of(protocol.hypothesis(hypothesis_id)).variables
    except KeyError:
        return True  # the broken reference is reported where it stands


def moderators(case: Case) -> Iterator[ProtocolProblem]:
    """Yield moderators that no analysed table has."""
    read = [marts()[item.dataset] for item in case.protocol.analyses if item.dataset in marts()]
    for place, moderator in enumerate(case.protocol.heterogeneity):
        if read and not any(moderator.variable in mart.columns for mart in read):
            tables = ", ".join(dict.fromkeys(mart.name for mart in read))
            yield _no_column(f"heterogeneity.{place}.variable", tables, moderator.variable)
