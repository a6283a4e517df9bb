"""Guards about the plan: is it complete for the stage, diagnosed, attested, covered by ethics, the text that was approved.

Belongs here: conditions on one version's content and history. Does not: people (conditions_people), zones (conditions_zone), the
checker itself (check).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import get_args

from data import documents
from data.ethics_gate import counting, permits
from data.messages import Text
from experiments.registry.case import Case, failed, names
from experiments.registry.check import ProtocolProblem
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record
from experiments.registry.schema.governance import Attestation, EthicsDecision
from experiments.registry.schema.meta import Stage

SHOWN = 5
"""So many problems are told in a refusal; `zonelab protocol check` tells them all."""

REASONS = (
    "safety",
    "funding",
    "recruitment",
    "policy_change",
    "technology_withdrawn",
    "ethics",
    "duplicate",
    "other",
)
"""Why a registration is withdrawn, or a study stopped."""

ATTESTED: tuple[str, ...] = get_args(Attestation.model_fields["text_id"].annotation)


def valid_for_submission(case: Case) -> Text | None:
    """Everything that submission needs is there, without an error."""
    return _told(_problems(case, "S"))


def valid_for_registration(case: Case) -> Text | None:
    """Everything that registration needs is there, without an error, and what the diagnosis found is mended or justified."""
    recorded = current_diagnosis(case)
    document = json.loads(documents.get(case.registry.ledger, recorded)) if recorded else None
    found = case.registry.checks.against(case.protocol, document) if document else []
    return _told([*_problems(case, "R"), *found])


def valid_for_launch(case: Case) -> Text | None:
    """Everything that launch needs is there, without an error."""
    return _told(_problems(case, "L"))


def _problems(case: Case, stage: Stage) -> list[ProtocolProblem]:
    return [item for item in case.registry.checks.document(case.protocol, stage) if item.severity == "error"]


def _told(errors: list[ProtocolProblem]) -> Text | None:
    if not errors:
        return None
    shown = errors[:SHOWN]
    return Text(
        en=f"{len(errors)} errors: " + " ".join(f"{item.path}: {item.message.en}" for item in shown),
        zh=f"{len(errors)} 处错误：" + " ".join(f"{item.path}：{item.message.zh}" for item in shown),
    )


def diagnosis_current(case: Case) -> Text | None:
    """Demand: the diagnosis on record is of this design, not of an earlier one."""
    return failed(current_diagnosis(case) is None)


def current_diagnosis(case: Case) -> str | None:
    """Return the sha256 of the newest diagnosis of the version's design; None when there is none."""
    recorded = [item for item in case.known.events if item.kind == "diagnosis_recorded"]
    if not recorded:
        return None
    wanted = case.registry.checks.design_hash(case.protocol)
    matching = [item.detail["document"] for item in recorded if item.detail["design_hash"] == wanted]
    return matching[-1] if matching else None


def attested(case: Case) -> Text | None:
    """Demand: the responsible party has made each of the statements."""
    person = case.protocol.responsible_party
    made = {item.text_id for item in case.protocol.attestations if person and item.person == person.user}
    missing = [item for item in ATTESTED if item not in made]
    return failed(missing, f"Missing: {names(missing)}.", f"缺少：{names(missing)}。")


def document_as_approved(case: Case) -> Text | None:
    """Demand: what is registered is what was approved, to the byte."""
    return failed(case.about.document_sha256 != case.about.approved_sha256)


def change_is_minor(case: Case) -> Text | None:
    """Only a change that the platform classed as minor does without review."""
    classed = [item.detail["class"] for item in case.known.amendments if item.detail["to"] == case.about.version]
    return failed(not classed or classed[-1] != "minor")


def withdrawal_asked(case: Case) -> Text | None:
    """Demand: the team has asked."""
    return failed(case.about.withdrawal_asked_by is None)


def no_zone_running(case: Case) -> Text | None:
    """No zone recruits or follows up; stop them first."""
    running = [
        zone
        for zone, status in case.known.zone_status.items()
        if status in {"recruiting", "active_not_recruiting", "suspended"}
    ]
    return failed(running, f"Still running: {names(running)}.", f"仍在进行：{names(running)}。")


def reason_given(case: Case) -> Text | None:
    """Demand: a decision against says why."""
    return failed(not case.brought["reason"].strip())


def reason_from_vocabulary(case: Case) -> Text | None:
    """Demand: the reason is one of the vocabulary."""
    return failed(
        case.brought["reason"] not in REASONS, f"One of: {', '.join(REASONS)}.", f"可用：{'、'.join(REASONS)}。"
    )


def ethics_current(case: Case) -> Text | None:
    """At least one decision of a committee stands, and none that is on record has run out or was negative."""
    latest = decisions(case.known, case.protocol, case.today)
    bad = [zone for zone, item in latest.items() if not permits(item, case.today)]
    if not latest:
        return Text(en="No decision that has begun is on record.", zh="尚无已生效的伦理决定记录。")
    return failed(bad, f"Refused or expired in: {names(bad)}.", f"被否决或已过期：{names(bad)}。")


def decisions(record: Record, protocol: Protocol, on: date) -> dict[str, EthicsDecision]:
    """Return the ethics decision that counts on a day in each zone that has one, from the protocol and from later events."""
    known = (*protocol.ethics, *_recorded(record))
    zones = dict.fromkeys(zone for item in known for zone in item.zones)
    return {zone: found for zone in zones if (found := counting(known, zone, on)) is not None}


def _recorded(record: Record) -> Iterable[EthicsDecision]:
    wanted = EthicsDecision.model_fields.keys()
    for event in record.events:
        if event.kind == "ethics_recorded":
            yield EthicsDecision.model_validate({k: v for k, v in event.detail.items() if k in wanted})
