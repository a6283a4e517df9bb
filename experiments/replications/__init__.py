"""Published studies: their data → our estimates → the numbers that others found, side by side.

Belongs here: the steps of a replication, and which studies lack their data. Does not: a study's data (sources, platform), specs
and published numbers (one YAML a study), agreement (compared), the table for people (shown).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.messages import NotFound, Text
from data.paths import Workspace
from experiments.estimate import estimate
from experiments.messages import not_found
from experiments.replications.calls import called
from experiments.replications.compared import compare
from experiments.replications.platform import through_platform
from experiments.replications.sources import content_digest, read_data
from experiments.replications.study import Analysis, Data, Study, load_study, studies


@dataclass(frozen=True)
class Replicated:
    """What came out: a row per published number, and the studies without data, each with the reason."""

    rows: list[dict[str, Any]]
    skipped: dict[str, Text]


def replicate(study: str | None, workspace: Workspace, folder: Path) -> Replicated:
    """Run published studies and hold the platform's numbers against theirs.

    Parameters
    ----------
    study
        A study's name, or None for all.
    workspace
        A study that goes through the platform gets a workspace of its own inside it, `replications/<study>`.
    folder
        Of published data files. A study whose file is not there, and whose package is not installed, is skipped; one that
        was asked for by name is refused.

    Returns
    -------
    Replicated
        Rows ``study, analysis, term, published, estimate, difference, agrees``.

    Raises
    ------
    NotFound
        No such study, or its data are not to be had.
    Refused
        The data are not what they were, the gate did not take them, or an analysis was refused.
    """
    if study is not None:
        if study not in studies():
            raise not_found("E-REPL-01", name=study, known=", ".join(studies()))
        return Replicated(_one(load_study(study), workspace, folder), {})
    rows: list[dict[str, Any]] = []
    skipped: dict[str, Text] = {}
    for name in studies():
        try:
            rows += _one(load_study(name), workspace, folder)
        except NotFound as error:
            skipped[name] = error.text
    return Replicated(rows, skipped)


def _one(study: Study, workspace: Workspace, folder: Path) -> list[dict[str, Any]]:
    known: dict[Data | None, tuple[pd.DataFrame | None, str]] = {None: (None, "")}
    if study.platform and study.data:
        known[study.data] = through_platform(study, study.platform, workspace, folder)
    rows = []
    for analysis in study.analyses:
        data = analysis.data or study.data
        if data is not None and data not in known:
            frame = read_data(data, folder)
            known[data] = frame, content_digest(frame)
        rows += _compared(study, analysis, *known[data])
    return rows


def _compared(study: Study, analysis: Analysis, frame: pd.DataFrame | None, digest: str) -> list[dict[str, Any]]:
    if analysis.spec is not None and frame is not None:
        return compare(study, analysis, estimate(analysis.spec, frame, data_sha256=digest))
    return compare(study, analysis, called(str(analysis.call), frame, analysis.arguments))
