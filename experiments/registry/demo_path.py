"""The demo's way through the registry: draft, diagnosis, submission, review, registration, assignment; all before the first file.

Belongs here: the acts in order, by actors whose names begin with `demo.`. Does not: any act (acts, sealing), files (data.demo).
Safe to repeat: what is on record already is not done again, so a second demo adds no event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from experiments.design import sealing
from experiments.design.commitment import Secret
from experiments.design.draws import draws_of, units_of
from experiments.registry import acts
from experiments.registry.demo_diagnoses import DEMO, diagnosis_of
from experiments.registry.performing import record_or_none
from experiments.registry.protocol import Protocol, load_protocol
from experiments.registry.records import SIDES, Record
from experiments.registry.store import Registry

INVESTIGATOR, REGISTRAR = "demo.investigator", "demo.registrar"
REVIEWERS = {"methods": "demo.methods_reviewer", "ethics": "demo.ethics_reviewer"}


def prepare(registry: Registry, frames: Mapping[str, pd.DataFrame], *, seed: int) -> dict[str, str]:
    """Register the demo's experiments and seal their assignments; return each clinic's arm.

    Parameters
    ----------
    registry
        Of the workspace in which the demo runs.
    frames
        Of each experiment, by its id (`data.demo.frames`).
    seed
        Of the demo; the secrets of the draws are derived from it, so that the demo repeats. Real draws have random secrets.

    Returns
    -------
    dict
        Unit id → arm, over all three experiments.

    Raises
    ------
    NotPermitted
        The workspace has an access list in which the `demo.*` users do not have their roles.
    """
    found: dict[str, str] = {}
    for path in protocol_files():
        protocol = load_protocol(path)
        record = registered(registry, protocol)
        if record.current is not None and record.current.state == "registered":
            _assigned(registry, record, frames[record.experiment_id], seed)
        units = units_of(registry.ledger, draws_of(registry.record(record.experiment_id).events))
        found |= {unit.unit: unit.arm for unit in units}
    return found


def protocol_files() -> list[Path]:
    """Return the demo's protocol files, by experiment id."""
    return sorted(DEMO.glob("*.yml"))


def registered(registry: Registry, protocol: Protocol) -> Record:
    """Bring a demo protocol to registration, from wherever it stands; return its record.

    An experiment that was rejected, withdrawn or sent back is left as it is.
    """
    record = record_or_none(registry, protocol.experiment_id)
    if record is None:
        acts.draft(registry, protocol, actor=INVESTIGATOR)
        record = registry.record(protocol.experiment_id)
    while record.current is None and record.latest.state in _NEXT:
        _NEXT[record.latest.state](registry, record)
        record = registry.record(protocol.experiment_id)
    return record


def _submit(registry: Registry, record: Record) -> None:
    protocol = record.latest.protocol
    made = diagnosis_of(protocol)
    name = record.experiment_id
    acts.record_diagnosis(registry, name, diagnosis=made, design_hash=made["design_hash"], actor=INVESTIGATOR)
    acts.submit(registry, name, actor=INVESTIGATOR)


def _choose_reviewers(registry: Registry, record: Record) -> None:
    methods, ethics = ([REVIEWERS[side]] for side in SIDES)
    acts.assign_reviewers(registry, record.experiment_id, methods=methods, ethics=ethics, actor=REGISTRAR)


def _review(registry: Registry, record: Record) -> None:
    voted = {review.side for review in record.latest.reviews if review.counts}
    for side in SIDES:
        if side not in voted:
            acts.vote(registry, record.experiment_id, side=side, vote="approve", actor=REVIEWERS[side])
    acts.approve(registry, record.experiment_id, actor=REGISTRAR)


def _register(registry: Registry, record: Record) -> None:
    acts.register(registry, record.experiment_id, actor=REGISTRAR)


_NEXT: Mapping[str, Callable[[Registry, Record], None]] = {
    "draft": _submit,
    "submitted": _choose_reviewers,
    "in_review": _review,
    "approved": _register,
}
"""What comes next in each state of a version."""


def _assigned(registry: Registry, record: Record, frame: pd.DataFrame, seed: int) -> None:
    """Commit, draw and reveal what has not been."""
    name = record.experiment_id
    draws = draws_of(record.events)
    if not draws:
        zones = {zone.zone_id for zone in sealing.registered(registry, name).protocol.zones}
        own = frame.loc[frame["zone_id"].isin(zones)]
        draws = (sealing.commit(registry, name, own, actor=INVESTIGATOR, secret=demo_secret(seed, name)),)
    if draws[-1].waits:
        sealing.draw(registry, name, actor=INVESTIGATOR)
    if draws[-1].revealed_at is None:
        sealing.reveal(registry, name, actor=INVESTIGATOR)


def demo_secret(seed: int, experiment_id: str) -> Secret:
    """Return the secret of a demo draw: a function of the demo's seed, unlike the secret of any real draw.

    >>> demo_secret(1, "SE-2026-0001") == demo_secret(1, "SE-2026-0001")
    True
    """
    digest = hashlib.sha256(f"SIMULATED {seed} {experiment_id}".encode()).hexdigest()
    return Secret(int(digest[:16], 16), hashlib.sha256(f"nonce {digest}".encode()).hexdigest())
