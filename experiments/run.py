"""Running what was registered: protocol × release → results.json and its reports.

Belongs here: the steps in order. Does not: which plans there are (plans), statistics (estimators), the file's shape (results),
sentences (report). A second run on the same release leaves the files as they are.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from data.durable import write_bytes, write_text
from data.messages import Language, NotFound, Refused
from data.paths import Workspace
from data.provenance import code_version
from data.releases import Release
from data.stale import marks, renew
from experiments.accounts.accounts import with_accounts
from experiments.against_record import against_record, note_reading
from experiments.assigned import check_clusters
from experiments.design.lint import ignores_chances
from experiments.disclosed import released, units_of
from experiments.estimate import estimate
from experiments.estimators import method
from experiments.few_clusters import with_few_clusters
from experiments.joint_families import joint_families
from experiments.messages import refusal
from experiments.multiplicity import adjust
from experiments.plans import DEMO, Plan, plan_of_file, plans
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.report.files import Kind, report_file
from experiments.results import RESULTS, Attempt, headline, load_results, results_document, to_text
from experiments.results_schema import checked
from experiments.reviewing.renewed import note_results
from experiments.source import Source

__all__ = ["DEMO", "attempt", "run_all", "run_experiment", "run_plan", "write_documents", "write_pages"]


def run_all(workspace: Workspace, release: Release, run_id: str) -> list[Path]:
    """Run every plan that applies to a release (see `experiments.plans`); return the results files, by experiment id."""
    return [run_plan(workspace, release, plan, run_id) for plan in plans(workspace, release)]


def run_experiment(workspace: Workspace, release: Release, protocol_path: Path, run_id: str) -> Path:
    """Run the plan of a protocol file: the registered version where the registry holds the experiment, else the file's."""
    return run_plan(workspace, release, plan_of_file(workspace, protocol_path), run_id)


def run_plan(workspace: Workspace, release: Release, plan: Plan, run_id: str) -> Path:
    """Run the analyses of one plan on a release.

    Parameters
    ----------
    workspace
        Results go to `results/<release_id>/<experiment_id>/`.
    release
        Immutable tables; each result carries the fingerprint of the one it read.
    plan
        A registered version, or a file that nobody registered: its results are exploratory.
    run_id
        Of the run; a file whose content is the same but for the run keeps the run that made it first.

    Returns
    -------
    Path
        `results.json`; beside it `report.html` (English), and `report.<language>` as `.html`, `.pdf` and `.docx`.

    Raises
    ------
    NotFound, Refused
        The protocol is missing or has not the form of one, or a document cannot be set (E-REPORT; results and pages are written
        by then). A refused analysis does not stop the others: it is listed under
        `not_estimated` with its reason.
    """
    protocol = plan.protocol
    note_reading(workspace, release, protocol)
    source = Source(release, protocol.assignment_spec, plan.units(), plan.lottery())
    attempts = [attempt(source, item, _asked(protocol, item)) for item in protocol.analyses]
    document = results_document(
        protocol,
        attempts,
        release=_pins(release),
        code=asdict(code_version()),
        run_id=run_id,
    )
    document["analyses"] = adjust(protocol, document["analyses"], joint_families(protocol, attempts, source))
    tried = [attempt(source, item) for item in protocol.robustness]
    document = with_accounts(against_record(workspace, release, protocol, attempts, document), plan, source, tried)
    path = workspace.results / release.release_id / protocol.experiment_id / RESULTS
    report, kept = f"{release.release_id}/{protocol.experiment_id}", _kept(path, document)
    note_results(workspace, path)
    write_pages(kept, path)
    renew(workspace, report)
    write_documents(kept, path, stale=bool(marks(workspace, report)))
    return path


@dataclass(frozen=True)
class Asked:
    """What the protocol asks of an analysis besides its spec: that it confirms, and groups along which effects are told apart."""

    is_confirmatory: bool = False
    moderators: tuple[str, ...] = ()


def _asked(protocol: Protocol, analysis: RegisteredAnalysis) -> Asked:
    tiers = {item.id: item.tier for item in protocol.hypotheses}
    moderators = [
        item.variable
        for item in protocol.heterogeneity
        if analysis.hypothesis_ids
        and (not item.hypothesis_ids or set(item.hypothesis_ids) & set(analysis.hypothesis_ids))
    ]
    confirms = any(tiers.get(name) == "confirmatory" for name in analysis.hypothesis_ids)
    return Asked(confirms, tuple(dict.fromkeys(moderators)))


def attempt(source: Source, analysis: RegisteredAnalysis, asked: Asked = Asked()) -> Attempt:
    """Return the result of one registered analysis, or why it has none.

    An analysis may name the columns of the sealed draw (`assignment_block`, `assignment_cluster`, `assignment_weight`, …): they
    are joined to the released table by the unit's id. One that passes over chances which differed between units is refused: its
    estimate would be of who was likelier to be treated. Randomisation inference repeats the sealed draws. A confirmatory
    result has clusters that are not finer than the assignment's (`assigned`), and if they are few not CR1 alone (`few_clusters`).
    """
    spec = analysis.spec()
    try:
        if source.drawn is not None and ignores_chances(source.drawn, analysis, source.units):
            raise refusal("E-RUN-03", analysis=analysis.id)
        if asked.is_confirmatory:
            check_clusters(source, analysis)
        repeated = source.lottery if spec.inference.method == "randomisation" else None
        groups = source.present(analysis.dataset, asked.moderators)
        more = [*groups, *units_of(analysis.dataset)]
        frame = source.frame(analysis.dataset, spec, lots=repeated is not None, more=more)
        fingerprint = source.release.now(analysis.dataset).fingerprint
        lots = repeated.lots(spec.inference.reps, spec.inference.seed) if repeated else None
        result = estimate(spec, frame, data_sha256=fingerprint, lots=lots, moderators=groups)
        if asked.is_confirmatory:
            result = with_few_clusters(spec, result, headline(analysis, result))
        partial = method(spec.estimator).may_lack(spec)
        return Attempt(analysis, released(analysis.dataset, spec, frame, result, partial))
    except (Refused, NotFound) as error:
        return Attempt(analysis, None, error)


def write_pages(document: dict[str, Any], path: Path) -> None:
    """Write the pages of a results document beside it; `report.html` is the English one.

    Raises
    ------
    Refused
        E-SDC-11: a page holds what may not leave (identifiers, hidden parts, remote links); none is written.
    """
    pages = {language: report_file(document, language, "html") for language in get_args(Language)}
    for name, page in (("report.html", pages["en"]), *((f"report.{key}.html", page) for key, page in pages.items())):
        write_bytes(path.with_name(name), page)


def write_documents(document: dict[str, Any], path: Path, *, stale: bool = False) -> None:
    """Write the report as PDF and DOCX in both languages beside its results document; `stale`: they say so themselves.

    Raises
    ------
    Refused
        E-REPORT: one cannot be set; E-SDC-11: one holds what may not leave. None is written.
    """
    kinds: tuple[Kind, ...] = ("pdf", "docx")
    wanted = [(language, kind) for language in get_args(Language) for kind in kinds]
    made = [report_file(document, language, kind, stale=stale) for language, kind in wanted]
    for (language, kind), content in zip(wanted, made, strict=True):
        write_bytes(path.with_name(f"report.{language}.{kind}"), content)


def _kept(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Write the document unless the file says the same already; return what stands in the file."""
    if path.is_file():
        before = load_results(path)
        if {**before, "run_id": ""} == {**document, "run_id": ""}:
            return before
    write_text(path, to_text(checked(document)))
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
            name: {"rows": release.now(name).rows, "fingerprint": release.now(name).fingerprint}
            for name in sorted(release.tables)
        },
    }
