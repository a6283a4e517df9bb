"""Results files as the report page needs them: one frozen finding per analysis, read from `results.json` and nowhere else.

Belongs here: finding and reading `results/<release>/<experiment>/results.json`. Does not: estimating (experiments.run), rounding
and sentences (experiments.report: the page and the downloadable report say the same words and digits), drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from apps.viewer.language import LANGUAGES, spoken
from data.messages import Language, Refused, Text
from data.paths import Workspace
from data.stale import Cause, marks
from experiments.report.html import Line, line
from experiments.report.sentences import headline
from experiments.results import RESULTS, load_results
from experiments.reviewing.desk import ReviewDesk
from experiments.reviewing.publishing import public_file
from experiments.reviewing.reading import Readable, document_of, readable

LEVELS = ("individual", "organisation", "society")


@dataclass(frozen=True)
class Finding:
    """One analysis of a results file: the exact numbers of its headline term, and its texts in both languages.

    With one treated cluster there is no standard error, and an end of the interval may be infinite.
    """

    analysis_id: str
    hypothesis_id: str
    label: str
    level: str
    is_harm: bool
    dataset: str
    column: str
    estimator: str
    term: str
    estimate: float
    std_error: float | None
    conf_low: float
    conf_high: float
    p_value: float | None
    n_obs: int
    n_units: int
    n_clusters: int | None
    diagnostics: Mapping[str, Any]
    texts: Mapping[Language, Line]

    @property
    def said(self) -> Line:
        """Return the finding's texts and rounded numbers in the screen's language."""
        return self.texts[spoken()]


@dataclass(frozen=True)
class Kept:
    """What the record says of a plan and its results: the version that counts (None: not registered), how early, how kept.

    `rows` holds (hypothesis id, statement, analysis ids, label, status) of "registered vs. done"; `deviations` (title, planned,
    actual) of what the machine or a person found.
    """

    version: str | None
    registered_at: str | None
    timing: object
    rows: tuple[tuple[str, object, tuple[str, ...], str, str], ...]
    deviations: tuple[tuple[object, object, object], ...]


@dataclass(frozen=True)
class Report:
    """One results file: an experiment's findings on one release.

    `not_estimated` holds (analysis id, reason) of registered analyses without a result; `html` the rendered report by
    language, as far as it is there; `harms_registered` how many harm outcomes the protocol names. `stale`: withdrawals of consent
    since the report was made, each with what it takes to mend it (data.stale). `read_as`: how its reader came to it, by a public
    copy or the file of the workspace, with the record of its review.
    """

    experiment_id: str
    title: object
    note: object
    kept: Kept
    protocol_digest: str
    release_id: str
    as_of_seq: int
    simulated: bool
    run_id: str
    harms_registered: int
    findings: tuple[Finding, ...]
    not_estimated: tuple[tuple[str, object], ...]
    path: Path
    html: Mapping[str, Path]
    stale: Mapping[str, Cause]
    read_as: Readable | None = None


def list_reports(workspace: Workspace, release_id: str) -> list[Report]:
    """Return the reports on a release, by experiment id; empty when none was made.

    Raises
    ------
    Refused
        E-VIEW-01: a results file cannot be read; the message names it.
    """
    return [load_report(path) for path in sorted((workspace.results / release_id).glob("*/results.json"))]


def reports_for(workspace: Workspace, desk: ReviewDesk, release_id: str, user: str) -> list[Report]:
    """Return the reports that a reader may see, by experiment id.

    The people of the programme see those on this release; everybody else what was published last, on whichever release. One that
    was retracted is not among them.

    Raises
    ------
    Refused
        E-VIEW-01: a results file cannot be read.
    PlatformFailed
        E-REVIEW-02: a public copy is not what was published.
    """
    found = [item for item in readable(desk, user) if item.is_public or item.reported.release_id == release_id]
    newest = {item.reported.experiment_id: item for item in found if not (item.is_public and item.is_retracted)}
    return [_read(workspace, desk, item) for _, item in sorted(newest.items())]


def _read(workspace: Workspace, desk: ReviewDesk, item: Readable) -> Report:
    if item.is_public:
        public_file(desk.workspace, item.record, RESULTS)
    return replace(load_report(item.path, workspace, item), read_as=item)


def load_report(path: Path, workspace: Workspace | None = None, item: Readable | None = None) -> Report:
    """Read one results file; of a review that agrees, with the certainty that it says.

    Raises
    ------
    Refused
        E-VIEW-01: the file is not a results file.
    """
    try:
        document = load_results(path) if item is None else document_of(item)
        return _report(document, path, workspace or Workspace(path.parents[3]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        raise Refused(
            "E-VIEW-01",
            Text(
                en=f"The results file {name} cannot be read. Run the analysis again: zonelab run --job analyse.",
                zh=f"无法读取结果文件 {name}。请重新运行分析：zonelab run --job analyse。",
            ),
        ) from error


def _report(document: dict[str, Any], path: Path, workspace: Workspace) -> Report:
    return Report(
        experiment_id=document["experiment_id"],
        title=document["title"],
        note=document["design"]["note"],
        kept=_kept(document),
        protocol_digest=document["protocol"]["digest"],
        release_id=document["release"]["release_id"],
        as_of_seq=document["release"]["as_of_seq"],
        simulated=document["release"]["simulated"],
        run_id=document["run_id"],
        harms_registered=document["harm_outcomes_registered"],
        findings=tuple(_finding(entry) for entry in document["analyses"]),
        not_estimated=tuple((entry["analysis_id"], entry["message"]) for entry in document["not_estimated"]),
        path=path,
        html={language: file for language in LANGUAGES if (file := path.with_name(f"report.{language}.html")).exists()},
        stale=marks(workspace, f"{document['release']['release_id']}/{document['experiment_id']}"),
    )


def _kept(document: dict[str, Any]) -> Kept:
    registered = document["registration"] or {}
    titles = {check["trigger"]: check["title"] for check in document["checks"]}
    return Kept(
        registered.get("version"),
        registered.get("registered_at"),
        document["timing"]["text"],
        tuple(
            (row["hypothesis_id"], row["statement"], tuple(row["analysis_ids"]), row["label"], row["status"])
            for row in document["registered_vs_done"]
        ),
        tuple((titles.get(item["trigger"]), item["planned"], item["actual"]) for item in document["deviations"]),
    )


def _finding(entry: dict[str, Any]) -> Finding:
    row, result = headline(entry), entry["result"]
    return Finding(
        analysis_id=entry["analysis_id"],
        hypothesis_id=entry["hypothesis"]["id"],
        label=entry["label"],
        level=entry["outcome"]["level"],
        is_harm=entry["outcome"]["is_harm"],
        dataset=entry["dataset"],
        column=entry["spec"]["outcome"],
        estimator=result["estimator"],
        term=row["term"],
        estimate=float(row["estimate"]),
        std_error=row["std_error"],
        conf_low=-inf if row["conf_low"] is None else float(row["conf_low"]),
        conf_high=inf if row["conf_high"] is None else float(row["conf_high"]),
        p_value=row["p_value"],
        n_obs=result["n_obs"],
        n_units=result["n_units"],
        n_clusters=result["n_clusters"],
        diagnostics=result["diagnostics"],
        texts={language: line(entry, language) for language in LANGUAGES},
    )
