"""The acts of the registry: each decides, then writes its documents and its event in one transaction.

Belongs here: one function an act up to registration; withdrawing and the status of zones stand in acts_running. Does not:
which act is allowed when (machines, guards), what an event changes (fold), the class of an amendment (amendments).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from data import documents
from data.access import SYSTEM, Actor
from data.ledger import canonical
from data.lifecycle import ABSENT
from data.messages import Refused, Text
from experiments.registry.conditions_plan import current_diagnosis
from experiments.registry.performing import Done, Place, about_open, not_standing, perform, record_or_none
from experiments.registry.protocol import Protocol, canonical_json
from experiments.registry.records import Record, Side, VersionRecord, Vote
from experiments.registry.store import Registry, next_draft, next_id

_TOO_FEW = Text(
    en="The diagnosis rests on {made} simulations; to be put on record it needs {needed}.",
    zh="诊断只做了 {made} 次模拟；存档需要 {needed} 次。",
)
PID_PREFIX = "zonelab"
"""Prefix of persistent identifiers: ``zonelab/SE-2026-0001-1.0``."""


def draft(registry: Registry, protocol: Protocol, *, actor: Actor) -> str:
    """Put a protocol on record as a draft, or as the next draft of an experiment that is not registered yet.

    Parameters
    ----------
    registry
        Where.
    protocol
        Its `experiment_id` is kept when it is free or already this team's; `SE-0000-0000` asks for the next number of the year.
    actor
        An investigator; for a known experiment one of its team.

    Returns
    -------
    str
        The experiment's id. The draft's number is 0.1, 0.2, …

    Raises
    ------
    Refused
        E-REG-04: the experiment is registered; its plan changes by amendment only. E-LIFE-01: it is under review.
    NotPermitted
        E-REG-11: the id belongs to another team's experiment; ask for the next number instead.
    """

    def place() -> Place:
        record = record_or_none(registry, protocol.experiment_id)
        if record is not None and record.current is not None:
            raise Refused("E-REG-04", _BY_AMENDMENT.fill(id=record.experiment_id))
        return _drafting(record)

    def write(done: Done) -> str:
        known = done.case.record
        name = known.experiment_id if known else next_id(registry.ids(), protocol.experiment_id, done.case.at)
        return done.drafted(protocol, name, next_draft(known))

    return perform(registry, place, write, actor=actor)


def amend(
    registry: Registry, protocol: Protocol, *, version: str, amendment: Mapping[str, Any], actor: Actor
) -> Record:
    """Put the next version of a registered experiment on record, with the amendment that led to it.

    Only `experiments.registry.amendments` calls it, which computes `version` and the amendment's class; a person chooses neither.

    Raises
    ------
    Refused
        E-REG-05: nothing stands registered that could be amended. E-REG-06: the version does not follow the registered one.
    """
    name = protocol.experiment_id

    def place() -> Place:
        record = registry.record(name)
        current = record.current
        if current is None or current.state != "registered":
            raise not_standing(name)
        if _number(version) <= _number(current.version):
            raise Refused("E-REG-06", _NOT_NEXT.fill(version=version, current=current.version))
        return _drafting(record)

    def write(done: Done) -> None:
        done.event("amendment_proposed", amendment)
        done.drafted(protocol, name, version)

    perform(registry, place, write, actor=actor)
    return registry.record(name)


def record_diagnosis(
    registry: Registry, experiment_id: str, *, diagnosis: Mapping[str, Any], design_hash: str, actor: Actor
) -> str:
    """Keep a diagnosis, named by the hash of the design that it is about; return the document's sha256.

    It is no step of the life cycle: anybody may diagnose, and a diagnosis counts only for the design that it names.

    Raises
    ------
    Refused
        E-REG-07: it rests on fewer than `experiments.design.diagnosis.SIMULATIONS` simulated experiments (`diagnosis["sims"]`).
    """
    from experiments.design.diagnosis import SIMULATIONS

    made = diagnosis.get("sims", 0)
    if made < SIMULATIONS:
        raise Refused("E-REG-07", _TOO_FEW.fill(made=made, needed=SIMULATIONS))
    registry.record(experiment_id)
    name = actor if isinstance(actor, str) else SYSTEM
    with registry.ledger.transaction() as connection:
        document = documents.put(connection, "diagnosis", canonical(diagnosis))
        registry.ledger.record(
            connection,
            kind="diagnosis_recorded",
            object_id=experiment_id,
            detail={"document": document, "design_hash": design_hash},
            actor=name,
        )
    return document


def submit(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Hand the version in preparation in for review: the responsible party's act."""

    def write(done: Done) -> None:
        version = done.case.about
        detail = {
            "version": version.version,
            "document": version.document_sha256,
            "diagnosis": current_diagnosis(done.case),
        }
        done.event("protocol_submitted", detail)

    return _on_open(registry, experiment_id, "submit", write, actor=actor)


def assign_reviewers(
    registry: Registry, experiment_id: str, *, methods: Sequence[str], ethics: Sequence[str], actor: Actor
) -> Record:
    """Choose reviewers, at least one a side; during the review, replace those who have not voted."""
    chosen = {"methods": list(dict.fromkeys(methods)), "ethics": list(dict.fromkeys(ethics))}

    def place() -> Place:
        found = about_open(registry, experiment_id, "assign_reviewers")
        return replace(found, action="replace_reviewers") if found.state == "in_review" else found

    def write(done: Done) -> None:
        done.event("reviewers_assigned", {"version": done.case.about.version, **chosen})

    perform(registry, place, write, actor=actor, brought=chosen)
    return registry.record(experiment_id)


def vote(
    registry: Registry,
    experiment_id: str,
    *,
    side: Side,
    vote: Vote,
    comments: Sequence[Mapping[str, str]] = (),
    actor: Actor,
) -> Record:
    """Cast one reviewer's vote with comments `{"path", "text"}`; both stand for good.

    Nobody but the reviewer sees it until every vote is in (`reviews.visible_reviews`).
    """

    def write(done: Done) -> None:
        version = done.case.about
        detail = {
            "version": version.version,
            "side": side,
            "vote": vote,
            "comments": _numbered(version, side, comments),
        }
        done.event("review_voted", detail)

    brought = {"side": side, "vote": vote, "comments": [dict(item) for item in comments]}
    return _on_open(registry, experiment_id, f"vote_{side}", write, actor=actor, brought=brought)


def answer(registry: Registry, experiment_id: str, *, comment_id: str, text: str, actor: Actor) -> Record:
    """Answer one comment of a reviewer; the answer stands."""
    brought = {"comment_id": comment_id, "text": text}

    def write(done: Done) -> None:
        done.event("comment_answered", {"version": done.case.about.version, **brought})

    return _on_open(registry, experiment_id, "answer_comment", write, actor=actor, brought=brought)


def request_changes(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Send the version back to its team with the reviewers' comments."""
    return _on_open(registry, experiment_id, "request_changes", _says("changes_requested"), actor=actor)


def reject(registry: Registry, experiment_id: str, *, reason: str, actor: Actor) -> Record:
    """Reject the version for good, as the votes say."""
    brought = {"reason": reason}
    return _on_open(
        registry, experiment_id, "reject", _says("protocol_rejected", brought), actor=actor, brought=brought
    )


def approve(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Approve the version, as the votes say."""
    return _on_open(registry, experiment_id, "approve", _says("protocol_approved"), actor=actor)


def register(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Freeze the approved version: its number and persistent identifier are allotted, an earlier version is superseded."""
    return _on_open(registry, experiment_id, "register", _registers, actor=actor)


def register_minor(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Freeze a version whose only changes are minor; it needs no review."""
    return _on_open(registry, experiment_id, "register_minor", _registers, actor=actor)


def _registers(done: Done) -> None:
    version, name = done.case.about, done.case.known.experiment_id
    number = "1.0" if version.version.startswith("0.") else version.version
    final = version.protocol.model_copy(update={"version": number, "experiment_id": name})
    document = documents.put(done.connection, "protocol", canonical_json(final))
    detail = {"version": number, "document": document, "pid": f"{PID_PREFIX}/{name}-{number}", "from": version.version}
    done.event("protocol_registered", detail)
    before = done.case.known.current
    if before is not None and before.state == "registered":
        done.by_system("protocol_superseded", {"version": before.version, "by": number})


def _drafting(record: Record | None) -> Place:
    opened = record.open if record else None
    if opened is None:
        return Place(record, None, ABSENT, "draft")
    return Place(record, opened, opened.state, "revise" if opened.state == "changes_requested" else "draft")


def _number(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)


def _numbered(version: VersionRecord, side: Side, comments: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Give comments their ids, counted per side so that a number does not tell what the other side has said."""
    before = sum(item.side == side for item in version.comments)
    return [
        {"id": f"{side[0].upper()}{place}", "path": item["path"], "text": item["text"]}
        for place, item in enumerate(comments, start=before + 1)
    ]


def _says(kind: str, more: Mapping[str, str] | None = None) -> Callable[[Done], None]:
    def write(done: Done) -> None:
        done.event(kind, {"version": done.case.about.version, **(more or {})})

    return write


def _on_open(
    registry: Registry,
    experiment_id: str,
    action: str,
    write: Callable[[Done], None],
    *,
    actor: Actor,
    brought: Mapping[str, Any] | None = None,
) -> Record:
    perform(registry, partial(about_open, registry, experiment_id, action), write, actor=actor, brought=brought)
    return registry.record(experiment_id)


_BY_AMENDMENT = Text(
    en="{id} is registered: its plan changes by amendment only. Use `zonelab protocol amend`.",
    zh="{id} 已注册：其方案只能通过修订更改。请使用 zonelab protocol amend。",
)
_NOT_NEXT = Text(
    en="Version {version} does not follow the registered version {current}.",
    zh="版本 {version} 不在已注册版本 {current} 之后。",
)
