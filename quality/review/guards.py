"""The guards by name: which function looks, and the code by which a refusal can be searched for.

Belongs here: the catalogue, and judging a case by the names that a transition lists. Does not: what each demands, in words
(quality.machines), the functions (conditions, quality.corrections.conditions).
"""

from __future__ import annotations

from data.lifecycle import Transition
from data.messages import NotPermitted, Refused, Text
from quality.corrections import conditions as cells
from quality.machines import DEMANDS
from quality.review import conditions as review
from quality.review.case import Case, Guard

GUARDS: dict[str, Guard] = {
    "of_the_zone": Guard("E-BATCH-10", "permission", review.of_the_zone),
    "not_of_the_zone": Guard("E-BATCH-11", "permission", review.not_of_the_zone),
    "other_person": Guard("E-BATCH-12", "permission", cells.other_person),
    "bytes_kept": Guard("E-BATCH-13", "rule", review.bytes_kept),
    "policy_is_auto": Guard("E-BATCH-14", "rule", review.policy_is_auto),
    "issues_given": Guard("E-BATCH-15", "rule", review.issues_given),
    "reason_given": Guard("E-BATCH-16", "rule", review.reason_given),
    "no_open_issue": Guard("E-BATCH-17", "rule", review.no_open_issue),
    "no_conflict": Guard("E-BATCH-18", "rule", review.no_conflict),
    "correction_complete": Guard("E-BATCH-19", "rule", cells.correction_complete),
    "expected_old": Guard("E-BATCH-20", "rule", cells.expected_old),
    "correction_open": Guard("E-BATCH-21", "rule", cells.correction_open),
    "values_kept": Guard("E-BATCH-22", "rule", cells.values_kept),
    "consent_withdrawn": Guard("E-BATCH-23", "rule", review.consent_withdrawn),
    "new_version_forced": Guard("E-BATCH-24", "rule", review.new_version_forced),
}


def refusal_of(transition: Transition, case: Case) -> Refused | NotPermitted | None:
    """Return the refusal of a transition's guards, every unmet one told at once; None when all hold.

    A matter of person comes before a matter of rule, and then nothing else is told.
    """
    unmet = [(name, found) for name in transition.guards if (found := GUARDS[name].finds(case)) is not None]
    persons = [item for item in unmet if GUARDS[item[0]].kind == "permission"]
    told = persons or unmet
    if not told:
        return None
    text = Text(
        en=f"{transition.label.en}: " + " ".join(f"{DEMANDS[name].en} {more.en}".strip() for name, more in told),
        zh=f"{transition.label.zh}：" + "".join(f"{DEMANDS[name].zh}{more.zh}" for name, more in told),
    )
    return (NotPermitted if persons else Refused)(GUARDS[told[0][0]].code, text)
