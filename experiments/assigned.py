"""Does a confirmatory analysis treat as independent what was assigned together? The sealed draws against the rows analysed.

Belongs here: that check on the rows of a release. Does not: the same rule on what a protocol says (design.lint), variances
(estimators). Errors go together within what was assigned together: clusters are lots or coarser (Abadie, Athey, Imbens &
Wooldridge 2023). Randomisation inference repeats the lots themselves and needs no cluster.
"""

from __future__ import annotations

import numpy as np

from experiments.design.lint import KNOWS_TIME, random_groups
from experiments.estimators import method
from experiments.frames import plain
from experiments.lots import COLUMN
from experiments.messages import refusal
from experiments.registry.protocol import RegisteredAnalysis
from experiments.sample import codes, complete_rows
from experiments.source import Source
from experiments.spec import AnalysisSpec

SERIES = frozenset({"interrupted_time_series", "synthetic_control", "synthetic_did", "meta_analysis"})
"""Methods that do not compare units one by one."""


def check_clusters(source: Source, analysis: RegisteredAnalysis) -> None:
    """Refuse an analysis whose clusters are finer than the sealed assignment's.

    Raises
    ------
    Refused
        E-RUN-04: lots whose rows lie in several clusters; without clusters each row counts as one.
    """
    spec = analysis.spec()
    compares = spec.treatment is not None or spec.cohort is not None
    if source.lottery is None or not compares or spec.inference.method == "randomisation" or spec.estimator in SERIES:
        return
    names = clusters_of(spec)
    keep = (COLUMN, *(part for name in names for part in name.split(":")))
    frame = plain(source.frame(analysis.dataset, spec, lots=True))
    rows, _ = complete_rows(spec, frame, tuple(dict.fromkeys(keep)), method(spec.estimator).may_lack(spec) | {COLUMN})
    rows = rows.loc[:, ~rows.columns.duplicated()]
    rows = rows[rows[COLUMN].notna()].reset_index(drop=True)
    groups = [codes(rows, name) for name in names] or [np.arange(len(rows))]
    torn = min(int((rows.assign(group=group).groupby(COLUMN)["group"].nunique() > 1).sum()) for group in groups)
    if torn:
        clusters = ", ".join(names) or "-"
        raise refusal("E-RUN-04", analysis=analysis.id, n=torn, total=rows[COLUMN].nunique(), clusters=clusters)


def clusters_of(spec: AnalysisSpec) -> tuple[str, ...]:
    """Return what an analysis lets go together: its clusters, random groups, or the unit where its method does so by itself."""
    named = (*spec.cluster, *random_groups(spec))
    if named:
        return named
    by_unit = spec.estimator in KNOWS_TIME or spec.estimator == "gee"
    return (spec.unit,) if by_unit and spec.unit and spec.vcov in (None, "CR1", "CR2", "CR3") else ()
