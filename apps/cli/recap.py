"""What the demo amounted to: files and rows in, quarantine by reason, panels, each estimate beside its truth.

Belongs here: putting recorded numbers side by side. Does not: computing any (they come from the ledger's catalogue, the release
and `results.json`), printing (demo).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from data.messages import Language, Refused, Text

if TYPE_CHECKING:
    from data.demo import DemoManifest
    from data.paths import Workspace
    from data.submissions import Submission
    from experiments.registry.records import Record
    from experiments.registry.store import Registry


@dataclass(frozen=True)
class Intake:
    """What came in: the files delivered by this run, and what became of the demo's files altogether."""

    files: int
    new: int
    duplicates: int
    submissions: dict[str, int]
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_unchanged: int
    corrections: int
    quarantine: dict[str, int]


@dataclass(frozen=True)
class Judged:
    """One analysis of the demo beside the truth that its data were drawn from."""

    experiment: str
    analysis: str
    outcome: str
    is_harm: bool
    truth: float
    estimate: float
    conf_low: float
    conf_high: float

    @property
    def covered(self) -> bool:
        """Whether the interval holds the truth."""
        return self.conf_low <= self.truth <= self.conf_high

    def document(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {**asdict(self), "covered": self.covered}


def intake(manifest: DemoManifest, found: Sequence[Submission], run_id: str) -> Intake:
    """Return what became of the manifest's files.

    A file whose bytes were known already is a duplicate, a refused one that was sent and refused again too; of a file with
    several submissions the last one counts.
    """
    sent = {(file.sha256, file.contract) for file in manifest.files}
    told = [submission for submission in found if (submission.sha256, submission.contract) in sent]
    first = {(submission.sha256, submission.contract): submission for submission in reversed(told)}
    ours = list({(submission.sha256, submission.contract): submission for submission in told}.values())
    new = sum(submission.run_id == run_id for submission in first.values())
    return Intake(
        files=len(manifest.files),
        new=new,
        duplicates=len(manifest.files) - new,
        submissions=dict(Counter(submission.status for submission in ours)),
        rows_read=sum(submission.rows_read for submission in ours),
        rows_accepted=sum(submission.rows_accepted for submission in ours),
        rows_quarantined=sum(submission.rows_quarantined for submission in ours),
        rows_unchanged=sum(submission.rows_unchanged for submission in ours),
        corrections=sum(submission.rows_accepted for submission in ours if submission.correction_reason),
        quarantine=reasons(ours),
    )


def reasons(found: Iterable[Submission]) -> dict[str, int]:
    """Return how often each error code was given, most frequent first."""
    counted: Counter[str] = Counter()
    for submission in found:
        for problem in submission.problems:
            if problem["severity"] == "error":
                counted[problem["code"]] += int(problem["count"])
    return dict(counted.most_common())


def judged(truth_file: Path, results: Iterable[Path]) -> list[Judged]:
    """Return each analysis that has a truth, in the order of `truth.json`, with its estimate."""
    truth = json.loads(truth_file.read_text(encoding="utf-8"))["estimates"]
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for path in results:
        document = json.loads(path.read_text(encoding="utf-8"))
        made |= {(document["experiment_id"], entry["analysis_id"]): entry for entry in document["analyses"]}
    return [
        beside(entry, made[entry["experiment"], entry["analysis"]])
        for entry in truth
        if (entry["experiment"], entry["analysis"]) in made
    ]


def beside(truth: dict[str, Any], analysis: dict[str, Any]) -> Judged:
    """Return one truth beside its estimate: the row of the term that answers the hypothesis."""
    row = next(row for row in analysis["result"]["estimates"] if row["term"] == analysis["term"])
    return Judged(
        experiment=truth["experiment"],
        analysis=truth["analysis"],
        outcome=truth["outcome"],
        is_harm=truth["is_harm"],
        truth=truth["truth"],
        estimate=row["estimate"],
        conf_low=row["conf_low"],
        conf_high=row["conf_high"],
    )


@dataclass(frozen=True)
class Standing:
    """One experiment in the registry: which version, which draw, and whether it was there before the first data."""

    experiment: str
    version: str
    registered_at: str
    assignment_sha256: str | None
    first_data_at: str | None
    registered_before_first_data: bool


def standings(registry: Registry, experiments: Iterable[str]) -> list[Standing]:
    """Return how experiments stand in the registry; those that are not registered are left out."""
    from data.submissions import submissions

    arrived = submissions(registry.ledger)
    records = (registry.record(name) for name in sorted(set(experiments) & set(registry.ids())))
    return [_standing(record, arrived) for record in records if record.current is not None]


def _standing(record: Record, arrived: Sequence[Submission]) -> Standing:
    from experiments.design.draws import draws_of

    version = record.current
    assert version is not None and version.registered_at is not None  # noqa: S101, PT018 - the caller has looked
    contracts = {source.contract_id for source in version.protocol.data_sources}
    zones = {zone.zone_id for zone in version.protocol.zones}
    ours = (item.received_at for item in arrived if item.contract in contracts and item.zone in zones)
    first = min(ours, default=None)
    drawn = [draw.assignment_sha256 for draw in draws_of(record.events) if draw.drawn_at]
    before = first is None or str(version.registered_at) < first
    return Standing(
        record.experiment_id, version.version, str(version.registered_at), drawn[-1] if drawn else None, first, before
    )


def result_files(place: Workspace, release_id: str) -> list[Path]:
    """Return the `results.json` of each experiment on a release."""
    return sorted((place.results / release_id).glob("*/results.json"))


@dataclass(frozen=True)
class Pages:
    """Where to look: the report of each experiment as page and as PDF in both languages, the page of the run's checks."""

    reports: tuple[Path, ...]
    pdfs: tuple[Path, ...]
    validation: Path


def pages(place: Workspace, release_id: str, run_id: str) -> Pages:
    """Return the pages that a run left."""
    found = result_files(place, release_id)
    reports = (path.with_name("report.html") for path in found)
    pdfs = (path.with_name(f"report.{language}.pdf") for path in found for language in get_args(Language))
    checks = place.validations / run_id / "index.html"
    return Pages(tuple(filter(Path.is_file, reports)), tuple(filter(Path.is_file, pdfs)), checks)


def same_programme(place: Workspace, manifest: DemoManifest, found: Sequence[Submission]) -> None:
    """Make sure that the workspace holds no demo of another seed or scale.

    The two would be the same persons with other answers: the gate would quarantine nearly every row as a conflict.

    Raises
    ------
    Refused
        It does.
    """
    from data.demo import load_manifest

    taken = {(submission.sha256, submission.contract) for submission in found if submission.rows_accepted}
    ours = {(file.sha256, file.contract) for file in manifest.files}
    for folder in sorted(path.parent for path in place.demo.glob("*/manifest.json")):
        other = {(file.sha256, file.contract) for file in load_manifest(folder).files}
        if folder != manifest.folder and taken & (other - ours):
            raise Refused(
                "E-DEMO-04",
                Text(
                    en=f"This workspace holds the demo {folder.name} (seed-scale) already; the archive forgets nothing. "
                    "Set ZONELAB_HOME to an empty folder for another one.",
                    zh=f"该工作区已有演示数据 {folder.name}（种子-规模），存档不会删除。请将 ZONELAB_HOME 设为空文件夹后再运行。",
                ),
            )
