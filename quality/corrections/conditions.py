"""What the guards of a correction look at: its items, the values that stand, who proposed it, whether it is still open.

Belongs here: one function a guard, each None or what is wrong; places of items, never values. Does not: their catalogue
(quality.review.guards).
"""

from __future__ import annotations

from data.messages import Text
from quality.corrections.values import kept_as
from quality.review.case import Case, failed, listed


def correction_complete(case: Case) -> Text | None:
    """Demand: every item says all that is needed, about a cell that may be corrected."""
    if not case.brought["items"]:
        return Text(en="It names no cell.", zh="未列出任何单元格。")
    wrong = [f"{place} ({what})" for place, what in case.brought["judgement"].incomplete.items()]
    return failed(wrong, f"Not so: item {listed(wrong)}.", f"不符合要求：第 {listed(wrong)} 项。")


def expected_old(case: Case) -> Text | None:
    """Demand: the old value stands where the correction says. What was complete when proposed and is not now has changed."""
    found = case.brought["judgement"]
    wrong = sorted({*found.unexpected, *(found.incomplete if "correction" in case.brought else ())})
    return failed(wrong, f"Another value stands at item {listed(wrong)}.", f"第 {listed(wrong)} 项处的值不同。")


def other_person(case: Case) -> Text | None:
    """Demand: two people."""
    return failed(case.correction.proposed_by == case.actor, f"{case.actor} proposed it.", f"{case.actor} 是提出人。")


def correction_open(case: Case) -> Text | None:
    """Demand: nobody has decided it yet."""
    found = case.correction
    return failed(found.state != "proposed", f"It is {found.state}.", f"当前为 {found.state}。")


def values_kept(case: Case) -> Text | None:
    """Demand: the file of values is the one that was proposed."""
    found = case.correction
    return failed(kept_as(case.workspace, found.correction_id) != found.sha256)
