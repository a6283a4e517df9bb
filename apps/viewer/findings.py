"""Results files as the report page needs them: one frozen finding per analysis, read from `results.json` and nowhere else.

Belongs here: finding and parsing `results/<release>/<experiment>/results.json`, and what an interval allows to be said. Does
not: estimating or re-computing (experiments), drawing. A number on the page is the number in the file, rounded for the eye.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data.messages import Refused, Text
from data.paths import Workspace

LEVELS = ("individual", "organisation", "society")
Reading = Literal["higher", "lower", "little", "uncertain"]


@dataclass(frozen=True)
class Finding:
    """One analysis of a results file: the estimate of its treatment term and what is needed to read it."""

    number_id: str
    analysis_id: str
    hypothesis_id: str
    statement: object
    outcome: object
    unit: object
    level: str
    direction_of_benefit: str
    is_harm: bool
    sesoi: float | None
    label: str
    dataset: str
    estimator: str
    term: str
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float
    n_obs: int
    n_units: int
    n_clusters: int | None
    diagnostics: Mapping[str, Any]
    warnings: tuple[object, ...]


@dataclass(frozen=True)
class Report:
    """One results file: an experiment's findings on one release. `path` is the file, `html` the rendered report if there."""

    experiment_id: str
    title: object
    protocol_version: str
    protocol_digest: str
    release_id: str
    as_of_seq: int
    simulated: bool
    run_id: str
    findings: tuple[Finding, ...]
    path: Path
    html: Path | None


def list_reports(workspace: Workspace, release_id: str) -> list[Report]:
    """Return the reports on a release, by experiment id; empty when none was made.

    Raises
    ------
    Refused
        A results file cannot be read; the message names it.
    """
    return [load_report(path) for path in sorted((workspace.results / release_id).glob("*/results.json"))]


def load_report(path: Path) -> Report:
    """Read one results file.

    Raises
    ------
    Refused
        The file is not a results file.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return _report(document, path)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        raise Refused(
            "E-RESULT-01",
            Text(
                en=f"The results file {name} cannot be read. Run the analysis again: zonelab run --job analyse.",
                zh=f"无法读取结果文件 {name}。请重新运行分析：zonelab run --job analyse。",
            ),
        ) from error


def reading(finding: Finding) -> Reading:
    """Say what the interval allows: a direction if it excludes zero, "little" if it lies inside ± the smallest important effect.

    "Not significant" is never told as "no effect": an interval that holds zero and more than the smallest important effect is
    uncertain.
    """
    if finding.sesoi is not None and -finding.sesoi < finding.conf_low and finding.conf_high < finding.sesoi:
        return "little"
    if finding.conf_low > 0:
        return "higher"
    return "lower" if finding.conf_high < 0 else "uncertain"


def is_benefit(finding: Finding) -> bool | None:
    """Return whether the effect goes the registered good way; None when the interval does not tell."""
    says = reading(finding)
    if says not in ("higher", "lower"):
        return None
    good = finding.direction_of_benefit.lower()
    if good in ("higher", "increase", "up", "positive"):
        return says == "higher"
    if good in ("lower", "decrease", "down", "negative"):
        return says == "lower"
    return None


def digits(finding: Finding) -> int:
    """Return the decimals worth showing: two figures of the standard error, at most four decimals.

    Shared by the bottom line, the table and the plot, so that one number never looks like two.
    """
    size, found = abs(finding.std_error), 0
    while found < 4 and size * 10**found < 1:
        found += 1
    return min(found + 1, 4) if size < 10 else 0


def _report(document: Mapping[str, Any], path: Path) -> Report:
    html = path.with_name("report.html")
    return Report(
        experiment_id=str(document["experiment_id"]),
        title=document["title"],
        protocol_version=str(document["protocol"]["version"]),
        protocol_digest=str(document["protocol"]["digest"]),
        release_id=str(document["release"]["release_id"]),
        as_of_seq=int(document["release"]["as_of_seq"]),
        simulated=bool(document["release"]["simulated"]),
        run_id=str(document["run_id"]),
        findings=tuple(_finding(entry) for entry in document["analyses"]),
        path=path,
        html=html if html.exists() else None,
    )


def _finding(entry: Mapping[str, Any]) -> Finding:
    hypothesis, outcome, result = entry["hypothesis"], entry["outcome"], entry["result"]
    estimate = _headline(result["estimates"])
    return Finding(
        number_id=str(entry["number_id"]),
        analysis_id=str(entry["analysis_id"]),
        hypothesis_id=str(hypothesis["id"]),
        statement=hypothesis["statement"],
        outcome=outcome["name"],
        unit=outcome.get("unit"),
        level=str(outcome["level"]),
        direction_of_benefit=str(outcome.get("direction_of_benefit") or ""),
        is_harm=bool(outcome["is_harm"]),
        sesoi=_optional(hypothesis.get("sesoi")),
        label=str(entry["label"]),
        dataset=str(entry["dataset"]),
        estimator=str(result["estimator"]),
        term=str(estimate["term"]),
        **{
            name: float(estimate[name]) for name in ("estimate", "std_error", "conf_low", "conf_high", "p_value")
        },
        n_obs=int(result["n_obs"]),
        n_units=int(result["n_units"]),
        n_clusters=None if result.get("n_clusters") is None else int(result["n_clusters"]),
        diagnostics=result.get("diagnostics") or {},
        warnings=tuple(result.get("warnings") or ()),
    )


def _headline(estimates: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the treatment term: estimators list it first after the intercept."""
    return next(estimate for estimate in estimates if estimate["term"] != "(Intercept)")


def _optional(value: object) -> float | None:
    return float(str(value)) if value is not None else None
