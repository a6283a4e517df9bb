"""The acts of amending: propose a new version of a registered plan, record a new version of an AI system.

Belongs here: loading what is on record, and the order of steps. Does not: what an amendment needs (amendments), the class of a
change (change_classes), review and registration of the new version (acts).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from data.access import PLATFORM, Actor
from experiments.registry import acts
from experiments.registry.amendment_texts import refused
from experiments.registry.amendments import (
    Assessment,
    Inference,
    Knowledge,
    Reading,
    Request,
    amendment_record,
    assess,
    check_request,
    known_from,
)
from experiments.registry.deviations.conduct import ai_deviation, allowed
from experiments.registry.deviations.model import AiVersion
from experiments.registry.performing import Done, about_current, not_standing, perform
from experiments.registry.points import READ, Points, points_of
from experiments.registry.protocol import AiSystem, Protocol
from experiments.registry.records import Record, VersionRecord
from experiments.registry.store import Registry

VERSION_PATH = "interventions.*.ai_system.model_version"


def proposal(registry: Registry, experiment_id: str, protocol: Protocol) -> Assessment:
    """Return what a proposal would change and need, without proposing it: for the form's preview.

    Raises
    ------
    NotFound
        E-REG-01: no such experiment.
    Refused
        E-REG-05: nothing stands registered that could be amended.
    """
    record = registry.record(experiment_id)
    current = _standing(record)
    return assess(
        current.protocol,
        protocol,
        points_on_record(registry, record),
        first=_first_of_major(record, current),
        design_hash=registry.checks.design_hash,
    )


def amend(  # noqa: PLR0913 - the fields of one record, all by name
    registry: Registry,
    experiment_id: str,
    protocol: Protocol,
    *,
    reason_code: str,
    justification: str,
    actor: Actor,
    initiated_by: str = "",
    knowledge_of_results: Knowledge = "none",
    expected_effect_on_inference: Inference = "unknown",
    affected_hypotheses: tuple[str, ...] = (),
    ethics_reapproval_needed: bool = False,
    reconsent_needed: bool = False,
) -> Record:
    """Propose an amendment of the registered plan. Its class and its number are the platform's.

    A minor version is registered at once. A major one is a draft that both sides review anew: submit it.

    Parameters
    ----------
    protocol
        The whole plan as it shall be; what differs from the registered version is the amendment.
    reason_code, justification
        One of `amendments.ReasonCode`; at least 100 characters.
    knowledge_of_results
        What the team knows of results; held against the access log.
    affected_hypotheses, ethics_reapproval_needed, reconsent_needed
        Added to what the platform finds itself.

    Raises
    ------
    Refused
        E-AMD-01 to E-AMD-06; E-REG-05: nothing stands registered.
    NotPermitted
        The actor is not of the team.
    """
    assessment = proposal(registry, experiment_id, protocol)
    request = Request(
        reason_code,
        justification,
        initiated_by or _name(actor),
        knowledge_of_results,
        expected_effect_on_inference,
        affected_hypotheses,
        ethics_reapproval_needed,
        reconsent_needed,
    )
    return _proposed(registry, protocol.model_copy(update={"experiment_id": experiment_id}), assessment, request, actor)


def record_ai_version(
    registry: Registry, experiment_id: str, *, intervention_id: str, version: str, actor: Actor
) -> Record:
    """Record that an AI system runs in a new version: an exposure epoch begins, whatever the plan says.

    A version that the card permits becomes a minor amendment by the platform (`ai_system_changed`); one that it does not
    permit, because the system is frozen or the version is outside the registered range, is a deviation. While a new version of
    the protocol is in preparation only the epoch is recorded: put the version into that draft. The same version again changes
    nothing.

    Raises
    ------
    Refused
        E-AMD-07: no AI system is called `intervention_id`. E-REG-05: nothing stands registered.
    NotPermitted
        The actor is not of the team.
    """
    record = registry.record(experiment_id)
    current = _standing(record)
    card = _card(current.protocol, intervention_id, experiment_id)
    before = last_version(record, intervention_id)
    if before == version:
        return record
    permitted = allowed(card, version, before or version)

    def write(done: Done) -> None:
        detail = {"intervention_id": intervention_id, "from": before or card.model_version, "to": version}
        done.event("exposure_epoch", {**detail, "version": current.version})
        if not permitted:
            found = AiVersion(intervention_id, version, done.case.at.isoformat())
            done.by_system("deviation_found", ai_deviation(found, card).to_dict())

    perform(registry, partial(about_current, registry, experiment_id, "record_ai_version"), write, actor=actor)
    if permitted and card.model_version != version and record.open is None:
        _follow(registry, record, current, intervention_id, version)
    return registry.record(experiment_id)


def last_version(record: Record, intervention_id: str) -> str | None:
    """Return the version of an AI system that the newest exposure epoch names; None before the first."""
    named = [item.detail["to"] for item in record.epochs if item.detail["intervention_id"] == intervention_id]
    return named[-1] if named else None


def readings_of(record: Record) -> tuple[Reading, ...]:
    """Return who read outcome tables when, from the access log of one experiment."""
    read = (item for item in record.events if item.kind == READ)
    return tuple(Reading(item.at_utc, bool(item.detail.get("blinded"))) for item in read)


def _proposed(registry: Registry, protocol: Protocol, assessment: Assessment, request: Request, actor: Actor) -> Record:
    record = registry.record(protocol.experiment_id)
    readings = readings_of(record)
    before = _standing(record).protocol
    known = frozenset(item.id for item in (*before.hypotheses, *protocol.hypotheses))
    check_request(assessment, request, readings, known)
    written = amendment_record(assessment, request, readings)
    with registry.ledger.transaction():  # a minor change that cannot be registered is not proposed either
        made = acts.amend(registry, protocol, version=assessment.after, amendment=written, actor=actor)
        if assessment.change_class != "minor":
            return made
        acts.register_minor(registry, protocol.experiment_id, actor=actor)
    for item in assessment.changes:
        if item.change.declared == VERSION_PATH and item.change.new:
            name, version = str(item.change.item), str(item.change.new)
            record_ai_version(registry, protocol.experiment_id, intervention_id=name, version=version, actor=actor)
    return registry.record(protocol.experiment_id)


def _follow(registry: Registry, record: Record, current: VersionRecord, intervention_id: str, version: str) -> None:
    """Amend the plan to the version that is in use, in the platform's own name."""
    content = current.protocol.model_dump(mode="json")
    card = next(item["ai_system"] for item in content["interventions"] if item["id"] == intervention_id)
    before, card["model_version"] = card["model_version"], version
    protocol = Protocol.model_validate(content)
    request = Request(
        "ai_system_changed",
        f"The AI system of intervention {intervention_id} runs as version {version}; the registered plan names "
        f"{before or 'none'}. Its card permits updates ({card['update_policy']}), so the plan follows and a new exposure epoch "
        "begins.",
        _name(PLATFORM),
        known_from(readings_of(record)),
    )
    _proposed(registry, protocol, proposal(registry, record.experiment_id, protocol), request, PLATFORM)


def _standing(record: Record) -> VersionRecord:
    current = record.current
    if current is None or current.state != "registered":
        raise not_standing(record.experiment_id)
    return current


def _first_of_major(record: Record, current: VersionRecord) -> Protocol:
    major = current.version.split(".")[0]
    return record.version(f"{major}.0").protocol


def _card(protocol: Protocol, intervention_id: str, experiment_id: str) -> AiSystem:
    cards = {item.id: item.ai_system for item in protocol.interventions if item.ai_system is not None}
    if intervention_id not in cards:
        known = ", ".join(cards) or "–"
        raise refused("E-AMD-07", id=experiment_id, intervention=intervention_id, known=known)
    return cards[intervention_id]


def _name(actor: Actor) -> str:
    return actor if isinstance(actor, str) else actor.name


def points_on_record(registry: Registry, record: Record) -> Points:
    """Return t1 to t4 of an experiment on record, by every version that was registered or else the newest one."""
    registered = [item.protocol for item in record.versions if item.registered_at is not None]
    return points_of(registry.ledger, record.experiment_id, registered or [record.latest.protocol])


def detail_of_epochs(record: Record) -> list[dict[str, Any]]:
    """Return the exposure epochs in order, with the moment at which each began."""
    return [{**item.detail, "since": item.at_utc} for item in record.epochs]
