"""Making a report again from its pins, beside the workspace, and naming every place where it comes out otherwise.

Belongs here: which release, protocol version and state of the ledger; comparing. Does not: computing (experiments.run), which is
the code that made the report. Nothing is written to the workspace: the run happens in a replica as of the report's own entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data import releases
from data.durable import sha256_file
from data.ledger import Ledger
from data.messages import NotFound, Text, ZonelabError
from data.paths import Workspace
from data.provenance import code_version
from data.replica import replica
from data.stale import marks
from experiments.plans import Plan, plans
from experiments.registry.protocol import protocol_digest
from experiments.registry.store import Registry
from experiments.results import load_results
from experiments.tracing.messages import DIFFERS
from experiments.tracing.numbers import leaves
from experiments.tracing.reports import WRITTEN, Reported, written

FILES = ("report.*.html", "report.*.pdf", "report.*.docx")
OF_THE_RUN = ("run_id", "code")
"""What names the run that made a report, and so is another in every repetition."""


@dataclass(frozen=True)
class Difference:
    """One place that did not come out the same: an id of `numbers`, a file, or a pin, with both sides where there are two."""

    where: str
    what: Text
    recorded: Any = None
    recomputed: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        said = {"where": self.where, "what": self.what.model_dump()}
        return {**said, "recorded": self.recorded, "recomputed": self.recomputed}


@dataclass(frozen=True)
class Reproduction:
    """What came of making a report again. `notes` say what could explain a difference; `numbers` how many were compared."""

    report: str
    pins: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    notes: tuple[Text, ...] = ()
    compared: Mapping[str, int] = field(default_factory=dict)

    @property
    def identical(self) -> bool:
        """Whether every number, text and file came out the same, to the byte."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "identical": self.identical,
            "differences": [item.to_dict() for item in self.differences],
            "report": self.report,
            "pins": dict(self.pins),
            "compared": dict(self.compared),
            "notes": [note.model_dump() for note in self.notes],
        }


def reproduce(workspace: Workspace, ledger: Ledger, reported: Reported) -> Reproduction:
    """Make a report again from its pins: release by id, protocol by digest, the ledger as it was when the report was written.

    Parameters
    ----------
    workspace, ledger
        Where the report lies; nothing is written to them.
    reported
        Which one.

    Raises
    ------
    NotFound
        E-REL-02: its release is gone.
    """
    try:
        document = load_results(reported.path)
        pins = _pins(document)
    except (ValueError, LookupError, TypeError):
        return Reproduction(reported.name, {}, (Difference(f"results/{reported.name}", DIFFERS["unreadable"]),))
    release = releases.load_release(workspace, pins["release_id"])
    before = tuple(_pinned(workspace, ledger, reported, document, release))
    notes = tuple(_of_code(document))
    broken = any(item.where.startswith("release/") for item in before)
    if broken:
        return Reproduction(reported.name, pins, before, notes)
    event = written(ledger, reported)
    with replica(workspace, ledger, event.seq if event else None) as scene:
        found, compared = _again(scene, reported, document, stale=bool(marks(workspace, reported.name)))
    return Reproduction(reported.name, pins, (*before, *found), notes, compared)


def _pins(document: Mapping[str, Any]) -> dict[str, Any]:
    made, here = document["code"], asdict(code_version())
    protocol = f"{document['experiment_id']}@{document['protocol']['version']}"
    return {
        "release_id": document["release"]["release_id"],
        "protocol": protocol,
        "protocol_digest": document["protocol"]["digest"],
        "run_id": document["run_id"],
        "code": {"made_by": made["commit"], "here": here["commit"], "same": made == here and not made["dirty"]},
    }


def _pinned(
    workspace: Workspace,
    ledger: Ledger,
    reported: Reported,
    document: Mapping[str, Any],
    release: releases.Release,
) -> Iterator[Difference]:
    """Yield what of the pins is not as it was: the results file, the release, its tables."""
    if ledger.events(WRITTEN, reported.name) and written(ledger, reported) is None:
        yield Difference(f"results/{reported.name}", DIFFERS["not_recorded"])
    for problem in releases.verify(workspace, release.release_id, ledger=ledger):
        yield Difference(problem.where, DIFFERS["release"].fill(what=problem.what))
    for name in sorted({entry["dataset"] for entry in document["analyses"]} & set(release.tables)):
        now, then = release.now(name).fingerprint, document["release"]["tables"].get(name, {}).get("fingerprint")
        if now != then:
            yield Difference(f"{release.release_id}/{name}", DIFFERS["rewritten"], then, now)


def _of_code(document: Mapping[str, Any]) -> Iterator[Text]:
    made, here = document["code"], code_version()
    if made["dirty"]:
        yield DIFFERS["dirty"].fill(made=made["commit"][:12])
    if made["commit"] != here.commit or here.dirty:
        changed = "+" if here.dirty else ""
        yield DIFFERS["code"].fill(made=made["commit"][:12], here=here.commit[:12] + changed)


def _again(
    scene: Workspace, reported: Reported, document: Mapping[str, Any], *, stale: bool
) -> tuple[tuple[Difference, ...], dict[str, int]]:
    from experiments.run import run_plan

    release = releases.load_release(scene, reported.release_id)
    plan = pinned_plan(scene, release, document)
    if plan is None:
        digest = document["protocol"]["digest"]
        where = f"{reported.experiment_id}@{document['protocol']['version']}"
        return (Difference(where, DIFFERS["protocol"].fill(digest=digest[:12])),), {}
    try:
        made = run_plan(scene, release, plan, document["run_id"])
    except ZonelabError as error:
        return (Difference(reported.name, DIFFERS["failed"].fill(what=error.text)),), {}
    found, numbers = _numbers_apart(document, load_results(made))
    files = {} if stale else _files(reported.path.parent)
    apart = [
        Difference(name, DIFFERS["file"]) for name in files if not found and _other(made.parent / name, files[name])
    ]
    return (*found, *apart), {"values": numbers, "files": len(files)}


def pinned_plan(scene: Workspace, release: releases.Release, document: Mapping[str, Any]) -> Plan | None:
    """Return the plan whose digest a report pins: a version on record, else a file; None where neither has it."""
    name, pinned = document["experiment_id"], document["protocol"]
    registry = Registry.open(scene)
    try:
        record = registry.record(name)
        version = record.version(pinned["version"])
        if protocol_digest(version.protocol) == pinned["digest"]:
            return Plan(version.protocol, version, record, registry.ledger)
    except NotFound:
        pass
    files = (plan for plan in plans(scene, release) if plan.protocol.experiment_id == name)
    return next((plan for plan in files if protocol_digest(plan.protocol) == pinned["digest"]), None)


def _numbers_apart(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> tuple[tuple[Difference, ...], int]:
    """Return every leaf of the two documents that differs, by its id, and how many were compared."""
    one, two = (_leaves(document) for document in (recorded, made))
    absent = object()
    found = [
        Difference(
            name, DIFFERS[_kind(one.get(name, absent), two.get(name, absent), absent)], one.get(name), two.get(name)
        )
        for name in dict.fromkeys([*one, *two])
        if not _same(one.get(name, absent), two.get(name, absent))
    ]
    return tuple(found), len(one)


def _leaves(document: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in document.items() if name not in OF_THE_RUN}
    return {name: value for name, _, value in leaves(own)}


def _same(one: object, two: object) -> bool:
    return type(one) is type(two) and one == two


def _kind(one: object, two: object, absent: object) -> str:
    if one is absent or two is absent:
        return "added" if one is absent else "missing"
    return "number" if isinstance(one, int | float) and isinstance(two, int | float) else "text"


def _files(folder: Path) -> dict[str, str]:
    return {path.name: sha256_file(path) for pattern in FILES for path in sorted(folder.glob(pattern))}


def _other(path: Path, sha256: str) -> bool:
    return not path.is_file() or sha256_file(path) != sha256
