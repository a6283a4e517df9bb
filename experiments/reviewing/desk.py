"""The reports of one workspace and their reviews, folded from the ledger whenever they are asked for.

Belongs here: listing and loading, which variables a report rests on. Does not: changing anything (acts), who may see what
(reading).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.duck import open_duckdb, parquet_source
from data.ledger import Event
from data.messages import NotFound
from data.paths import Workspace
from data.releases import Release, load_release
from experiments.registry.records import Record
from experiments.registry.separation import team
from experiments.registry.store import Registry
from experiments.results import load_results
from experiments.reviewing.fold import KINDS, fold
from experiments.reviewing.records import ReportRecord, key_of
from experiments.sample import spec_columns
from experiments.spec import AnalysisSpec
from experiments.tracing.reports import Reported, report_named, reports
from quality.exports.variables import variables_of
from quality.marts import marts


@dataclass(frozen=True)
class Item:
    """A results file as it lies there now, with the record of its review."""

    reported: Reported
    record: ReportRecord


class ReviewDesk:
    """Reports and their reviews. It holds no state of its own."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.ledger = registry.ledger
        self.workspace: Workspace = registry.workspace

    def items(self) -> list[Item]:
        """Return every report with the review of its file, by release and experiment."""
        by_object: dict[str, list[Event]] = {}
        for event in self.ledger.events_of(KINDS):
            by_object.setdefault(event.object_id, []).append(event)
        return [self._item(reported, by_object) for reported in reports(self.workspace)]

    def item(self, name: str) -> Item:
        """Return one report.

        Raises
        ------
        NotFound
            E-TRACE-01: there is no report of that name.
        """
        reported = report_named(self.workspace, name)
        sha256 = reported.sha256
        key = key_of(reported.name, sha256)
        return Item(reported, fold(reported.name, sha256, self.ledger.events_of(KINDS, key)))

    def all_published(self) -> list[ReportRecord]:
        """Return what was ever published, retracted reports too, in the order of publication."""
        keys = [event.object_id for event in self.ledger.events_of(("report_published",))]
        return [self.of_key(key) for key in dict.fromkeys(keys)]

    def of_key(self, key: str) -> ReportRecord:
        """Return the review that stands in the ledger under a key."""
        events = self.ledger.events_of(KINDS, key)
        sha256 = next((event.detail["sha256"] for event in events if "sha256" in event.detail), "")
        return fold(key.split("@", maxsplit=1)[0], sha256, events)

    def authors(self, record: ReportRecord) -> frozenset[str]:
        """Return everybody who is an author: the experiment's team, and who wrote or handed in the report."""
        known = self.experiment(record.experiment_id)
        return record.authors | (team(known) if known is not None else frozenset())

    def experiment(self, experiment_id: str) -> Record | None:
        """Return an experiment's record; None where nobody registered it."""
        try:
            return self.registry.record(experiment_id)
        except NotFound:
            return None

    @staticmethod
    def _item(reported: Reported, by_object: dict[str, list[Event]]) -> Item:
        sha256 = reported.sha256
        return Item(reported, fold(reported.name, sha256, by_object.get(key_of(reported.name, sha256), [])))


def findings_to_rate(document: dict[str, Any]) -> list[str]:
    """Return the analyses whose certainty a checker rates: those that answer a hypothesis, harms too."""
    return [entry["analysis_id"] for entry in document["analyses"] if entry["hypothesis"]["id"]]


def is_sensitive(workspace: Workspace, reported: Reported) -> bool:
    """Tell whether a report rests on a variable that the codebook grades sensitive; one that nobody declared counts as such."""
    entries = load_results(reported.path)["analyses"]
    release = load_release(workspace, reported.release_id) if entries else None
    return release is not None and any(_sensitive(release, entry) for entry in entries)


def _sensitive(release: Release, entry: dict[str, Any]) -> bool:
    declared, path = marts().get(entry["dataset"]), release.table(entry["dataset"])
    if declared is None or not path.is_file():
        return True
    with open_duckdb() as connection:
        types = {
            row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {parquet_source([path])}").fetchall()
        }
    grades = {item.name: item.grade for item in variables_of(declared, types)[0]}
    read = spec_columns(AnalysisSpec.model_validate(entry["spec"]))
    return any(grades.get(name, "none") == "sensitive" for name in read)
