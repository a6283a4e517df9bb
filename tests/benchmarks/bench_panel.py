"""What does a new month of one zone cost on a long history?

Run: `python -m tests.benchmarks.bench_panel` from the repository root (`make bench-panel`): archives with one year and with ten
years of hourly readings of every zone, and the build of the panels after one more month of one zone came in. Writes
tests/benchmarks/results/panel.json: seconds, ratio, load. A missed bar is told, not hidden; the run fails only if the panels do
not hold the rows that went in.
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

import pyarrow as pa

from data.admission import expected_schema
from data.contracts import load_contract
from data.duck import open_duckdb
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import zones
from quality.panel import build_panels
from tests.benchmarks.bench_estimation import machine

RESULTS = Path(__file__).parent / "results" / "panel.json"
YEARS, DISTRICTS, HOURS_OF_A_YEAR, MONTH = 10, 4, 8760, 720
Line = dict[str, Any]


def hours(zone: str, first: int, count: int) -> pa.Table:
    """Return hourly readings of a zone's devices, `count` hours from hour `first` of 2016, as the archive takes them."""
    contract = load_contract("traffic_hour")
    schema = expected_schema(contract)
    key = "printf('%032x', hash(d, h, zone))"
    if not pa.types.is_string(schema.field("rec_key").type):
        key = f"unhex({key})"
    code = zone[:2].upper()
    query = (
        f"select zone as zone_id, '{code}-D0' || d as district_id, '{code}-D0' || d || '-S1' as device_id, "
        "timestamptz '2016-01-01 00:00:00+08' + to_hours(cast(h as integer)) as observed_at, "
        "20 + cast(hash(h, d) % 400 as double) / 10 as speed_kmh, 10 + cast(hash(d, h) % 900 as double) / 10 as pm25_ugm3, "
        f"{key} as rec_key, h * {DISTRICTS} + d as _row, 'I' as _op, true as is_simulated, 0 as zero "
        f"from (select '{zone}' as zone, h, d from range({first}, {first + count}) t(h), range(1, {DISTRICTS + 1}) u(d))"
    )
    with open_duckdb() as connection:
        drawn = connection.sql(query).to_arrow_table()
    columns = [
        drawn[name if name in drawn.column_names else "zero"].cast(schema.field(name).type) for name in schema.names
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def month(folder: Path) -> Line:
    """Measure the build after a new month of one zone, on one year and on ten years of history."""
    costs = {years: _one_more_month(folder / str(years), years) for years in (1, YEARS)}
    ratio = costs[YEARS]["seconds"] / costs[1]["seconds"]
    return {"task": "a new month of one zone", "costs": costs, "ratio": ratio, "bar": 1.3, "met": ratio <= 1.3}


def _one_more_month(folder: Path, years: int) -> Line:
    folder.mkdir()
    workspace = Workspace(folder / "home").create()
    ledger = Ledger.open(workspace)
    lake, contract = Lake(workspace, ledger), load_contract("traffic_hour")
    for year in range(years):
        for zone in zones():
            rows = hours(zone, year * HOURS_OF_A_YEAR, HOURS_OF_A_YEAR)
            lake.append(contract, rows, submission_id=f"Y{year}-{zone}", run_id="bench")
    build_panels(workspace, ledger, run_id="first")
    times = []
    for place in range(3):
        rows = hours("deqing", years * HOURS_OF_A_YEAR + place * MONTH, MONTH)
        lake.append(contract, rows, submission_id=f"M{place}", run_id="bench")
        times.append(seconds(lambda place=place: build_panels(workspace, ledger, run_id=f"more{place}")))
    query = "select sum(device_hours_reported) from read_parquet(?)"
    with open_duckdb() as connection:
        counted = int((connection.execute(query, [_mart(workspace, "panel_district_month")]).fetchone() or (0,))[0])
    came = lake.pin().tables["traffic_hour"].rows
    if counted != came:
        raise SystemExit(f"{counted} hours in the panel, {came} in the archive")
    return {"rows": came, "seconds": min(times)}


def _mart(workspace: Workspace, name: str) -> str:
    from data import generations

    generation = generations.current(workspace)
    if generation is None:
        raise SystemExit("nothing was published")
    return str(generation.table(name))


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


PARTS: dict[str, Callable[[Path], Line]] = {"month": month}


def main(wanted: list[str]) -> None:
    """Run the parts, print them, write the file."""
    with tempfile.TemporaryDirectory(prefix="zonelab-bench-") as folder:
        os.environ["ZONELAB_HOME"] = folder
        for name in wanted or list(PARTS):
            place = Path(folder) / name
            place.mkdir()
            line = json.loads(json.dumps({**PARTS[name](place), "load_1_min": os.getloadavg()[0]}), parse_float=_short)
            known = json.loads(RESULTS.read_text(encoding="utf-8"))["parts"] if RESULTS.exists() else {}
            RESULTS.parent.mkdir(exist_ok=True)
            told = {"machine": machine(), "parts": {**known, name: line}}
            RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
            sys.stdout.write(f"{json.dumps(line)}\n")


def _short(text: str) -> float:
    return round(float(text), 3)


if __name__ == "__main__":
    main(sys.argv[1:])
