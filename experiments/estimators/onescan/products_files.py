"""Cross-products as a Parquet file, and the store of those that were made before.

Belongs here: the columns, what is written beside them, finding what answers again. Does not: sums (products). The store is a
cache: it holds sums of rows of released tables by the digest of their bytes, may be lost at any time, and goes with an erasure,
which empties the workspace's disposable folder and gives the rewritten table another digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.durable import write_parquet
from data.paths import Workspace
from experiments.estimators.onescan.products import Cell, Products, Sums, Wanted
from experiments.messages import refusal

FORM = "zonelab cluster products 1"
LISTS = pa.list_(pa.float64())
SCHEMA = pa.schema(
    [
        ("values", pa.string()),
        ("yes", pa.int64()),
        ("unknown", pa.int64()),
        ("lacking", pa.int64()),
        ("rows", pa.int64()),
        ("totals", LISTS),
        ("means", LISTS),
        ("products", LISTS),
    ]
)


def write_products(path: Path, products: Products) -> None:
    """Write cross-products with what they are made of."""
    upper = np.triu_indices(len(products.wanted.numbers))
    rows = [_row(cell, sums, upper) for cell, sums in products.cells.items()]
    told = json.dumps({"form": FORM, "wanted": vars(products.wanted)}, ensure_ascii=False)
    write_parquet(path, pa.Table.from_pylist(rows, SCHEMA), metadata={"products": told})


def read_products(path: Path) -> Products:
    """Return cross-products.

    Raises
    ------
    Refused
        E-CUBE-01: no file of this form, or damaged.
    """
    wanted = _wanted(path)
    k, ways = len(wanted.numbers), 1 + len(wanted.weights)
    cells = dict(_cell(row, k, ways) for row in pq.read_table(path).to_pylist())
    return Products(wanted, cells)


def stored(workspace: Workspace, sha256: str, wanted: Wanted, make: Callable[[], Products]) -> Products:
    """Return the cross-products of the released table with this digest that answer `wanted`, made and kept if there are none.

    Parameters
    ----------
    workspace
        They lie in `build/products/<digest>/`, one file for each choice of columns.
    sha256
        Of the table's file: another content, another folder.
    make
        Makes them; not called where a file answers.
    """
    folder = workspace.build / "products" / sha256
    for path in sorted(folder.glob("*.parquet")):
        if _wanted(path).holds(wanted):
            return read_products(path)
    made = make()
    digest = hashlib.sha256(json.dumps(vars(wanted), sort_keys=True).encode()).hexdigest()
    write_products(folder / f"{digest[:16]}.parquet", made)
    return made


def _wanted(path: Path) -> Wanted:
    try:
        told = json.loads((pq.read_schema(path).metadata or {})[b"products"])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise refusal("E-CUBE-01", name=path.name, form=FORM) from error
    if told.get("form") != FORM:
        raise refusal("E-CUBE-01", name=path.name, form=FORM)
    return Wanted(**{name: tuple(value) for name, value in told["wanted"].items()})


def _row(cell: Cell, sums: Sums, upper: tuple[np.ndarray, ...]) -> dict[str, Any]:
    return {
        "values": json.dumps(cell.values, ensure_ascii=False),
        "yes": cell.yes,
        "unknown": cell.unknown,
        "lacking": cell.lacking,
        "rows": sums.rows,
        "totals": sums.totals.tolist(),
        "means": sums.means.ravel().tolist(),
        "products": np.concatenate([spread[upper] for spread in sums.spreads]).tolist(),
    }


def _cell(row: dict[str, Any], k: int, ways: int) -> tuple[Cell, Sums]:
    cell = Cell(tuple(json.loads(row["values"])), row["yes"], row["unknown"], row["lacking"])
    spreads = np.zeros((ways, k, k))
    spreads[(slice(None), *np.triu_indices(k))] = np.reshape(row["products"], (ways, -1))
    spreads += np.triu(spreads, 1).transpose(0, 2, 1)
    return cell, Sums(row["rows"], np.array(row["totals"]), np.reshape(row["means"], (ways, k)), spreads)
