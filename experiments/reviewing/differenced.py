"""Published results beside those published before (R5): what two samples that differ by a few people tell, neither tells alone.

Belongs here: whom each analysis rests on, comparing with the sealed ledger of releases, adding to it, forgetting a person. Does
not: the rule and the ledger (quality.disclosure), what follows for a report (lint, acts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from data import releases
from data.identity.binding import open_vault
from data.ledger import Ledger
from data.paths import Workspace
from experiments.disclosed import units_of
from experiments.estimators import method
from experiments.frames import plain
from experiments.results import load_results
from experiments.sample import draw, spec_columns
from experiments.source import Source
from experiments.spec import AnalysisSpec
from experiments.tracing.reports import Reported
from experiments.tracing.reproduce import pinned_plan
from quality.disclosure.ledger import ReleaseLedger
from quality.disclosure.models import SAMPLE
from quality.disclosure.outputs import About, Cell, CountTable
from quality.disclosure.policy import load_policy
from quality.disclosure.tally import unit_hash
from quality.disclosure.verdict import Released

SEALED = "disclosure.sealed"
STUDY = "reports"
"""Whose keys are used: one ledger for all reports of a workspace, so that a person is forgotten in one place."""


def ledger_of_releases(workspace: Workspace, ledger: Ledger) -> ReleaseLedger:
    """Return the sealed ledger of published results, under a secret of the workspace's own vault."""
    return ReleaseLedger(workspace.releases / SEALED, open_vault(workspace, ledger).sealing_secret, STUDY)


def too_near(workspace: Workspace, ledger: Ledger, reported: Reported) -> list[str]:
    """Return the analyses whose sample differs by 1 to 9 units from one published before; those that cannot be told count too."""
    sealed = ledger_of_releases(workspace, ledger)
    past: dict[str, list[tuple[frozenset[int], int]]] = {}
    for table in sealed.earlier().tables:
        past.setdefault(table.measure, []).append((table.everyone, table.erased))
    threshold = load_policy().threshold
    return [
        analysis
        for analysis, members in samples(workspace, reported, sealed.unit_key).items()
        for before, erased in past.get(measure(reported, analysis), ())
        if 0 < len(members ^ before) + erased < threshold
    ]


def keep(workspace: Workspace, ledger: Ledger, reported: Reported) -> None:
    """Add what a report rests on to the sealed ledger, before anybody sees it; the same samples are kept once."""
    sealed = ledger_of_releases(workspace, ledger)
    known = {(table.measure, table.everyone) for table in sealed.earlier().tables if table.erased == 0}
    for analysis, members in samples(workspace, reported, sealed.unit_key).items():
        name = measure(reported, analysis)
        if (name, members) in known:
            continue
        about = About(name, reported.name, release_id=reported.release_id)
        cell = Cell(len(members), len(members), members=members)
        told = Released("model", about, {SAMPLE: None, ("∑",): float(len(members))}, {})
        sealed.keep(CountTable(about, ("sample",), {SAMPLE: cell}), told, {})


def forget(workspace: Workspace, ledger: Ledger) -> Callable[[str, frozenset[str]], int]:
    """Return what takes a person of a zone, under all their names, out of the sealed ledger: for `data.erasure.withdraw`."""

    def forgotten(zone: str, names: frozenset[str]) -> int:
        if not (workspace.releases / SEALED).is_file():
            return 0
        sealed = ledger_of_releases(workspace, ledger)
        return sum(sealed.forget(f"{zone}:{name}") for name in sorted(names))

    return forgotten


def measure(reported: Reported, analysis: str) -> str:
    """Return under which measure an analysis is compared: the same analysis of the same experiment."""
    return f"{reported.experiment_id}.{analysis}"


def samples(workspace: Workspace, reported: Reported, key: bytes) -> Mapping[str, frozenset[int]]:
    """Return, by analysis, keyed hashes of the persons or organisations that it rests on; analyses of nobody are left out."""
    return _samples(workspace.home, reported.name, reported.sha256, str(reported.path), key)


@lru_cache(maxsize=8)
def _samples(home: Path, name: str, sha256: str, path: str, key: bytes) -> Mapping[str, frozenset[int]]:  # noqa: ARG001
    """Compute samples once for each file: looking, publishing and keeping ask for the same."""
    workspace, document = Workspace(home), load_results(Path(path))
    entries = [entry for entry in document["analyses"] if units_of(entry["dataset"])]
    if not entries:
        return {}
    release = releases.load_release(workspace, document["release"]["release_id"])
    plan = pinned_plan(workspace, release, document)
    source = Source(release, plan.protocol.assignment_spec, plan.units()) if plan else Source(release)
    return {
        entry["analysis_id"]: frozenset(unit_hash(key, unit) for unit in set(_units(source, entry)))
        for entry in entries
    }


def _units(source: Source, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the units of the rows that an analysis used, by their ids."""
    spec, units = AnalysisSpec.model_validate(entry["spec"]), units_of(entry["dataset"])
    frame = plain(source.frame(entry["dataset"], spec, more=units))
    read = spec_columns(spec)
    more = tuple(name for name in units if name not in read)
    sample = draw(spec, frame, keep=more, partial=method(spec.estimator).may_lack(spec))
    columns = [sample.frame[name].astype(str).to_list() for name in units]
    yield from (":".join(row) for row in zip(*columns, strict=True))
