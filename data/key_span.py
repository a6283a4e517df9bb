"""Between which dates and times the keys of some rows lie: archive rows outside cannot have one of them.

Belongs here: that condition as SQL, which lets DuckDB pass over files and row groups by their statistics. Does not: comparing
keys (admission, quality.reconcile).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.duck import quote_name


def key_span(contract: Contract, rows: pa.Table) -> str:
    """Return the condition on a row of the archive that its dates and times lie where those of `rows` do; `true` without any.

    Equal keys have equal dates and times, so no row that it leaves out has the key of one of `rows`.
    """
    times = [name for name in contract.key if contract.column(name).type in ("date", "timestamp")]
    spans = [_between(name, rows[name]) for name in times if rows[name].null_count < len(rows[name])]
    return " and ".join(spans) or "true"


def _between(name: str, column: pa.ChunkedArray) -> str:
    if pa.types.is_date32(column.type):
        ends = pc.min_max(column.cast(pa.int32())).as_py()
        low, high = (f"date '1970-01-01' + {ends[end]:d}" for end in ("min", "max"))
    else:
        ends = pc.min_max(column.cast(pa.int64())).as_py()
        low, high = (f"make_timestamptz({ends[end]:d})" for end in ("min", "max"))
    return f"{quote_name(name)} between {low} and {high}"
