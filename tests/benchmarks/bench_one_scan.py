"""How fast is one scan beside its peers, and does its cost grow with the rows only? Panels of 1, 2, 10 and 50 million rows.

Run: `make bench-estimation` (minutes; `python -m tests.benchmarks.bench_one_scan 2` takes only sizes up to 2 million, 0 only what
comes after a scan and writes nothing, `only 50` one size, put among the others that this machine has run). Prints a table and
writes results/one_scan.json and one_scan.svg with ratios, bars, memory and machine. The same numbers to 1e-6, or it fails. A peer
that is not installed is left out and named, a size that the disk cannot hold too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.bench_after_scan import lines as after_scan
from tests.benchmarks.bench_estimation import machine

RESULTS = Path(__file__).parent / "results" / "one_scan.json"
PERIODS, CHUNK = 20, 50_000
MILLIONS = (1, 2, 10, 50)
TASKS = {
    "two-way effects, unit clusters": ("zonelab twfe", "pyfixest", "pyfixest"),
    "Callaway-Sant'Anna": ("zonelab group_time", "diff-diff", "diff_diff"),
}
PEERS_UP_TO = {"pyfixest": 10, "diff-diff": 2}
"""Millions of rows beyond which a peer is not run: minutes, or more memory than the machine has."""
MB_A_MILLION = 30
"""Of disk for a million rows, generously; twice as much must be free."""
BARS: dict[tuple[str, int], dict[str, float]] = {
    ("two-way effects, unit clusters", 10): {"times_faster": 25, "over_scan": 2, "memory_share": 0.2},
    ("two-way effects, unit clusters", 2): {"times_faster": 15},
    ("Callaway-Sant'Anna", 2): {"times_faster": 3},
}
"""What the issue asks for: at least so many times faster, at most so many scans, at most that share of the memory."""


def write_panel(millions: int, path: Path) -> None:
    """Write a staggered panel of that many million rows, sorted by unit and time, chunk by chunk."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(20261122)
    units, writer = millions * 1_000_000 // PERIODS, None
    for begin in range(0, units, CHUNK):
        count = min(CHUNK, units - begin)
        unit, at = np.repeat(np.arange(begin, begin + count), PERIODS), np.tile(np.arange(PERIODS), count)
        first = rng.choice([0, 6, 9, 12, 15], count)[unit - begin]
        y = (
            rng.normal(size=count)[unit - begin]
            + 0.1 * at
            + 0.3 * ((first > 0) & (at >= first))
            + rng.normal(size=len(unit))
        )
        table = pa.table({"unit": unit, "time": at, "first": first, "y": y})
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def contend(name: str, path: Path, repeats: int) -> dict[str, Any]:
    """Return what one contender needed, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.one_scan_contender", name, str(path), str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def race(task: str, millions: int, path: Path, scan: dict[str, Any]) -> dict[str, Any]:
    """Return one line: ours beside the bare scan and, up to its size, the peer; raise if the two differ."""
    mine, peer, module = TASKS[task]
    ours = contend(mine, path, 5)
    line = {
        "task": task,
        "million_rows": millions,
        "zonelab_s": ours["median_s"],
        "zonelab_mb": ours["memory_mb"],
        "grouped_scan_s": scan["median_s"],
        "over_scan": round(ours["median_s"] / scan["median_s"], 2),
        "peer": peer,
    }
    if millions > PEERS_UP_TO[peer] or find_spec(module) is None:
        return line | {"peer_s": None}
    theirs = contend(peer, path, 5 if millions <= 2 else 1)
    if not np.isclose(ours["answer"][0], theirs["answer"][0], rtol=1e-6):
        raise SystemExit(f"{task}: {ours['answer']} is not {peer}'s {theirs['answer']}")
    return line | {
        "peer_s": theirs["median_s"],
        "peer_mb": theirs["memory_mb"],
        "times_faster": round(theirs["median_s"] / ours["median_s"], 1),
        "memory_share": round(ours["memory_mb"] / theirs["memory_mb"], 3),
        "std_error_ratio": ours["answer"][1] / theirs["answer"][1],
    }


def judged(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with its bars and whether each is met; a peer that was not run leaves its bars open."""
    bars = BARS.get((line["task"], line["million_rows"]), {})
    known = {name: bar for name, bar in bars.items() if name in line}
    met = {
        name: bool(line[name] >= bar if name == "times_faster" else line[name] <= bar) for name, bar in known.items()
    }
    return line | ({"bars": bars, "met": met} if bars else {})


def slope(lines: list[dict[str, Any]], task: str) -> float | None:
    """Return the growth of seconds with rows: 1 is cost in step with rows, from the second size on (the first is overhead)."""
    found = [(line["million_rows"], line["zonelab_s"]) for line in lines if line["task"] == task][1:]
    if len(found) < 2:
        return None
    rows, seconds = np.log(np.array(found)).T
    return round(float(np.polyfit(rows, seconds, 1)[0]), 3)


def plot(lines: list[dict[str, Any]]) -> str:
    """Return seconds over rows as SVG, both axes logarithmic: a line of slope 1 is cost in step with rows."""
    series: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        series.setdefault(f"zonelab: {line['task']}", []).append((line["million_rows"], line["zonelab_s"]))
        if line["peer_s"]:
            series.setdefault(str(line["peer"]), []).append((line["million_rows"], line["peer_s"]))
        series.setdefault("bare grouped scan", [])
        if line["task"] == next(iter(TASKS)):
            series["bare grouped scan"].append((line["million_rows"], line["grouped_scan_s"]))

    def place(rows: float, seconds: float) -> tuple[float, float]:
        return 70 + 330 * np.log10(rows) / np.log10(50), 300 - 260 * (np.log10(seconds) + 2) / 4

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="350" font-family="sans-serif" font-size="12">'
    ]
    for seconds in (0.01, 0.1, 1, 10, 100):
        y = place(1, seconds)[1]
        parts.append(
            f'<path d="M70 {y:.0f}H400" stroke="#ddd"/><text x="62" y="{y + 4:.0f}" text-anchor="end">{seconds:g} s</text>'
        )
    marks = (f'<text x="{place(rows, 1)[0]:.0f}" y="318" text-anchor="middle">{rows}</text>' for rows in MILLIONS)
    parts.extend(marks)
    parts.append('<text x="235" y="338" text-anchor="middle">million rows</text>')
    colours = ("#1b6ca8", "#666666", "#d1495b", "#2e933c", "#8d5a97")
    for at, (name, points) in enumerate(series.items()):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(*point) for point in points))
        parts.append(f'<path d="M{path}" fill="none" stroke="{colours[at]}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colours[at]}"/>' for x, y in (place(*p) for p in points)
        ]
        parts.append(f'<text x="420" y="{40 + 20 * at}" fill="{colours[at]}">{name.replace("&", "&amp;")}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def raced(folder: Path, sizes: Iterable[int]) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the lines of some sizes, printed as they come, and the sizes for which the disk has no room."""
    lines: list[dict[str, Any]] = []
    left_out: list[int] = []
    for millions in sizes:
        if shutil.disk_usage(folder).free < 2 * millions * MB_A_MILLION * 1024**2:
            left_out.append(millions)
            continue
        path = folder / f"{millions}.parquet"
        write_panel(millions, path)
        scan = contend("duckdb grouped scan", path, 5)
        for task in TASKS:
            lines.append(judged(race(task, millions, path, scan)) | {"load_1_min": round(os.getloadavg()[0], 1)})
            sys.stdout.write(json.dumps(lines[-1]) + "\n")
            sys.stdout.flush()
        path.unlink()
    return lines, left_out


def kept(sizes: Iterable[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the lines of other sizes and those after a scan, of the run before on this kind of machine; none else."""
    if not RESULTS.is_file():
        return [], []
    known = json.loads(RESULTS.read_text(encoding="utf-8"))
    if known["machine"] != machine():
        return [], []
    return [line for line in known["lines"] if line["million_rows"] not in sizes], known["after_scan"]


def main(most: int, only: int | None) -> None:
    """Run the races, print them, write the files; one size alone takes its place among those of the run before."""
    sizes = [size for size in MILLIONS if (size <= most if only is None else size == only)]
    with tempfile.TemporaryDirectory() as folder:
        lines, left_out = raced(Path(folder), sizes)
        before, after = ([], after_scan(Path(folder), contend)) if only is None else kept(sizes)
    for line in after if only is None else ():
        sys.stdout.write(json.dumps(line) + "\n")
    if lines:
        write(sorted([*before, *lines], key=lambda line: line["million_rows"]), after, left_out)


def write(lines: list[dict[str, Any]], after: list[dict[str, Any]], left_out: list[int]) -> None:
    """Write the table with machine, day and load, and the plot."""
    missing = [peer for _, peer, module in TASKS.values() if find_spec(module) is None]
    about = {"date": datetime.now(UTC).date().isoformat(), "load": os.getloadavg(), "peers_not_installed": missing}
    slopes = {task: slope(lines, task) for task in TASKS}
    about |= {"million_rows_left_out": left_out, "growth_with_rows": slopes}
    document = {"machine": machine(), **about, "lines": lines, "after_scan": after}
    RESULTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    RESULTS.with_suffix(".svg").write_text(plot(lines), encoding="utf-8")


if __name__ == "__main__":
    chosen = int(sys.argv[-1]) if len(sys.argv) > 1 else MILLIONS[-1]
    main(chosen, chosen if sys.argv[1:2] == ["only"] else None)
