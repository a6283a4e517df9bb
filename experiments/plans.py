"""Which plans apply to a release: registered versions from the registry, and files that nobody registered.

Belongs here: finding them, and the units that their draws sealed. Does not: running them (run), what the record says of them in a
results file (against_record). A file of an experiment that is registered is not looked at: the registered text is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data import documents
from data.ledger import Ledger
from data.messages import NotFound
from data.paths import Workspace
from data.releases import Release
from experiments.design.assignment import AssignedUnit, parsed_units
from experiments.design.draws import DrawRecord, draws_of, units_of
from experiments.design.frame import opened_frame
from experiments.design.redraws import Lottery, SealedDraw
from experiments.design.sealing import arms_of, declared
from experiments.registry.protocol import Protocol, load_protocol
from experiments.registry.records import Record, VersionRecord
from experiments.registry.store import Registry

DEMO = Path(__file__).resolve().parent / "registry" / "demo"
"""The demo programme's protocols as files; `zonelab demo` registers them."""


@dataclass(frozen=True)
class Plan:
    """One experiment's plan: the registered version that stands, or a file (then `version` is None)."""

    protocol: Protocol
    version: VersionRecord | None = None
    record: Record | None = None
    ledger: Ledger | None = None

    def units(self) -> tuple[AssignedUnit, ...]:
        """Return every unit of the sealed draws; none where nothing was drawn or nothing is registered."""
        if self.record is None or self.ledger is None:
            return ()
        return units_of(self.ledger, draws_of(self.record.events))

    def lottery(self) -> Lottery | None:
        """Return the sealed draws, ready to be drawn again; None where nothing was drawn or nothing is registered."""
        if self.record is None or self.ledger is None:
            return None
        found = [
            _sealed(self.record, self.ledger, item) for item in draws_of(self.record.events) if item.assignment_sha256
        ]
        return Lottery(tuple(found)) if found else None


def _sealed(record: Record, ledger: Ledger, item: DrawRecord) -> SealedDraw:
    protocol = record.version(item.version).protocol
    frame = opened_frame(documents.get(ledger, item.frame_sha256))
    units = parsed_units(documents.get(ledger, str(item.assignment_sha256)))
    return SealedDraw(frame, declared(protocol), arms_of(protocol), units)


def plans(workspace: Workspace, release: Release) -> list[Plan]:
    """Return the plans that apply to a release, by experiment id: simulated ones only where the release holds simulated rows.

    Raises
    ------
    Refused
        A file in `<home>/protocols` does not have a protocol's form.
    """
    registry = Registry.open(workspace)
    standing = {plan.protocol.experiment_id: plan for plan in _registered(registry) if _fits(plan, release)}
    known = set(registry.ids())
    for path in sorted((workspace.home / "protocols").glob("*.yml")):
        protocol = load_protocol(path)
        if protocol.experiment_id not in standing:
            standing[protocol.experiment_id] = Plan(protocol)
    if release.simulated:
        shipped = (Plan(load_protocol(path)) for path in sorted(DEMO.glob("*.yml")) if path.stem not in known)
        standing = {**{plan.protocol.experiment_id: plan for plan in shipped}, **standing}
    return [standing[name] for name in sorted(standing)]


def plan_of(workspace: Workspace, release: Release, experiment_id: str, path: Path | None) -> Plan | None:
    """Return the plan of one experiment for a release: registered, else the file's; None where none applies."""
    plan = _standing(Registry.open(workspace), experiment_id)
    if plan is not None:
        return plan if _fits(plan, release) else None
    if path is None or (path.parent == DEMO and not release.simulated):
        return None
    return Plan(load_protocol(path))


def plan_of_file(workspace: Workspace, path: Path) -> Plan:
    """Return the plan of a protocol file: the registered version where there is one, else the file's own content."""
    protocol = load_protocol(path)
    return _standing(Registry.open(workspace), protocol.experiment_id) or Plan(protocol)


def _registered(registry: Registry) -> Iterator[Plan]:
    for record in registry.records():
        plan = _plan(registry, record)
        if plan is not None:
            yield plan


def _standing(registry: Registry, experiment_id: str) -> Plan | None:
    try:
        return _plan(registry, registry.record(experiment_id))
    except NotFound:
        return None


def _plan(registry: Registry, record: Record) -> Plan | None:
    version = record.current
    if version is None or version.state != "registered":
        return None
    return Plan(version.protocol, version, record, registry.ledger)


def _fits(plan: Plan, release: Release) -> bool:
    return release.simulated or not plan.protocol.simulated
