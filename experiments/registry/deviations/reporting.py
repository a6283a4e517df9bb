"""Triggers on analysis and reporting: specs that differ, corrections not applied, outcomes without a row, extra claims.

Belongs here: what was run, against the registered analyses. Does not: units (sample), conduct (conduct), labels (labels).
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any

from data.messages import Text
from experiments.registry.deviations.model import Deviation, Done, NotChecked, Ran
from experiments.registry.diff import Change, diff_values
from experiments.registry.schema.analysis import RegisteredAnalysis


def spec_differs(done: Done) -> Iterator[Deviation]:
    """Yield a registered analysis that was run otherwise: one deviation with every field that differs."""
    registered = {item.id: item for item in done.protocol.analyses}
    for ran in _runs(done):
        plan = registered.get(ran.analysis_id)
        changes = spec_changes(plan, ran) if plan is not None else []
        if changes:
            yield Deviation(
                f"spec_differs.{ran.analysis_id}",
                "spec_differs",
                "analysis",
                _side(ran.analysis_id, changes, "old"),
                _side(ran.analysis_id, changes, "new"),
            )


def spec_changes(plan: RegisteredAnalysis, ran: Ran) -> list[Change]:
    """Return the fields in which an analysis differs from its plan; filters are compared as expressions, not as text."""
    before = {**_plain(plan.spec().model_dump(mode="json")), "dataset": plan.dataset, "missing_data": plan.missing_data}
    after = {**_plain(ran.spec.model_dump(mode="json")), "dataset": ran.dataset, "missing_data": ran.missing_data}
    return diff_values(before, after)


def correction_missing(done: Done) -> Iterator[Deviation]:
    """Yield a family whose registered correction was not applied to a result."""
    planned = {item.id: item.correction for item in done.protocol.families if item.correction != "none"}
    family_of = {item.id: item.family_id for item in done.protocol.hypotheses if item.family_id in planned}
    for ran in _runs(done):
        family = next((family_of[name] for name in ran.hypothesis_ids if name in family_of), None)
        if ran.has_result and family is not None and ran.correction != planned[family]:
            yield Deviation(
                f"correction_missing.{ran.analysis_id}",
                "correction_missing",
                "analysis",
                Text(en=f"{planned[family]} over family {family}", zh=f"族 {family} 采用 {planned[family]} 校正"),
                Text(
                    en=f"{ran.correction or 'no correction'} for {ran.analysis_id}",
                    zh=f"{ran.analysis_id}：{ran.correction or '未校正'}",
                ),
            )


def outcome_unreported(done: Done) -> Iterator[Deviation]:
    """Yield a registered outcome that no result row speaks about."""
    reported = {name for ran in _runs(done) if ran.has_result for name in ran.hypothesis_ids}
    about = {item.id: done.protocol.inquiry_of(item).outcome_id for item in done.protocol.hypotheses}
    variables = {ran.spec.outcome for ran in _runs(done) if ran.has_result}
    for item in done.protocol.outcomes:
        spoken = any(about[name] == item.id for name in reported if name in about)
        if not spoken and not (item.tier == "exploratory" and variables & set(item.variables)):
            yield Deviation(
                f"outcome_unreported.{item.id}",
                "outcome_unreported",
                "reporting",
                Text(
                    en=f"a result for {item.name.get('en')} ({item.tier})",
                    zh=f"报告 {item.name.get('zh')}（{item.tier}）",
                ),
                Text(en="no result row", zh="没有结果"),
            )


def claim_unregistered(done: Done) -> Iterator[Deviation]:
    """Yield an analysis that claims to confirm something and was not registered to."""
    confirmatory = {item.id for item in done.protocol.hypotheses if item.tier == "confirmatory"}
    planned = {item.id: confirmatory & set(item.hypothesis_ids) for item in done.protocol.analyses}
    for ran in _runs(done):
        if ran.claims_confirmatory and not planned.get(ran.analysis_id):
            yield Deviation(
                f"claim_unregistered.{ran.analysis_id}",
                "claim_unregistered",
                "reporting",
                Text(en="no such confirmatory analysis", zh="未登记此确证性分析"),
                Text(
                    en=f"{ran.analysis_id} on {ran.spec.outcome} is reported as confirmatory",
                    zh=f"{ran.analysis_id}（{ran.spec.outcome}）按确证性报告",
                ),
            )


def _runs(done: Done) -> tuple[Ran, ...]:
    if done.runs is None:
        raise NotChecked("No analysis was run.", "尚未运行任何分析。")
    return done.runs


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a spec without its id, its filter as a parsed expression: blanks, quotes and brackets say nothing."""
    text = spec.get("filter")
    parsed = ast.unparse(ast.parse(text, mode="eval")) if text else None
    return {name: value for name, value in {**spec, "filter": parsed}.items() if name != "id"}


def _side(analysis: str, changes: list[Change], side: str) -> Text:
    shown = "; ".join(f"{change.path}: {json.dumps(getattr(change, side), ensure_ascii=False)}" for change in changes)
    return Text(en=f"{analysis}: {shown}", zh=f"{analysis}：{shown}")
