"""Published studies, through the same door as any upload: file → submit → archive → panel → estimate → compare.

Belongs here: the steps of a replication. Does not: a study's data (its module), its spec and published numbers (its YAML). To
add one: `<study>.yml`, `<study>.py` with `file_content(rows)`, a contract, a mart.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from data.durable import write_text
from data.generations import Generation
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import PROGRAMME
from experiments.estimate import estimate
from experiments.frames import read_columns
from experiments.messages import not_found, refusal
from experiments.replications.study import Study, compare, load_study, studies
from experiments.sample import spec_columns

ACTOR = "replication"


def replicate(study: str | None, workspace: Workspace) -> list[dict[str, Any]]:
    """Run published studies and hold the platform's numbers against theirs.

    Parameters
    ----------
    study
        A study's name, or None for all.
    workspace
        Each study gets a workspace of its own inside it, `replications/<study>`; a second run finds its file there as
        `duplicate` and uses the rows that are in.

    Returns
    -------
    list of dict
        Per published number: ``study, term, published, estimate, difference, agrees``.

    Raises
    ------
    NotFound
        No such study.
    Refused
        Its data are not to be had (the package is missing) or are not what they were, or the gate did not take them.
    """
    if study is not None and study not in studies():
        raise not_found("E-REPL-01", name=study, known=", ".join(studies()))
    return [row for name in ([study] if study else studies()) for row in _replicate_one(load_study(name), workspace)]


def _replicate_one(study: Study, workspace: Workspace) -> list[dict[str, Any]]:
    nested = Workspace(workspace.home / "replications" / study.study).create()
    _submit(study, _write_file(study, nested), nested)
    generation = _build(study, nested)
    frame = read_columns(generation.table(study.mart), spec_columns(study.spec))
    fingerprint = generation.tables[study.mart].fingerprint
    return compare(study, estimate(study.spec, frame, data_sha256=fingerprint))


def _write_file(study: Study, workspace: Workspace) -> Path:
    content: str = import_module(f"{__name__}.{study.study}").file_content(study.rows)
    path = workspace.home / "files" / f"{study.study}.csv"
    write_text(path, content)
    return path


def _submit(study: Study, path: Path, workspace: Workspace) -> None:
    from quality.intake import submit

    result = submit(path, contract=study.contract, zone=PROGRAMME, actor=ACTOR, workspace=workspace, run_id=ACTOR)
    if result.status not in ("accepted", "duplicate") or result.rows_quarantined:
        raise refusal("E-REPL-04", status=result.status, bad=result.rows_quarantined)


def _build(study: Study, workspace: Workspace) -> Generation:
    from quality.panel import build_panels

    ledger = Ledger.open(workspace)
    return build_panels(workspace, ledger, run_id=ACTOR, select=(f"+{study.mart}",)).generation
