"""The acts of a draw: commit, draw, reveal; each once, in this order, after registration, on record.

Belongs here: who may, what must have happened before, the transaction. Does not: the draw (assignment), the secret (commitment),
proof afterwards (verification). An act and its event stand or fall together; the commitment is in the ledger before the draw is
computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa

from data import documents
from data.access import Role, roles_of
from data.messages import NotPermitted, Refused
from data.paths import Workspace
from experiments.design import commitment
from experiments.design.assignment import Assignment, assign_sealed
from experiments.design.commitment import Secret
from experiments.design.draws import ABANDONED, COMMITTED, DRAWN, REVEALED, DrawRecord, draws_of
from experiments.design.frame import SealedFrame, opened_frame, seal
from experiments.design.messages import REFUSALS, refusal
from experiments.registry.protocol import Protocol
from experiments.registry.records import VersionRecord
from experiments.registry.schema.design import AssignmentSpec
from experiments.registry.separation import STANDING, roles_on, standings
from experiments.registry.store import Registry

MAY_ASSIGN: tuple[Role, ...] = ("investigator", "registrar")


def commit(
    registry: Registry, experiment_id: str, frame: pd.DataFrame, *, actor: str, secret: Secret | None = None
) -> DrawRecord:
    """Seal a frame and commit to a seed for it, before anything is drawn.

    Parameters
    ----------
    registry, experiment_id
        The experiment needs a registered version that declares an assignment.
    frame
        One row a unit of the zones to be drawn now. Zones added by a later amendment are committed and drawn later, by
        themselves.
    actor
        An investigator of its team, or a registrar.
    secret
        Only for simulations that must repeat (the demo); by default fresh random numbers.

    Returns
    -------
    DrawRecord
        With the frame's hash and the seed's commitment, as they stand in the ledger.

    Raises
    ------
    Refused
        E-ASSIGN-20 not registered, -21 nothing declared, -22 drawn already, -23 another commitment waits, -26 a zone that is
        not the experiment's; -01 to -14 the frame cannot be drawn (found out by a trial draw with seed 0).
    NotPermitted
        E-ASSIGN-28.
    """
    role = permitted(registry, experiment_id, actor)
    version = registered(registry, experiment_id)
    spec = declared(version.protocol)
    sealed = seal(frame, spec)
    zones = _zones(sealed, spec)
    _of_the_experiment(version, zones)
    assign_sealed(sealed, spec, arms_of(version.protocol), seed=0)
    chosen = secret or commitment.fresh()
    _nothing_before(registry, experiment_id, sealed, zones)
    commitment.keep(registry.workspace, experiment_id, chosen)
    try:
        with registry.ledger.transaction() as connection:
            _nothing_before(registry, experiment_id, sealed, zones)
            detail = {
                "version": version.version,
                "frame_sha256": documents.put(connection, "frame", sealed.text),
                "seed_commitment": chosen.commitment,
                "units": len(sealed),
                "zones": list(zones),
            }
            _record(registry, connection, COMMITTED, experiment_id, detail, actor, role)
    except BaseException:
        commitment.forget(registry.workspace, experiment_id, chosen.commitment)
        raise
    return draws(registry, experiment_id)[-1]


def draw(registry: Registry, experiment_id: str, *, actor: str) -> Assignment:
    """Draw what was committed: the sealed frame, the declaration of the version committed under, the kept seed.

    Raises
    ------
    Refused
        E-ASSIGN-24 nothing waits, -22 drawn already, -25 the secret is lost.
    NotPermitted
        E-ASSIGN-28.
    """
    role = permitted(registry, experiment_id, actor)
    waiting = _waiting(registry, experiment_id)
    secret = _secret(registry.workspace, experiment_id, waiting)
    protocol = registry.record(experiment_id).version(waiting.version).protocol
    frame = opened_frame(documents.get(registry.ledger, waiting.frame_sha256))
    made = assign_sealed(frame, declared(protocol), arms_of(protocol), seed=secret.seed)
    with registry.ledger.transaction() as connection:
        _waiting(registry, experiment_id)
        document = documents.put(connection, "assignment", made.text)
        detail = {
            "version": waiting.version,
            "seed_commitment": waiting.seed_commitment,
            "assignment_sha256": made.sha256,
            "document": document,
        }
        _record(registry, connection, DRAWN, experiment_id, detail, actor, role)
    return made


def reveal(registry: Registry, experiment_id: str, *, actor: str) -> DrawRecord:
    """Show seed and nonce of every draw that is made, so that anybody can repeat it; the secret files go.

    Raises
    ------
    Refused
        E-ASSIGN-27 nothing is to be shown, -25 a secret is lost.
    NotPermitted
        E-ASSIGN-28.
    """
    role = permitted(registry, experiment_id, actor)
    found = draws(registry, experiment_id)
    hidden = [item for item in found if item.drawn_at is not None and item.revealed_at is None]
    if not hidden:
        done = any(item.revealed_at for item in found)
        reason, reason_zh = ("it is revealed already", "已经公开") if done else ("nothing is drawn", "尚未抽取")
        raise refusal("E-ASSIGN-27", experiment=experiment_id, reason=reason, reason_zh=reason_zh)
    shown = [(item, _secret(registry.workspace, experiment_id, item)) for item in hidden]
    with registry.ledger.transaction() as connection:
        for item, secret in shown:
            detail = {"seed": str(secret.seed), "nonce": secret.nonce, "seed_commitment": item.seed_commitment}
            _record(registry, connection, REVEALED, experiment_id, detail, actor, role)
    for item, _ in shown:
        commitment.forget(registry.workspace, experiment_id, item.seed_commitment)
    return draws(registry, experiment_id)[-1]


def abandon(registry: Registry, experiment_id: str, *, reason: str, actor: str) -> None:
    """Give up a commitment whose secret is lost before the draw; the reason stays on record and in every report.

    Raises
    ------
    Refused
        E-ASSIGN-24 nothing waits, -29 the secret is here, so the commitment binds.
    """
    role = permitted(registry, experiment_id, actor)
    waiting = _waiting(registry, experiment_id)
    if commitment.kept(registry.workspace, experiment_id, waiting.seed_commitment) is not None:
        raise refusal("E-ASSIGN-29", experiment=experiment_id)
    with registry.ledger.transaction() as connection:
        detail = {"seed_commitment": waiting.seed_commitment, "reason": reason}
        _record(registry, connection, ABANDONED, experiment_id, detail, actor, role)


def arms_of(protocol: Protocol) -> tuple[str, ...]:
    """Return the arms that are drawn, in the protocol's order."""
    return tuple(arm.arm_id for arm in protocol.arms)


def declared(protocol: Protocol) -> AssignmentSpec:
    """Return the protocol's declaration of the assignment; Refused (E-ASSIGN-21) if it has none."""
    if protocol.assignment_spec is None:
        raise refusal("E-ASSIGN-21", experiment=protocol.experiment_id, version=protocol.version)
    return protocol.assignment_spec


def registered(registry: Registry, experiment_id: str) -> VersionRecord:
    """Return the registered version that stands; Refused (E-ASSIGN-20) if there is none or it was withdrawn."""
    record = registry.record(experiment_id)
    version = record.current
    if version is None or version.state != "registered":
        state = (version or record.latest).state
        raise refusal("E-ASSIGN-20", experiment=experiment_id, state=state)
    return version


def permitted(registry: Registry, experiment_id: str, actor: str) -> str:
    """Return the role in which an actor assigns this experiment; NotPermitted (E-ASSIGN-28) if none of theirs does.

    An investigator assigns for their own team; a reviewer of the experiment does not, whatever else they are.
    """
    record = registry.record(experiment_id)
    held = roles_of(actor, registry.workspace)
    theirs = roles_on(record, actor, held)
    for role in held:
        if role in MAY_ASSIGN and role in theirs and standings(record, actor) <= {STANDING[role]}:
            return role
    text = REFUSALS["E-ASSIGN-28"].fill(actor=actor or "-", experiment=experiment_id)
    raise NotPermitted("E-ASSIGN-28", text)


def draws(registry: Registry, experiment_id: str) -> tuple[DrawRecord, ...]:
    """Return what is on record of an experiment's draws, in the order of their commitments."""
    return draws_of(registry.ledger.events(object_id=experiment_id))


def _zones(frame: SealedFrame, spec: AssignmentSpec) -> tuple[str, ...]:
    """Return the frame's zones; none where it has no zone column: then it is the whole experiment."""
    return tuple(sorted(set(frame.texts([spec.zone_column])))) if spec.zone_column in frame.names else ()


def _of_the_experiment(version: VersionRecord, zones: tuple[str, ...]) -> None:
    strange = sorted(set(zones) - {zone.zone_id for zone in version.protocol.zones})
    if strange:
        experiment = version.protocol.experiment_id
        raise refusal("E-ASSIGN-26", experiment=experiment, version=version.version, zones=", ".join(strange))


def _nothing_before(registry: Registry, experiment_id: str, frame: SealedFrame, zones: tuple[str, ...]) -> None:
    """Make sure that no commitment waits and that nothing in the frame has been drawn: by zone, and unit by unit."""
    for item in draws(registry, experiment_id):
        if item.waits:
            raise refusal("E-ASSIGN-23", experiment=experiment_id, commitment=item.seed_commitment)
        if item.drawn_at is not None and _meets(registry, item, frame, zones):
            what = ", ".join(sorted(set(item.zones) & set(zones))) or experiment_id
            raise _drawn_already(what, item)


def _meets(registry: Registry, item: DrawRecord, frame: SealedFrame, zones: tuple[str, ...]) -> bool:
    if not item.zones or not zones or set(item.zones) & set(zones):
        return True
    known = opened_frame(documents.get(registry.ledger, item.frame_sha256)).ids
    return not set(known).isdisjoint(frame.ids)


def _waiting(registry: Registry, experiment_id: str) -> DrawRecord:
    found = draws(registry, experiment_id)
    for item in found:
        if item.waits:
            return item
    if found and found[-1].drawn_at is not None:
        raise _drawn_already(", ".join(found[-1].zones) or experiment_id, found[-1])
    raise refusal("E-ASSIGN-24", experiment=experiment_id)


def _drawn_already(what: str, item: DrawRecord) -> Refused:
    return refusal("E-ASSIGN-22", what=what, at=str(item.drawn_at)[:10])


def _secret(place: Workspace, experiment_id: str, item: DrawRecord) -> Secret:
    found = commitment.kept(place, experiment_id, item.seed_commitment)
    if found is not None:
        return found
    path = commitment.secret_path(place, experiment_id, item.seed_commitment).relative_to(place.home)
    advice, advice_zh = _LOST["drawn" if item.drawn_at else "waits"]
    raise refusal(
        "E-ASSIGN-25",
        experiment=experiment_id,
        commitment=item.seed_commitment,
        path=path.as_posix(),
        advice=advice,
        advice_zh=advice_zh,
    )


_LOST = {
    "waits": (
        "If it is lost for good, give the commitment up with a reason (zonelab assign --abandon), which stays on record.",
        "若确已丢失，请说明理由并放弃该承诺（zonelab assign --abandon），理由将永久留存。",
    ),
    "drawn": (
        "Without it the assignment stands, but nobody can prove it by repeating the draw.",
        "没有种子，分配仍然有效，但无法通过重复抽取加以证明。",
    ),
}


def _record(
    registry: Registry,
    connection: sa.Connection,
    kind: str,
    experiment_id: str,
    detail: Mapping[str, object],
    actor: str,
    role: str,
) -> None:
    registry.ledger.record(connection, kind=kind, object_id=experiment_id, detail=detail, actor=actor, role=role)
