"""What a new month of one zone costs on a long history, and what ten million person-waves cost beside their bare SQL.

Run: `python -m tests.benchmarks.bench_panel [month] [rebuild]` at the root (`make bench-panel`). month: archives of
one and with ten years of hourly readings of every zone, and the build after one more month of one zone. rebuild: the build of
`panel_individual_wave` beside the same models run by DuckDB alone. Writes results/panel.json. A missed bar is told, not hidden;
the run fails if the panels do not hold the rows that went in, or differ between the two.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data import generations
from data.admission import expected_schema
from data.contracts import load_contract, load_contracts
from data.duck import open_duckdb, parquet_source
from data.fingerprint import fingerprint
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import zones
from quality.marts import marts
from quality.panel import MEMORY_MB, build_panels
from tests.benchmarks.bench_estimation import machine
from tests.golden import rendered_models

RESULTS = Path(__file__).parent / "results" / "panel.json"
YEARS, DISTRICTS, HOURS_OF_A_YEAR, HOURS_OF_A_MONTH, MONTHS = 10, 4, 8760, 720, 3
PERSON_WAVES, WAVES, PIECES = 10_000_000, 5, 5
MART = "panel_individual_wave"
Line = dict[str, Any]


def drawn(name: str, query: str) -> pa.Table:
    """Return the rows of a query as the archive takes them: columns it does not have are null, keys from column `key`."""
    schema = expected_schema(load_contract(name))
    with open_duckdb() as connection:
        rows = connection.sql(f"select *, unhex(md5(key)) as rec_key, 'I' as _op from ({query})").to_arrow_table()
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def hours(zone: str, first: int, count: int) -> pa.Table:
    """Return hourly readings of a zone's devices, `count` hours from hour `first` of 2016."""
    code = zone[:2].upper()
    return drawn(
        "traffic_hour",
        f"select '{zone}' as zone_id, '{code}-D0' || d as district_id, '{code}-D0' || d || '-S1' as device_id, "
        "timestamptz '2016-01-01 00:00:00+08' + to_hours(cast(h as integer)) as observed_at, "
        "20 + cast(hash(h, d) % 400 as double) / 10 as speed_kmh, 10 + cast(hash(d, h) % 900 as double) / 10 as pm25_ugm3, "
        f"0 as speed_kmh__st, 0 as pm25_ugm3__st, true as is_simulated, '{zone} ' || d || ' ' || h as key, "
        f"h * {DISTRICTS} + d as _row from range({first}, {first + count}) t(h), range(1, {DISTRICTS + 1}) u(d)",
    )


def month(folder: Path) -> Line:
    """Measure the build after a new month of one zone, on one year and on ten, in turn: what else the machine does meets both."""
    homes = {years: _history(folder / str(years), years) for years in (1, YEARS)}
    first = {years: _cost(lambda place=place: _build(place)) for years, place in homes.items()}
    spent: dict[int, list[Line]] = {years: [] for years in homes}
    for number in range(MONTHS):
        for years, place in homes.items():
            spent[years].append(_one_more_month(place, years, number))
    best = {years: {name: min(cost[name] for cost in costs) for name in costs[0]} for years, costs in spent.items()}
    told = {years: {"rows": _all_counted(place), **best[years]} for years, place in homes.items()}
    costs = {years: {**line, "first_build_s": first[years]["seconds"]} for years, line in told.items()}
    ratio = best[YEARS]["seconds"] / best[1]["seconds"]
    cpu = best[YEARS]["processor_s"] / best[1]["processor_s"]
    seen = {"task": "a new month of one zone", "costs": costs, "months": spent, "ratio": ratio, "processor_ratio": cpu}
    return {**seen, "bar": 1.3, "met": ratio <= 1.3}


def _history(folder: Path, years: int) -> Workspace:
    """Put years of hourly readings of every zone into an archive."""
    workspace = Workspace(folder).create()
    lake = Lake(workspace, Ledger.open(workspace))
    for year in range(years):
        for zone in zones():
            rows = hours(zone, year * HOURS_OF_A_YEAR, HOURS_OF_A_YEAR)
            lake.append(load_contract("traffic_hour"), rows, submission_id=f"Y{year}-{zone}", run_id="bench")
    return workspace


def _build(workspace: Workspace) -> None:
    build_panels(workspace, Ledger.open(workspace), run_id="bench")


def _one_more_month(workspace: Workspace, years: int, number: int) -> Line:
    """Return the cost of the build after one more month of one zone."""
    rows = hours("deqing", years * HOURS_OF_A_YEAR + number * HOURS_OF_A_MONTH, HOURS_OF_A_MONTH)
    lake = Lake(workspace, Ledger.open(workspace))
    lake.append(load_contract("traffic_hour"), rows, submission_id=f"M{number}", run_id="bench")
    return _cost(lambda: _build(workspace))


def _all_counted(workspace: Workspace) -> int:
    """Return the rows of the archive; the run fails if the panel does not hold them."""
    counted = _one("select sum(device_hours_reported) from read_parquet(?)", _mart(workspace, "panel_district_month"))
    came = Lake(workspace, Ledger.open(workspace)).pin().tables["traffic_hour"].rows
    if counted != came:
        raise SystemExit(f"{counted} hours in the panel, {came} in the archive")
    return came


def rebuild(folder: Path) -> Line:
    """Measure the build of ten million person-waves beside its models in bare DuckDB, each in a process of its own."""
    rows = int(os.environ.get("ZONELAB_BENCH_PERSON_WAVES", PERSON_WAVES))
    workspace = Workspace(folder / "home").create()
    _fill_people(workspace, rows)
    ours, theirs = _apart("ours", workspace), _apart("bare", workspace)
    if ours["fingerprint"] != theirs["fingerprint"] or ours["rows"] != rows:
        raise SystemExit(f"the two panels differ, or are not {rows} rows: {ours}, {theirs}")
    ratio = ours["seconds"] / theirs["seconds"]
    told = {"task": f"{rows} person-waves", "zonelab": ours, "duckdb": theirs, "ratio": ratio}
    return {**told, "bar": 2.0, "met": ratio <= 2.0}


def _fill_people(workspace: Workspace, rows: int) -> None:
    """Put people with `WAVES` interviews each into the archive, and the arms of their clinics."""
    lake = Lake(workspace, Ledger.open(workspace))
    people = rows // WAVES
    zone = "case when {0} % 2 = 0 then 'hefei' else 'jinan' end"
    clinics = (
        f"select {zone.format('c')} as zone_id, 'C' || c as clinic_id, c // 2 % 2 as arm_code, 'B' || c % 10 as block_id, "
        "date '2024-01-01' as assigned_date, true as is_simulated, 'C' || c as key, c + 2 as _row from range(200) t(c)"
    )
    lake.append(
        load_contract("clinic_assignment"), drawn("clinic_assignment", clinics), submission_id="A", run_id="bench"
    )
    for piece in range(PIECES):
        visits = (
            f"select {zone.format('p')} as zone_id, 'P' || lpad(cast(p as varchar), 9, '0') as person_id, 'W' || w as wave, "
            "'C' || p % 200 as clinic_id, cast(date '2024-01-01' + cast(w * 90 + p % 30 as integer) as date) as interview_date, "
            "1 + p % 2 as gender_code, 1950 + p % 50 as birth_year, 5 + cast(hash(p, w) % 1000 as double) / 10 as wait_min, "
            "0 as wait_min__st, 1 + hash(w, p) % 5 as satisfaction_score, 0 as satisfaction_score__st, true as is_simulated, "
            f"p || ' ' || w as key, p * {WAVES} + w + 1 as _row "
            f"from range({people * piece // PIECES}, {people * (piece + 1) // PIECES}) t(p), range(1, {WAVES + 1}) u(w)"
        )
        rows_of = drawn("clinic_visit", visits)
        lake.append(load_contract("clinic_visit"), rows_of, submission_id=f"V{piece}", run_id="bench")


def _apart(side: str, workspace: Workspace) -> Line:
    """Run one side in a process of its own: its peak memory is then its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_panel", side, str(workspace.home)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    found: Line = json.loads(said.stdout.splitlines()[-1])
    return found


def ours(home: Path) -> Line:
    """Build the panel: pin, models, their data tests, accounts, suites, export, publication."""
    workspace = Workspace(home)
    ledger = Ledger.open(workspace)
    cost = _cost(lambda: build_panels(workspace, ledger, run_id="bench", select=(f"+{MART}",)))
    return {**cost, **_content(_mart(workspace, MART))}


def bare(home: Path) -> Line:
    """Run the same models in DuckDB alone: same files, same memory, the panel written as Parquet in the order of its key."""
    workspace, out = Workspace(home), str(home / "bare.parquet")
    lake = Lake(workspace, Ledger.open(workspace))
    seq = lake.closed_seq()

    def run() -> None:
        path = home / "bare.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path), config={"threads": 2, "memory_limit": f"{MEMORY_MB}MB"}) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create schema lake")
            for name, contract in load_contracts("panel").items():
                connection.execute(f"create view lake.{name} as {lake.relation_sql(contract, seq)}")
            rendered_models.build(connection, [MART], as_views=True)
            ordered = f"select * from {MART} order by {', '.join(marts()[MART].meta.key)}"
            connection.execute(f"copy ({ordered}) to '{out}' (format parquet, compression zstd)")

    cost = _cost(run)
    return {**cost, **_content(out)}


def _content(path: str) -> Line:
    with open_duckdb() as connection:
        content = fingerprint(connection, f"select * from {parquet_source([Path(path)])}")
    return {"rows": content.rows, "fingerprint": content.fingerprint}


def _cost(call: Callable[[], object]) -> Line:
    """Return seconds, processor seconds and the most memory that the process ever had (MB)."""
    begin, processor = time.perf_counter(), time.process_time()
    call()
    spent = {"seconds": time.perf_counter() - begin, "processor_s": time.process_time() - processor}
    return {**spent, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _mart(workspace: Workspace, name: str) -> str:
    generation = generations.current(workspace)
    if generation is None:
        raise SystemExit("nothing was published")
    return str(generation.table(name))


def _one(query: str, path: str) -> int:
    with open_duckdb() as connection:
        return int((connection.execute(query, [path]).fetchone() or (0,))[0])


PARTS: dict[str, Callable[[Path], Line]] = {"month": month, "rebuild": rebuild}
SIDES: dict[str, Callable[[Path], Line]] = {"ours": ours, "bare": bare}


def main(wanted: list[str]) -> None:
    """Run the parts, print them, write the file."""
    if wanted and wanted[0] in SIDES:
        sys.stdout.write(json.dumps(SIDES[wanted[0]](Path(wanted[1]))) + "\n")
        return
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
