"""Drift: does a wave of a zone look like the one before it? Means in standard deviations, shares of codes as a stability index.

Belongs here: what is measured of each column in the suite's one scan, and the distance between neighbouring waves. Does not: what
a single person's answer may change by (across_waves), the verdict (judge). A warning asks a zone to look: policy moves means too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from data.contracts import Column, Contract
from data.duck import quote_name, quote_text
from data.messages import Text
from quality.metrics import Metric
from quality.wave_order import wave_order

if TYPE_CHECKING:
    import pandas as pd

MEAN, SHARES = "W-DRIFT-01", "W-DRIFT-02"
FAR = 0.5
"""Standard deviations by which a mean may move between neighbouring waves: a medium effect (Cohen, 1988)."""
FAR_BY_MONTH = 1.0
"""The same between months of a table without waves: seasons move a mean as well."""
UNSTABLE = 0.25
"""Population stability index from which shares have shifted (Siddiqi, 2006)."""
MOST = 99.0
"""A distance is told up to here: a constant that changes is infinitely far, which no file of results can hold."""
FEWEST = 30
"""Values that both waves must have: below it distances are noise."""
MOST_CODES = 30
NUMBERS = ("integer", "number")


def drift_metrics(contract: Contract) -> list[Metric]:
    """Return a metric for each column whose distribution can be followed; none for a table without waves or months.

    >>> from data.contracts import load_contract
    >>> [metric.rule_id for metric in drift_metrics(load_contract("clinic_visit"))][:2]
    ['W-DRIFT-02:gender_code', 'W-DRIFT-01:birth_year']
    """
    far = FAR if contract.wave_column else FAR_BY_MONTH
    return [
        Metric(_rule(column), "", UNSTABLE if column.codes else far, "warn", _said(column, far))
        for column in _followed(contract)
    ]


def drift_aggregates(contract: Contract) -> dict[str, str]:
    """Return name → SQL aggregate: what the scan measures of each group, to be compared afterwards."""
    found: dict[str, str] = {}
    for column in _followed(contract):
        name = quote_name(column.name)
        if column.codes:
            for place, code in enumerate(column.codes):
                hit = f"cast({name} as varchar) = {quote_text(code)}"
                found[_measured(column, str(place))] = f"count(case when {hit} then 1 end)"
        else:
            found[_measured(column, "n")] = f"count({name})"
            found[_measured(column, "mean")] = f"avg({name})"
            found[_measured(column, "sd")] = f"stddev_samp({name})"
    return found


def with_drift(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics frame with a column per drift metric in place of what was measured for them.

    Parameters
    ----------
    frame
        zone, wave and the columns of `drift_aggregates`, one row per group. A group without a wave before it, or with fewer than
        30 values there or in itself, has distance 0.
    """
    order = sorted(
        range(len(frame)), key=lambda row: (str(frame["zone"].iloc[row]), wave_order(str(frame["wave"].iloc[row])))
    )
    before = np.full(len(frame), -1)
    for earlier, later in pairwise(order):
        if frame["zone"].iloc[earlier] == frame["zone"].iloc[later]:
            before[later] = earlier
    distances = {_rule(column): _distances(column, frame, before) for column in _followed(contract)}
    return frame.drop(columns=list(drift_aggregates(contract))).assign(**distances)


def _followed(contract: Contract) -> Iterator[Column]:
    times = [contract.column(name) for name in contract.key if contract.column(name).type == "timestamp"]
    if contract.wave_column is None and not times:
        return
    for column in contract.columns:
        if column.name in contract.key or column.source != "file" or column.sensitivity == "direct":
            continue
        if (column.codes and len(column.codes) <= MOST_CODES) or (not column.codes and column.type in NUMBERS):
            yield column


def _distances(column: Column, frame: pd.DataFrame, before: np.ndarray) -> np.ndarray:
    now = {part: frame[_measured(column, part)].to_numpy(float, na_value=0.0) for part in _parts(column)}
    then = {part: np.where(before >= 0, values[before], 0.0) for part, values in now.items()}
    found = _shares_apart(now, then) if column.codes else _means_apart(now, then)
    enough = (_size(now, column) >= FEWEST) & (_size(then, column) >= FEWEST)
    return np.where((before >= 0) & enough, found, 0.0)


def _means_apart(now: Mapping[str, np.ndarray], then: Mapping[str, np.ndarray]) -> np.ndarray:
    spread = np.sqrt((now["sd"] ** 2 + then["sd"] ** 2) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(now["mean"] - then["mean"]) / spread
    return np.minimum(np.where(spread > 0, apart, np.where(now["mean"] == then["mean"], 0.0, MOST)), MOST)


def _shares_apart(now: Mapping[str, np.ndarray], then: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the population stability index over all codes; half a case more in each keeps empty codes finite."""
    counts = [np.column_stack(list(each.values())) + 0.5 for each in (now, then)]
    new, old = (each / each.sum(axis=1, keepdims=True) for each in counts)
    return np.asarray(((new - old) * np.log(new / old)).sum(axis=1))


def _size(measured: Mapping[str, np.ndarray], column: Column) -> np.ndarray:
    return np.sum(list(measured.values()), axis=0) if column.codes else measured["n"]


def _parts(column: Column) -> Sequence[str]:
    return [str(place) for place in range(len(column.codes))] if column.codes else ["n", "mean", "sd"]


def _rule(column: Column) -> str:
    return f"{SHARES if column.codes else MEAN}:{column.name}"


def _measured(column: Column, part: str) -> str:
    return f"_{column.name}.{part}"


def _said(column: Column, far: float) -> Text:
    if column.codes:
        en = f"{column.label.en}: shares of codes are like the wave before (stability index up to {UNSTABLE:g})"
        return Text(en=en, zh=f"{column.label.zh}：各代码占比与上一轮相近（稳定性指数不超过 {UNSTABLE:g}）")
    en = f"{column.label.en}: the mean is within {far:g} standard deviations of the wave before"
    return Text(en=en, zh=f"{column.label.zh}：均值与上一轮相差不超过 {far:g} 个标准差")
