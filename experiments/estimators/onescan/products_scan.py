"""Rows → cluster cross-products: a frame in memory, or a Parquet file in pieces.

Belongs here: which cell a row is in, products in each. Does not: what cross-products are (products), files of them
(products_files). No loop goes over rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from pyarrow import dataset

from experiments.estimators.onescan.products import Cell, Products, Sums, Value, Wanted, added
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.expression import filter_columns, filter_mask
from experiments.frames import plain
from experiments.messages import refusal
from experiments.sample import Matrix, is_numeric, numbers

BATCH_ROWS = 1 << 19
MOST_CELLS = 20_000
"""More cells than this are no small table: a treatment of many doses, a cluster of a row each."""


def scan_products(path: Path, wanted: Wanted) -> Products:
    """Return the cross-products of a Parquet file; see `products_of`."""
    names = list(dict.fromkeys([*wanted.columns, *_filtered(wanted)]))
    known = pq.read_schema(path).names
    lost = [name for name in names if name not in known]
    if lost:
        raise refusal("E-SPEC-09", columns=", ".join(lost), known=", ".join(known))
    scanner = dataset.dataset(path, format="parquet").scanner(columns=names, batch_size=BATCH_ROWS, batch_readahead=2)
    found = Products(wanted, {})
    for batch in scanner.to_batches():
        if batch.num_rows:
            found += products_of(wanted, plain(batch.to_pandas(date_as_object=False)))
            if len(found.cells) > MOST_CELLS:
                raise NotInOneScan
    return found


def products_of(wanted: Wanted, frame: pd.DataFrame) -> Products:
    """Return the cross-products of rows in memory.

    Raises
    ------
    Refused
        A column that the data lack or that holds no numbers, an infinite number, a weight at or below 0.
    NotInOneScan
        Too many cells.
    """
    lost = [name for name in (*wanted.columns, *_filtered(wanted)) if name not in frame.columns]
    if lost:
        raise refusal("E-SPEC-09", columns=", ".join(dict.fromkeys(lost)), known=", ".join(map(str, frame.columns)))
    masks = [filter_mask(expression, frame) for expression in wanted.filters]
    codes = {
        "yes": _bits(mask.yes for mask in masks),
        "unknown": _bits(~mask.yes & ~mask.no for mask in masks),
        "lacking": _bits(frame[name].isna().to_numpy() for name in wanted.columns),
    }
    size = len(frame)
    table = pd.DataFrame({name: np.broadcast_to(code, size) for name, code in codes.items()})
    for place, name in enumerate(wanted.keys):
        table[f"k{place}"] = frame[name].to_numpy()
    code = table.groupby(list(table.columns), sort=False, dropna=False, observed=True).ngroup().to_numpy()
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    if len(starts) > MOST_CELLS:
        raise NotInOneScan
    values, weights = _numbers(wanted, frame)[order], _weights(wanted, frame)[order]
    ends = np.append(starts[1:], size)
    first = table.iloc[order[starts]]
    keys = first[[f"k{place}" for place in range(len(wanted.keys))]].to_numpy(dtype=object)
    bits = first[["yes", "unknown", "lacking"]].to_numpy(dtype=np.int64)
    cells = {
        Cell(tuple(map(_value, row)), *map(int, own)): Sums.of(values[start:end], weights[start:end])
        for row, own, start, end in zip(keys, bits, starts, ends, strict=True)
    }
    return added([Products(wanted, cells)])


def _filtered(wanted: Wanted) -> list[str]:
    return [name for expression in wanted.filters for name in filter_columns(expression)]


def _bits(flags: Iterable[np.ndarray]) -> np.ndarray:
    found: np.ndarray = np.zeros(1, dtype=np.int64)
    for place, flag in enumerate(flags):
        found = found | (flag.astype(np.int64) << place)
    return found


def _numbers(wanted: Wanted, frame: pd.DataFrame) -> Matrix:
    """Return the numbers, 0 where one is missing: such rows are in cells of their own, of which that column is never taken."""
    found = np.zeros((len(frame), len(wanted.numbers)))
    for place, name in enumerate(wanted.numbers):
        column = numbers(frame, name, "outcome")
        if np.isinf(column).any():
            raise refusal("E-EST-08", column=name, n=int(np.isinf(column).sum()))
        found[:, place] = np.nan_to_num(column)
    return found


def _weights(wanted: Wanted, frame: pd.DataFrame) -> Matrix:
    found = np.ones((len(frame), 1 + len(wanted.weights)))
    for place, name in enumerate(wanted.weights, start=1):
        column = numbers(frame, name, "weights")
        if (column <= 0).any():
            raise refusal("E-EST-05", column=name, n=int((column <= 0).sum()))
        found[:, place] = np.nan_to_num(column)
    return found


def _value(value: object) -> Value:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    plain_value = value.item() if isinstance(value, np.generic) else value
    return plain_value if isinstance(plain_value, (bool, int, float, str)) else str(plain_value)


def texts_of(frame: pd.DataFrame) -> frozenset[str]:
    """Return the columns that are categories, not numbers."""
    return frozenset(str(name) for name, column in frame.items() if not is_numeric(column))
