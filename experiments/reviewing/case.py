"""One act on a report under judgement, and the guards that look at it.

Belongs here: the frozen value, one function a guard, the catalogue. Does not: which transition lists which guard, and what it
demands in words (registry.machines_results).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from data.access import Role
from data.lifecycle import Transition
from data.messages import NotPermitted, Refused, Text
from experiments.registry.guards import GUARDS as OF_PROTOCOLS
from experiments.registry.machines_results import DEMANDS
from experiments.registry.separation import STANDING, standings
from experiments.results import load_results
from experiments.reviewing.desk import Item, ReviewDesk, findings_to_rate, is_sensitive
from experiments.reviewing.lint import Finding
from experiments.reviewing.records import LEVELS, NEEDED, ReportRecord
from quality.privacy import has_personal_number

SHORTEST, LONGEST = 3, 200
NOTHING_MORE = Text(en="", zh="")


@dataclass(frozen=True)
class Case:
    """What is judged: the report, its review as it stands, who acts in which role, with what they brought.

    `lint` finds what the disclosure check has against the report; it is asked only where a guard needs it.
    """

    desk: ReviewDesk
    item: Item
    actor: str
    role: Role
    lint: Callable[[], tuple[Finding, ...]]
    brought: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> ReportRecord:
        """The review as it stands."""
        return self.item.record


Finds = Callable[[Case], Text | None]


@dataclass(frozen=True)
class Guard:
    """What kind of refusal a guard gives, and the function that looks (None: it holds)."""

    code: str
    kind: Literal["rule", "permission"]
    finds: Finds


def failed(condition: object, en: str = "", zh: str = "") -> Text | None:
    """Return the detail when the condition is true, else None.

    >>> failed([], "x", "x") is None
    True
    """
    if not condition:
        return None
    return Text(en=en, zh=zh) if en else NOTHING_MORE


def one_side(case: Case) -> Text | None:
    """Nobody acts on two sides of one experiment."""
    known = case.desk.experiment(case.record.experiment_id)
    before = standings(known, case.actor) if known is not None else frozenset()
    return failed(case.role in STANDING and before - {STANDING[case.role]})


def on_team(case: Case) -> Text | None:
    """Demand: of the team; the first draft of an unregistered experiment's report makes it."""
    authors = case.desk.authors(case.record)
    return failed(authors and case.actor not in authors and case.role != "system")


def not_author(case: Case) -> Text | None:
    """Who checks, excepts or publishes has not written it and is not of the team."""
    return failed(case.actor in case.desk.authors(case.record))


def other_checker(case: Case) -> Text | None:
    """Demand: another person than the first."""
    return failed(case.actor in {item.checker for item in case.record.checks})


def not_checker(case: Case) -> Text | None:
    """Who publishes has not checked it."""
    return failed(case.actor in case.record.checkers)


def not_excepter(case: Case) -> Text | None:
    """Who let something pass is the third person, and neither checks nor publishes."""
    return failed(case.actor in {item.by for item in case.record.exceptions})


def own_check(case: Case) -> Text | None:
    """One of the two who checked it decides."""
    return failed(case.actor not in {item.checker for item in case.record.checks})


def checks_agree(case: Case) -> Text | None:
    """Both checks approve."""
    return failed(not case.record.agreed)


def results_unchanged(case: Case) -> Text | None:
    """Demand: the file that was checked, and that who acts has looked at, is the one that lies there."""
    seen = case.brought.get("sha256")
    approved = all(item.sha256 == case.record.sha256 for item in case.record.checks)
    return failed(not approved or (seen is not None and not case.record.sha256.startswith(seen)))


def disclosure_clean(case: Case) -> Text | None:
    """Demand: nothing found by the disclosure check that nobody has let pass."""
    excepted = {item.rule for item in case.record.exceptions}
    left = [item for item in case.lint() if item.rule not in excepted]
    told = "; ".join(f"{item.rule}: {item.text.en}" for item in left)
    return failed(left, told, "；".join(f"{item.rule}：{item.text.zh}" for item in left))


def exception_known(case: Case) -> Text | None:
    """Demand: something that was found, and that a person may let pass."""
    return failed(case.brought["rule"] not in {item.rule for item in case.lint() if item.may_pass})


def ethics_included(case: Case) -> Text | None:
    """One of the two is an ethics reviewer where a variable is sensitive."""
    roles = {item.role for item in case.record.checks} | {case.role}
    is_last = len(case.record.checks) + 1 >= NEEDED
    return failed(is_last and "ethics_reviewer" not in roles and is_sensitive(case.desk.workspace, case.item.reported))


def ratings_given(case: Case) -> Text | None:
    """Who approves rates every finding, with a reason."""
    ratings = case.brought["ratings"]
    wanted = findings_to_rate(load_results(case.item.reported.path))
    missing = [name for name in wanted if name not in ratings] if case.brought["vote"] == "approve" else []
    strange = [name for name in ratings if name not in wanted]
    unsound = [name for name, item in ratings.items() if item["level"] not in LEVELS or not _is_reason(item["reason"])]
    named = ", ".join(dict.fromkeys([*missing, *strange, *unsound]))
    return failed(named, f"Here: {named}.", f"此处：{named}。")


def comments_given(case: Case) -> Text | None:
    """Demand: who does not approve says why; returning needs something to answer."""
    if "vote" not in case.brought:
        return failed(not case.record.comments)
    said = case.brought["comments"]
    empty = [item for item in said if not item["section"] or not item["text"] or has_personal_number(item["text"])]
    return failed(empty or (case.brought["vote"] != "approve" and not said))


def reason_given(case: Case) -> Text | None:
    """Demand: a reason, without personal numbers."""
    return failed(not _is_reason(case.brought["reason"]))


def comment_known(case: Case) -> Text | None:
    """Demand: one of the report's comments."""
    return failed(case.brought["comment"] not in {item.id for item in case.record.comments})


def comment_unanswered(case: Case) -> Text | None:
    """Demand: one that has no answer yet."""
    return failed(case.brought["comment"] in {item.id for item in case.record.comments if item.answer is not None})


def answer_given(case: Case) -> Text | None:
    """Demand: a text, without personal numbers."""
    return failed(not case.brought["text"] or has_personal_number(case.brought["text"]))


def comments_answered(case: Case) -> Text | None:
    """Every comment is answered before the report comes back."""
    left = ", ".join(item.id for item in case.record.unanswered)
    return failed(left, f"Open: {left}.", f"未回复：{left}。")


def votes_reset(case: Case) -> Text | None:  # noqa: ARG001 - the shape of a guard
    """Hold always: the fold puts earlier checks aside."""
    return None


def _is_reason(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and not has_personal_number(text)


GUARDS: dict[str, Guard] = {
    "one_side": Guard("E-REVIEW-10", "permission", one_side),
    "on_team": Guard("E-REVIEW-11", "permission", on_team),
    "not_author": Guard("E-REVIEW-12", "permission", not_author),
    "other_checker": Guard("E-REVIEW-13", "permission", other_checker),
    "not_checker": Guard("E-REVIEW-14", "permission", not_checker),
    "not_excepter": Guard("E-REVIEW-15", "permission", not_excepter),
    "own_check": Guard("E-REVIEW-16", "permission", own_check),
    "checks_agree": Guard("E-REVIEW-20", "rule", checks_agree),
    "results_unchanged": Guard("E-REVIEW-21", "rule", results_unchanged),
    "disclosure_clean": Guard("E-REVIEW-22", "rule", disclosure_clean),
    "exception_known": Guard("E-REVIEW-23", "rule", exception_known),
    "ethics_included": Guard("E-REVIEW-24", "rule", ethics_included),
    "ratings_given": Guard("E-REVIEW-25", "rule", ratings_given),
    "comments_given": Guard("E-REVIEW-26", "rule", comments_given),
    "reason_given": Guard("E-REVIEW-27", "rule", reason_given),
    "comment_known": Guard("E-REVIEW-28", "rule", comment_known),
    "comment_unanswered": Guard("E-REVIEW-29", "rule", comment_unanswered),
    "answer_given": Guard("E-REVIEW-30", "rule", answer_given),
    "comments_answered": Guard("E-REVIEW-31", "rule", comments_answered),
    "votes_reset": Guard("E-REVIEW-32", "rule", votes_reset),
}


def demand(name: str) -> Text:
    """Return what a guard demands, in words."""
    return DEMANDS[name] if name in DEMANDS else OF_PROTOCOLS[name].rule


def refusal_of(transition: Transition, case: Case) -> Refused | NotPermitted | None:
    """Return the refusal of a transition's guards, all unmet ones told at once; a matter of person comes first, alone."""
    names = ("one_side", *transition.guards)
    persons = [(name, found) for name in names if (found := _unmet(name, case, "permission")) is not None]
    told = persons or [(name, found) for name in names if (found := _unmet(name, case, "rule")) is not None]
    if not told:
        return None
    text = Text(
        en=f"{transition.label.en}: " + " ".join(f"{demand(name).en} {more.en}".strip() for name, more in told),
        zh=f"{transition.label.zh}：" + "".join(f"{demand(name).zh}{more.zh}" for name, more in told),
    )
    return (NotPermitted if persons else Refused)(GUARDS[told[0][0]].code, text)


def _unmet(name: str, case: Case, kind: str) -> Text | None:
    guard = GUARDS[name]
    return guard.finds(case) if guard.kind == kind else None
