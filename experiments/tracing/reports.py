"""Reports by name: `SE-2026-0001` on the newest release that has it, or `R000247-47474d4f/SE-2026-0001`.

Belongs here: names → files, and the ledger's entry of a file that a run wrote. Does not: who may read it (reviewing).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.access import SYSTEM
from data.durable import sha256_file
from data.ledger import Event, Ledger
from data.paths import Workspace
from data.releases import list_releases
from experiments.results import RESULTS
from experiments.tracing.messages import not_found

WRITTEN = "results_written"


@dataclass(frozen=True)
class Reported:
    """A results file: `name` is `release/experiment`, which is also the object of its ledger entries."""

    release_id: str
    experiment_id: str
    path: Path

    @property
    def name(self) -> str:
        """The report's name."""
        return f"{self.release_id}/{self.experiment_id}"

    @property
    def sha256(self) -> str:
        """The hash of the file as it lies there now."""
        return sha256_file(self.path)


def reports(workspace: Workspace) -> list[Reported]:
    """Return every report, by release from the oldest, then by experiment."""
    order = {release.release_id: place for place, release in enumerate(list_releases(workspace))}
    found = [_of(path) for path in workspace.results.glob(f"*/*/{RESULTS}")]
    return sorted(found, key=lambda item: (order.get(item.release_id, -1), item.release_id, item.experiment_id))


def report_named(workspace: Workspace, name: str) -> Reported:
    """Return one report.

    Raises
    ------
    NotFound
        E-TRACE-01: there is none of that name; the message lists those there are.
    """
    known = reports(workspace)
    fits = [item for item in known if name in (item.name, item.experiment_id)]
    if not fits:
        listed = ", ".join(item.name for item in known) or "–"
        raise not_found("E-TRACE-01", name=name, known=listed)
    return fits[-1]


def note_written(ledger: Ledger, path: Path) -> tuple[str, str] | None:
    """Record the hash of a results file that a run wrote; one whose newest entry has it already adds nothing.

    Returns
    -------
    (str, str) or None
        The report and the hash of the file that was replaced; None where there was none, or it is the same.
    """
    reported = _of(path)
    sha256 = reported.sha256
    known = ledger.events(WRITTEN, reported.name)
    if known and known[-1].detail["sha256"] == sha256:
        return None
    with ledger.transaction() as connection:
        kept = {"kind": WRITTEN, "object_id": reported.name, "actor": SYSTEM, "role": SYSTEM}
        ledger.record(connection, detail={"sha256": sha256}, **kept)
    return (reported.name, str(known[-1].detail["sha256"])) if known else None


def written(ledger: Ledger, reported: Reported) -> Event | None:
    """Return the entry of the run that wrote the file as it is now; None where no run has, or before runs noted it."""
    now = reported.sha256
    return next((item for item in ledger.events(WRITTEN, reported.name) if item.detail["sha256"] == now), None)


def _of(path: Path) -> Reported:
    return Reported(path.parent.parent.name, path.parent.name, path)
