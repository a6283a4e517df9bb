"""How much does taking a file in cost beside a plain pyarrow rewrite of it? Both in one run, in turn, best of several.

Run: `python -m tests.benchmarks.bench_intake [part ...]` from the repository root (`make bench-intake`). Prints a line a part
and writes tests/benchmarks/results/intake.json: seconds, ratios, the bars they are held against, load, versions and the machine;
of parts that are not run the old lines stay. A missed bar is told, not hidden; the run fails only if a row is lost or doubled.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from data.admission import expected_schema
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.readers import read_content, staged
from data.readers.sandbox import client, read_safely
from quality.intake import submit
from quality.verdict import SubmissionResult
from tests.benchmarks.bench_estimation import machine
from tests.benchmarks.intake_scene import CONTRACT, readings, write_csv, write_parquet

RESULTS = Path(__file__).parent / "results" / "intake.json"
PROCESSES, UPLOADS, ROWS_EACH = 8, 50, 500
COMMITS = 1200

Line = dict[str, Any]


def fresh(folder: Path) -> Workspace:
    """Return an empty workspace in a folder of its own, its catalogue made."""
    workspace = Workspace(Path(tempfile.mkdtemp(dir=folder))).create()
    Ledger.open(workspace)
    return workspace


def take_in(path: Path, workspace: Workspace) -> SubmissionResult:
    """Submit one file."""
    return submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace)


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


@contextmanager
def watched() -> Iterator[list[client.Ending]]:
    """Yield a list that gets the end of every reading process."""
    ends: list[client.Ending] = []
    real = client.run_apart

    def listed(*arguments: Any, **named: Any) -> client.Ending:
        ends.append(real(*arguments, **named))
        return ends[-1]

    client.run_apart = listed  # type: ignore[assignment]
    try:
        yield ends
    finally:
        client.run_apart = real


def processor(call: Callable[[], object]) -> float:
    """Return the processor seconds of a call, those of its reading process included: what a busy machine changes least."""
    with watched() as ends:
        begin = time.process_time()
        call()
        return time.process_time() - begin + sum(end.cpu_seconds for end in ends)


def race(name: str, bar: float, folder: Path, path: Path, peer: Callable[[], object], repeats: int) -> Line:
    """Take a file in and have pyarrow rewrite it, in turn; the median of each counts."""
    rows = pq.ParquetFile(path).metadata.num_rows if path.suffix == ".parquet" else path.read_bytes().count(b"\n") - 1

    empty = [fresh(folder) for _ in range(repeats + 1)]  # an archive has its catalogue before a file comes

    def ours() -> None:
        result = take_in(path, empty.pop())
        if result.rows_accepted != rows:
            raise SystemExit(f"{name}: {result.rows_accepted} of {rows} rows came in")

    client.run_apart("builtins:len", {"obj": ""})  # the warm process is started once, not once a file
    times = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    spent = {"zonelab_cpu_s": processor(ours), "pyarrow_cpu_s": processor(peer)}
    ratios = {"ratio": mine / theirs, "bar": bar, "cpu_ratio": spent["zonelab_cpu_s"] / spent["pyarrow_cpu_s"]}
    return {"task": name, "rows": rows, "zonelab_s": mine, "pyarrow_s": theirs, **spent, **ratios}


def parquet_rewrite(folder: Path) -> Line:
    """Five million readings as Parquet: checked, hashed, committed, beside read_table → write_table."""
    path = write_parquet(folder / "sensor.parquet", 5_000_000)
    peer = lambda: pq.write_table(pq.read_table(path), folder / "peer.parquet", compression="zstd")  # noqa: E731
    return race("5M-row sensor Parquet", 1.5, folder, path, peer, 5)


def csv_rewrite(folder: Path) -> Line:
    """One million readings as CSV, beside pyarrow.csv → write_table."""
    path = write_csv(folder / "sensor.csv", 1_000_000)
    peer = lambda: pq.write_table(pyarrow.csv.read_csv(path), folder / "peer.parquet", compression="zstd")  # noqa: E731
    return race("1M-row CSV", 2.5, folder, path, peer, 9)


def commits(folder: Path) -> Line:
    """Twelve hundred appends of a hundred rows: the median of the last twenty beside that of the first twenty."""
    workspace = fresh(folder)
    lake = Lake(workspace, Ledger.open(workspace))
    batches = [_appended(number) for number in range(COMMITS)]
    times = [
        seconds(lambda n=n, rows=rows: lake.append(CONTRACT, rows, submission_id=f"S{n}", run_id="bench"))
        for n, rows in enumerate(batches)
    ]
    if lake.read(CONTRACT).num_rows != 100 * COMMITS:
        raise SystemExit("the appends are not all there")
    first, last = statistics.median(times[1:21]), statistics.median(times[-20:])
    return {
        "task": f"append number {COMMITS} beside the first",
        "first_s": first,
        "last_s": last,
        "ratio": last / first,
        "bar": 2.0,
    }


def _appended(number: int) -> pa.Table:
    rows = readings(100, first_minute=number)
    own = {
        "zone_id": pa.repeat(pa.scalar("deqing"), 100),
        "rec_key": pa.array([f"{number:08d}{row:08d}".encode() for row in range(100)]),
        "_row": pa.array(range(2, 102), pa.int64()),
        "_op": pa.repeat(pa.scalar("I"), 100),
    }
    return pa.table({**{name: rows[name] for name in rows.column_names}, **own}).select(expected_schema(CONTRACT).names)


def crowd(folder: Path) -> Line:
    """Eight processes send fifty files each, every file twice: nothing lost, nothing doubled."""
    workspace, pool = fresh(folder), folder / "pool"
    pool.mkdir()
    distinct = PROCESSES * UPLOADS // 2
    files = [write_csv(pool / f"{n}.csv", ROWS_EACH, first_minute=n) for n in range(distinct)]
    shares = [[files[(place * UPLOADS + n) % distinct] for n in range(UPLOADS)] for place in range(PROCESSES)]
    begin = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as people:
        told = [
            status for each in people.starmap(_send, [(share, workspace.home) for share in shares]) for status in each
        ]
    spent = time.perf_counter() - begin
    keys = Lake(workspace, Ledger.open(workspace)).read(CONTRACT)["rec_key"].value_counts().to_pylist()
    lost, doubled = distinct * ROWS_EACH - len(keys), sum(entry["counts"] - 1 for entry in keys)
    if lost or doubled:
        raise SystemExit(f"{lost} rows lost, {doubled} doubled")
    uploads = {"uploads": len(told), "verdicts": dict(Counter(told)), "uploads_per_s": len(told) / spent}
    return {"task": f"{PROCESSES} processes x {UPLOADS} uploads", "lost": lost, "doubled": doubled, **uploads}


def _send(files: list[Path], home: Path) -> list[str]:
    return [take_in(path, Workspace(home)).status for path in files]


def small_file(folder: Path) -> Line:
    """What the process of its own costs a small file, beside reading the same bytes here: the best of forty."""
    path = write_csv(folder / "small.csv", 100)
    with staged(path) as opened:
        apart = [seconds(lambda: read_safely(opened.path, contract=CONTRACT)) for _ in range(41)]
    here = [seconds(lambda: read_content(path.read_bytes(), contract=CONTRACT)) for _ in range(41)]
    cost = 1000 * (min(apart[1:]) - min(here))
    return {"task": "small file: cost of a process of its own", "ms": cost, "bar_ms": 50}


def memory(folder: Path) -> Line:
    """Peak memory of the submitting and of the reading process for CSV files of 25, 50 and 100 MB."""
    rows_per_mb = 17_250
    peaks = [_peaks(folder, write_csv(folder / f"{size}.csv", size * rows_per_mb)) for size in (25, 50, 100)]
    return {"task": "peak memory, 100 MB CSV", "files": peaks, "bar_mb": 600}


def _peaks(folder: Path, path: Path) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        parent, reader = alone.apply(_measured, (path, fresh(folder).home))
    return {"file_mb": path.stat().st_size / 1e6, "parent_mb": parent, "reader_mb": reader}


def _measured(path: Path, home: Path) -> tuple[float, float]:
    """Return the two peaks in MB; runs in a process of its own."""
    with watched() as ends:
        take_in(path, Workspace(home))
    return _peak_mb(), max(end.peak_kb for end in ends) / 1024


def _peak_mb() -> float:
    """Return this process's peak memory; Linux's `ru_maxrss` would count what its parent had when it began."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:")) / 1024


PARTS: dict[str, Callable[[Path], Line]] = {
    "small": small_file,
    "memory": memory,
    "csv": csv_rewrite,
    "parquet": parquet_rewrite,
    "commits": commits,
    "crowd": crowd,
}


def _met(line: Line) -> bool:
    if "files" in line:
        return max(file[name] for file in line["files"] for name in ("parent_mb", "reader_mb")) <= line["bar_mb"]
    if "ms" in line:
        return bool(line["ms"] <= line["bar_ms"])
    return bool(line["ratio"] <= line["bar"]) if "ratio" in line else True


def rounded(line: Line) -> Line:
    """Return a line for print: three decimals, whether the bar is met, and how busy the machine was."""
    told = {**line, "met": _met(line), "load_1_min": os.getloadavg()[0]}
    return json.loads(json.dumps(told), parse_float=lambda text: round(float(text), 3))  # type: ignore[no-any-return]


def keep(part: str, line: Line) -> None:
    """Write one part's line into the results, beside those of the other parts."""
    RESULTS.parent.mkdir(exist_ok=True)
    known = json.loads(RESULTS.read_text(encoding="utf-8"))["parts"] if RESULTS.exists() else {}
    parts = {name: {**known, part: line}[name] for name in PARTS if name in {**known, part: line}}
    RESULTS.write_text(json.dumps({"machine": machine(), "parts": parts}, indent=2) + "\n", encoding="utf-8")


def main(wanted: list[str]) -> None:
    """Run the parts, print them, write the file."""
    with tempfile.TemporaryDirectory(prefix="zonelab-bench-") as folder:
        os.environ["ZONELAB_HOME"] = folder  # before any settings are read, for this process and its children
        for name in wanted or list(PARTS):
            place = Path(folder) / name
            place.mkdir()
            line = rounded(PARTS[name](place))
            keep(name, line)
            sys.stdout.write(f"{json.dumps(line)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
