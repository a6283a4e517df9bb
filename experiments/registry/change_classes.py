"""What each change of a registered plan is: locked, major, minor or operational, at the phase the study has reached.

Belongs here: rules over single changes, drawn from the declarations. Does not: the difference itself (diff), the record and the
act (amendments). Nobody chooses the class: it is computed, and it tightens with t1 to t4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from experiments.registry.diff import Change
from experiments.registry.fields import facts_of
from experiments.registry.points import Points
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import ChangeClass, Facts

ORDER: tuple[ChangeClass, ...] = ("system", "operational", "minor", "major", "locked")
"""From the lightest to the heaviest; `system` fields are the platform's own and count for nothing."""

SHIFT_DAYS = 30
"""A registered date may move by so many days within one major version before the move is major."""

LATE_MAJOR = frozenset({"dates", "prior_work", "sectors", "task_type", "dissemination"})
"""Minor before the first outcome record, major after it: what they say can then be fitted to what was found."""

APPENDED = frozenset({"ethics", "attestations"})
"""Records that grow: adding to them is operational; taking back or rewriting one is major, or locked."""


@dataclass(frozen=True)
class Plan:
    """What a rule may look at: both versions, the first of this major version (dates drift from it), and the points."""

    old: Protocol
    new: Protocol
    first: Protocol
    points: Points


@dataclass(frozen=True)
class Classed:
    """A change and its class; `after_data` when it comes after the first outcome record."""

    change: Change
    facts: Facts
    change_class: ChangeClass
    after_data: bool


def classified(change: Change, plan: Plan) -> Classed:
    """Return the class of one change at the phase that the study has reached."""
    facts = facts_of(change.declared)
    special = _SPECIAL.get(change.field)
    found = special(change, plan, facts) if special else None
    return Classed(change, facts, found or _declared(change, plan, facts), plan.points.reached("t2"))


def heaviest(classes: list[ChangeClass]) -> ChangeClass:
    """Return the class that an amendment needs: that of its heaviest change.

    >>> heaviest(["minor", "operational"]), heaviest([])
    ('minor', 'system')
    """
    return max(classes, key=ORDER.index, default="system")


def edits(one: str, other: str) -> int:
    """Return the number of letters to insert, delete or replace to turn one text into the other (Levenshtein).

    >>> edits("waiting", "waitng"), edits("等候时间", "等候时长")
    (1, 1)
    """
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        above, row = row, [place]
        for column, found in enumerate(other, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != found)))
    return row[-1]


def _declared(change: Change, plan: Plan, facts: Facts) -> ChangeClass:
    if change.kind == "order" and change.field != "arms":  # the draw counts arms in their order
        return "minor"
    if facts.locked_from is not None and plan.points.reached(facts.locked_from) and _is_locked(change, plan, facts):
        return "locked"
    if change.field in LATE_MAJOR and plan.points.reached("t2"):
        return "major"
    return facts.change


def _is_locked(change: Change, plan: Plan, facts: Facts) -> bool:
    """Tell whether a lock covers this item: those of a tier only, and never a new item that is exploratory."""
    if change.kind == "added" and _is_exploratory(change, plan):
        return False
    if facts.locks is None or change.item is None:
        return True
    name, value = facts.locks
    return any(item.get(name) == value for item in _both(change, plan))


def _both(change: Change, plan: Plan) -> list[dict[str, Any]]:
    """Return the item of the list that the change is in, as it was and as it becomes."""
    versions = (getattr(version, change.field) for version in (plan.old, plan.new))
    return [item.model_dump() for items in versions for item in items if getattr(item, "id", None) == change.item]


def _is_exploratory(change: Change, plan: Plan) -> bool:
    """Tell whether an added item serves only hypotheses that are exploratory: those may always be added."""
    confirmatory = {item.id for item in plan.new.hypotheses if item.tier == "confirmatory"}
    if len(change.steps) > 2 or not isinstance(change.new, dict):  # noqa: PLR2004 - the field and the item
        return False
    if change.field == "inquiries":
        return all(item.inquiry_id != change.item for item in plan.new.hypotheses if item.id in confirmatory)
    if change.field in ("analyses", "heterogeneity"):
        return not confirmatory & set(change.new["hypothesis_ids"])
    return False


def _title(change: Change, _plan: Plan, _facts: Facts) -> ChangeClass:
    """Return minor for a slip of the pen (two letters in English, one character in Chinese, no digit), else major."""
    old, new = str(change.old or ""), str(change.new or "")
    allowed = 1 if change.steps[-1] == "zh" else 2
    digits = [[letter for letter in text if letter.isdigit()] for text in (old, new)]
    return "minor" if old and new and digits[0] == digits[1] and edits(old, new) <= allowed else "major"


def _dates(change: Change, plan: Plan, _facts: Facts) -> ChangeClass | None:
    """Return minor for a small shift, counted from the first version of this major version so that small ones add up."""
    if change.steps[-1] == "type":
        return "minor"
    before = getattr(plan.first.dates, str(change.steps[-2]), None) if len(change.steps) > 2 else None  # noqa: PLR2004
    if before is None or change.steps[-1] != "date":
        return "major"
    shift = abs((date.fromisoformat(str(change.new)) - date.fromisoformat(before.date)).days)
    return "major" if shift > SHIFT_DAYS or plan.points.reached("t2") else "minor"


def _investigators(change: Change, plan: Plan, _facts: Facts) -> ChangeClass:
    """Return major for who leads the study, minor for who else works on it."""
    people = [person for version in (plan.old, plan.new) for person in version.investigators]
    leads = {person.user for person in people if person.role == "pi"}
    return "major" if change.item is None or change.item in leads else "minor"


def _interventions(change: Change, plan: Plan, _facts: Facts) -> ChangeClass | None:
    """Return minor for a new version of the AI system (an exposure epoch), unless the card says that it is frozen."""
    if change.steps[-1] != "model_version":
        return None
    cards = [item.ai_system for item in plan.old.interventions if item.id == change.item]
    frozen = any(card is not None and card.update_policy == "frozen" for card in cards)
    return "major" if frozen and change.old is not None else "minor"


def _hypotheses(change: Change, plan: Plan, _facts: Facts) -> ChangeClass | None:
    """Lock the families of confirmatory hypotheses: one test more in a family changes the correction of the others."""
    if not plan.points.reached("t2"):
        return None
    families = {item.family_id for item in plan.old.hypotheses if item.tier == "confirmatory" and item.family_id}
    joins = [item for item in plan.new.hypotheses if item.id == change.item and item.family_id in families]
    return "locked" if joins else None


def _appended(change: Change, _plan: Plan, facts: Facts) -> ChangeClass | None:
    if change.kind == "added" and len(change.steps) == 2:  # noqa: PLR2004 - the field and the item
        return "operational"
    return "major" if facts.change == "operational" else None


_Rule = Callable[[Change, Plan, Facts], ChangeClass | None]
_SPECIAL: dict[str, _Rule] = {
    "title_brief": _title,
    "dates": _dates,
    "investigators": _investigators,
    "interventions": _interventions,
    "hypotheses": _hypotheses,
    **dict.fromkeys(APPENDED, _appended),
}
