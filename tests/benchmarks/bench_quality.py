"""What do twenty checks on a long table cost beside one aggregate scan of it? One process, the two in turn, best of several.

Run: `python -m tests.benchmarks.bench_quality [ROWS]` from the repository root (`make bench-quality`). The table is a survey in
the archive (11 zones, 8 waves); the peer is the same aggregates in bare DuckDB over the same Parquet files. Ours is what a run
does: the view as of now, the metrics, Great Expectations' verdict, the result stored. Writes
tests/benchmarks/results/quality.json; the run fails if planted faults are not found. A missed bar is told, not hidden.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data import delta
from data.admission import expected_schema
from data.contracts import Contract
from data.duck import open_duckdb, parquet_source
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality.metrics import contract_metrics, frame_sql
from quality.suites import validate_table
from tests.benchmarks.bench_estimation import machine

RESULTS = Path(__file__).parent / "results" / "quality.json"
ROWS, PIECES, REPEATS, BAR = 10_000_000, 5, 3, 2.0
BAD = 7
"""Rows of each piece whose score lies outside its range."""
TEXT = {"en": "x", "zh": "x"}
CODES = {str(code): TEXT for code in range(5)}


def _column(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "label": {"en": name, "zh": name}, **more}


CONTRACT = Contract.model_validate(
    {
        "name": "bench_survey",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "one row a person and wave",
        "source_kind": "survey",
        "key": ["zone_id", "person_id", "wave"],
        "wave_column": "wave",
        "columns": [
            _column("zone_id", "string", required=True, source="zone"),
            _column("person_id", "string", required=True, pattern="P[0-9]{8}"),
            _column("wave", "string", required=True, codes={f"W{n}": TEXT for n in range(1, 9)}),
            *(_column(f"item_{n}", "integer", required=True, codes=CODES) for n in range(4)),
            *(_column(f"score_{n}", "number", required=True, minimum=0, maximum=100) for n in range(4)),
            _column("age", "integer", required=True, minimum=0, maximum=120),
        ],
    }
)


def fill(workspace: Workspace, rows: int) -> None:
    """Put the survey into the archive in pieces, a few scores out of range in each."""
    lake = Lake(workspace, Ledger.open(workspace))
    size = rows // PIECES
    for piece in range(PIECES):
        with open_duckdb() as connection:
            table = connection.sql(_rows_sql(piece * size, size)).to_arrow_table()
        schema = expected_schema(CONTRACT)
        columns = [table[name].cast(schema.field(name).type) for name in schema.names]
        lake.append(CONTRACT, pa.Table.from_arrays(columns, schema=schema), submission_id=f"S{piece}", run_id="bench")


def _rows_sql(first: int, size: int) -> str:
    binary = pa.types.is_string(expected_schema(CONTRACT).field("rec_key").type)
    key = "printf('%032x', i)" if binary else "unhex(printf('%032x', i))"
    items = ", ".join(f"cast(hash(i * 7 + {n}) % 5 as bigint) as item_{n}" for n in range(4))
    scores = ", ".join(f"cast(hash(i * 11 + {n}) % 10000 as double) / 100.0 as score_{n}" for n in range(1, 4))
    return (
        f"select 'zone' || lpad(cast(i % 11 as varchar), 2, '0') as zone_id, 'P' || lpad(cast(i // 8 as varchar), 8, '0') as "
        f"person_id, 'W' || cast(1 + i % 8 as varchar) as wave, {items}, "
        f"case when i < {first + BAD} then 101.0 else cast(hash(i) % 10000 as double) / 100.0 end as score_0, {scores}, "
        f"cast(18 + hash(i * 13) % 70 as bigint) as age, {key} as rec_key, i + 2 as _row, 'I' as _op "
        f"from range({first}, {first + size}) t(i)"
    )


def best(call: Callable[[], object]) -> float:
    """Return the least seconds of several calls."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def main(rows: int) -> None:
    """Measure, print, write the file."""
    with tempfile.TemporaryDirectory(prefix="zonelab-bench-") as folder:
        os.environ["ZONELAB_HOME"] = folder
        workspace = Workspace(Path(folder) / "home").create()
        fill(workspace, rows)
        line = _measured(workspace, Ledger.open(workspace))
    RESULTS.parent.mkdir(exist_ok=True)
    told = {"machine": machine(), "rows": rows, **line, "load_1_min": round(os.getloadavg()[0], 2)}
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(line)}\n")


def _measured(workspace: Workspace, ledger: Ledger) -> dict[str, Any]:
    metrics = contract_metrics(CONTRACT)
    files = delta.files(workspace.lake / CONTRACT.name)
    bare = frame_sql(CONTRACT, f"select * from {parquet_source([file.path for file in files])}", metrics)

    def peer() -> None:
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(bare).fetchall()

    def ours() -> None:
        outcomes = validate_table(workspace, ledger, CONTRACT, run_id="bench")
        found = {outcome.name: outcome.metadata.get("rows_failed", 0) for outcome in outcomes if not outcome.passed}
        if found != {"E-RANGE-01:score_0": BAD * PIECES}:
            raise SystemExit(f"the planted faults were not found: {found}")

    peer()  # the files are in the page cache for both
    theirs, mine = best(peer), best(ours)
    return {
        "task": f"{len(metrics)} checks",
        "zonelab_s": round(mine, 3),
        "scan_s": round(theirs, 3),
        "ratio": round(mine / theirs, 3),
        "bar": BAR,
        "met": mine <= BAR * theirs,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
