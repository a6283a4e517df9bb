"""One analysis, done: spec + data → result. What `zonelab estimate` and every registered analysis call.

Belongs here: the steps in order. Does not: statistics (estimators), files (frames), experiments (run).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.estimators import method
from experiments.estimators.onescan.choice import Way, from_parquet, one_scan
from experiments.frames import file_digest, plain, read_frame
from experiments.result import EstimateResult
from experiments.sample import draw
from experiments.spec import AnalysisSpec, load_spec


def estimate(spec: AnalysisSpec, frame: pd.DataFrame, *, data_sha256: str, path: Way = "auto") -> EstimateResult:
    """Return the result of one analysis.

    Parameters
    ----------
    spec
        What to estimate; a field that the estimator does not use is refused.
    frame
        One row per observation; a missing value in any column that the analysis reads drops the row, with a count.
    data_sha256
        Digest of the data, carried into the result.
    path
        `auto`: panels of many rows are summed up in one scan first, where the estimator allows; `one_scan` and `rows` insist.
        The numbers are the same to 1e-9.

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
    sample = draw(spec, plain(frame), partial=chosen.may_lack(spec))
    return one_scan(spec, sample, data_sha256, path) or chosen.run(spec, sample, data_sha256)


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
    found = from_parquet(spec, data_path, lambda: file_digest(data_path)) if data_path.is_file() else None
    return found or estimate(spec, read_frame(data_path), data_sha256=file_digest(data_path))
