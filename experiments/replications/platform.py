"""The long way of a replication: file → gate → archive → mart, in a workspace of its own.

Belongs here: submitting a study's data and building its mart. Does not: the data themselves (the study's module), estimating (the
package).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pandas as pd

from data.durable import write_text
from data.generations import Generation
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import PROGRAMME
from experiments.frames import read_columns
from experiments.messages import refusal
from experiments.replications.study import Platform, Study
from experiments.sample import spec_columns

ACTOR = "replication"


def through_platform(study: Study, platform: Platform, workspace: Workspace, folder: Path) -> tuple[pd.DataFrame, str]:
    """Return the mart that the study's data have become, with its fingerprint.

    The workspace of the study is `<home>/replications/<study>`; a second run finds the file there as `duplicate`.

    Raises
    ------
    NotFound, Refused
        The data are not to be had or are not what they were, or the gate did not take them.
    """
    nested = Workspace(workspace.home / "replications" / study.study).create()
    rows = study.data.rows if study.data else 0
    content: str = import_module(f"{__package__}.{study.study}").file_content(rows, folder)
    path = nested.home / "files" / f"{study.study}.csv"
    write_text(path, content)
    _submit(platform, path, nested)
    generation = _build(platform, nested)
    read = [name for analysis in study.analyses if analysis.spec for name in spec_columns(analysis.spec)]
    frame = read_columns(generation.table(platform.mart), read)
    return frame, generation.tables[platform.mart].fingerprint


def _submit(platform: Platform, path: Path, workspace: Workspace) -> None:
    from quality.intake import submit

    result = submit(path, contract=platform.contract, zone=PROGRAMME, actor=ACTOR, workspace=workspace, run_id=ACTOR)
    if result.status not in ("accepted", "duplicate") or result.rows_quarantined:
        raise refusal("E-REPL-04", status=result.status, bad=result.rows_quarantined)


def _build(platform: Platform, workspace: Workspace) -> Generation:
    from quality.panel import build_panels

    ledger = Ledger.open(workspace)
    return build_panels(workspace, ledger, run_id=ACTOR, select=(f"+{platform.mart}",)).generation
