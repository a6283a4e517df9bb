"""Running what was registered: protocol × release → results.json and its reports.

Belongs here: the steps in order, and which protocols there are. Does not: statistics (estimators), the file's shape (results),
sentences (report). A second run on the same release leaves the files as they are.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from data.durable import write_text
from data.messages import NotFound, Refused
from data.paths import Workspace
from data.provenance import code_version
from data.releases import Release
from experiments.against_record import against_record, note_reading
from experiments.estimate import estimate
from experiments.expression import filter_columns
from experiments.frames import read_columns
from experiments.multiplicity import adjust
from experiments.registry.protocol import RegisteredAnalysis, load_protocol
from experiments.report.html import render_report
from experiments.results import RESULTS, Attempt, load_results, results_document, to_text
from experiments.sample import spec_columns

DEMO = Path(__file__).resolve().parent / "registry" / "demo"


def run_all(workspace: Workspace, release: Release, run_id: str) -> list[Path]:
    """Run every protocol on a release; return the paths of the results files, by experiment id.

    Protocols are the YAML files in `<home>/protocols`, and the demo's on a release that holds simulated rows.
    """
    return [run_experiment(workspace, release, path, run_id) for path in protocols(workspace, release)]


def protocols(workspace: Workspace, release: Release) -> list[Path]:
    """Return the protocol files that apply to a release, by file name."""
    found = list((workspace.home / "protocols").glob("*.yml"))
    if release.simulated:
        found += DEMO.glob("*.yml")
    return sorted(found, key=lambda path: path.name)


def run_experiment(workspace: Workspace, release: Release, protocol_path: Path, run_id: str) -> Path:
    """Run the registered analyses of one protocol on a release.

    Parameters
    ----------
    workspace
        Results go to `results/<release_id>/<experiment_id>/`.
    release
        Immutable tables; each result carries the fingerprint of the one it read.
    protocol_path
        The protocol's YAML file.
    run_id
        Of the run; a file whose content is the same but for the run keeps the run that made it first.

    Returns
    -------
    Path
        `results.json`; `report.html`, `report.en.html` and `report.zh.html` lie beside it.

    Raises
    ------
    NotFound, Refused
        The protocol is missing or has not the form of one. A refused analysis does not stop the others: it is listed under
        `not_estimated` with its reason.
    """
    protocol = load_protocol(protocol_path)
    note_reading(workspace, release, protocol)
    attempts = [attempt(release, analysis) for analysis in protocol.analyses]
    document = results_document(protocol, attempts, release=_pins(release), code=asdict(code_version()), run_id=run_id)
    document["analyses"] = adjust(protocol, document["analyses"])
    document = against_record(workspace, release, protocol, attempts, document)
    path = workspace.results / release.release_id / protocol.experiment_id / RESULTS
    write_reports(_kept(path, document), path)
    return path


def attempt(release: Release, analysis: RegisteredAnalysis) -> Attempt:
    """Return the result of one registered analysis, or why it has none."""
    spec = analysis.spec()
    try:
        columns = [*spec_columns(spec), *filter_columns(spec.filter or "")]
        frame = read_columns(release.table(analysis.dataset), columns)
        fingerprint = release.tables[analysis.dataset].fingerprint
        return Attempt(analysis, estimate(spec, frame, data_sha256=fingerprint))
    except (Refused, NotFound) as error:
        return Attempt(analysis, None, error)


def write_reports(document: dict[str, Any], path: Path) -> None:
    """Write the reports of a results document beside it; `report.html` is the English one."""
    english, chinese = render_report(document, "en"), render_report(document, "zh")
    for name, page in (("report.html", english), ("report.en.html", english), ("report.zh.html", chinese)):
        write_text(path.with_name(name), page)


def _kept(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Write the document unless the file says the same already; return what stands in the file."""
    if path.is_file():
        before = load_results(path)
        if {**before, "run_id": ""} == {**document, "run_id": ""}:
            return before
    write_text(path, to_text(document))
    return load_results(path)


def _pins(release: Release) -> dict[str, Any]:
    return {
        "release_id": release.release_id,
        "generation_id": release.generation_id,
        "as_of_seq": release.as_of_seq,
        "simulated": release.simulated,
        "submissions": len(release.submissions),
        "contracts": dict(sorted(release.contracts.items())),
        "tables": {
            name: {"rows": info.rows, "fingerprint": info.fingerprint} for name, info in sorted(release.tables.items())
        },
    }
