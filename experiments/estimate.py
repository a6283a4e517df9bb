"""One analysis, done: spec + data → result. What `zonelab estimate` and every registered analysis call.

Belongs here: the steps in order. Does not: statistics (estimators), files (frames), experiments (run).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.equivalence import verdict_of
from experiments.estimators import method
from experiments.estimators.method import SESOI
from experiments.frames import file_digest, plain, read_frame
from experiments.result import EstimateResult
from experiments.sample import draw
from experiments.spec import AnalysisSpec, load_spec


def estimate(spec: AnalysisSpec, frame: pd.DataFrame, *, data_sha256: str) -> EstimateResult:
    """Return the result of one analysis.

    Parameters
    ----------
    spec
        What to estimate; a field that the estimator does not use is refused.
    frame
        One row per observation; a missing value in any column that the analysis reads drops the row, with a count.
    data_sha256
        Digest of the data, carried into the result.

    Returns
    -------
    EstimateResult
        One row per coefficient.

    Raises
    ------
    Refused
        The spec is not supported, names a column that the data lack, or the design cannot be estimated.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 6.0], "treat": [0, 0, 1, 1]})
    >>> spec = AnalysisSpec(estimator="difference_in_means", outcome="y", treatment="treat")
    >>> estimate(spec, data, data_sha256="").estimates[0].estimate
    3.5
    """
    chosen = method(spec.estimator)
    chosen.check(spec)
    result = chosen.run(spec, draw(spec, plain(frame), partial=chosen.may_lack(spec)), data_sha256)
    return _judged(spec, result)


def _judged(spec: AnalysisSpec, result: EstimateResult) -> EstimateResult:
    """Add the verdict on the smallest effect of interest, for the treatment's rows (all where none is named)."""
    if SESOI not in spec.options:
        return result
    own = [row for row in result.estimates if row.term == spec.treatment] or list(result.estimates)
    found = {
        row.term if row.group is None else f"{row.term}@{row.group}": verdict_of(row, spec.options[SESOI], spec.alpha)
        for row in own
        if row.std_error > 0
    }
    return result.model_copy(update={"diagnostics": result.diagnostics | {"equivalence": found}})


def estimate_file(spec_path: Path, data_path: Path) -> EstimateResult:
    """Return the result of the spec in a YAML file on a .csv, .parquet, .dta or .sav file.

    Raises
    ------
    NotFound
        One of the files does not exist.
    Refused
        As `estimate`, and when a file cannot be read.
    """
    spec = load_spec(spec_path)
    method(spec.estimator).check(spec)
    return estimate(spec, read_frame(data_path), data_sha256=file_digest(data_path))
