"""What one scan makes cheap: growth curves, 99,999 bootstrap draws, a thousand specifications. Each in a process of its own.

Belongs here: data, lines with their bars. Does not: contenders (one_scan_contender), the table and the file (bench_one_scan,
which `make bench-estimation` runs).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Contend = Callable[[str, Path, int], dict[str, Any]]
WAVES, CHUNK = 5, 100_000
LME4_S = 1.06
"""Seconds of lme4 on 20,000 units (domain/statistics.md, C): R is not on this machine."""
ZONES, ROWS = 20, 1_000_000


def write_growth(units: int, path: Path) -> None:
    """Write growth curves with random intercepts and slopes, units in order, piece by piece."""
    rng, writer = np.random.default_rng(20261122), None
    for begin in range(0, units, CHUNK):
        count = min(CHUNK, units - begin)
        unit, wave = np.repeat(np.arange(begin, begin + count), WAVES), np.tile(np.arange(WAVES), count)
        d, level, slope = rng.integers(0, 2, count)[unit - begin], rng.normal(size=count), rng.normal(size=count)
        y = 2 + 0.5 * wave + 0.2 * d + 0.1 * d * wave + level[unit - begin] + 0.3 * slope[unit - begin] * wave
        table = pa.table({"unit": unit, "wave": wave, "d": d, "y": y + rng.normal(size=len(unit))})
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_zones(path: Path) -> None:
    """Write a million rows in 20 zones: two outcomes, six covariates, five waves."""
    rng = np.random.default_rng(20261122)
    zone, wave = np.repeat(np.arange(ZONES), ROWS // ZONES), np.tile(np.arange(1, 6), ROWS // 5)
    columns = {"zone": zone, "wave": wave, "d": zone % 2}
    columns |= {f"x{place}": rng.normal(size=ROWS) for place in range(6)}
    for name in ("y0", "y1"):
        columns[name] = 0.2 * columns["d"] + columns["x0"] + rng.normal(size=ZONES)[zone] + rng.normal(size=ROWS)
    pq.write_table(pa.table(columns), path, compression="zstd")


def lines(folder: Path, contend: Contend) -> list[dict[str, Any]]:
    """Return one line a task, with the bar of the issue and whether it is met."""
    growth, zones = folder / "growth.parquet", folder / "zones.parquet"
    write_growth(20_000, growth)
    ours, theirs = contend("zonelab mixed", growth, 5), contend("statsmodels mixed", growth, 0)
    if not np.allclose(ours["answer"], theirs["answer"], rtol=1e-3):
        raise SystemExit(f"mixed: {ours['answer']} is not statsmodels' {theirs['answer']}")
    seconds, times = ours["median_s"], theirs["median_s"] / ours["median_s"]
    found = [
        _line("growth curve, 20,000 units x 5 waves", ours, f"{LME4_S / 50:.3f} s, or 1,000 times statsmodels")
        | {"peer": "statsmodels", "peer_s": theirs["median_s"], "times_faster": round(times, 1)}
        | {"met": bool(seconds <= LME4_S / 50 or times >= 1000)}
    ]
    write_growth(1_000_000, growth)
    found.append(_bar("growth curve, 1,000,000 units x 5 waves", contend("zonelab mixed", growth, 5), 1.0))
    growth.unlink()
    write_zones(zones)
    found.append(_bar("99,999 wild-bootstrap draws, 20 zones", contend("zonelab wild", zones, 5), 0.2))
    found.append(_bar("1,024 specifications with 999 worlds, after the scan", contend("zonelab curve", zones, 5), 2.0))
    return found


def _bar(task: str, ours: dict[str, Any], seconds: float) -> dict[str, Any]:
    return _line(task, ours, f"{seconds} s") | {"met": bool(ours["median_s"] <= seconds)}


def _line(task: str, ours: dict[str, Any], bar: str) -> dict[str, Any]:
    return {
        "task": task,
        "zonelab_s": ours["median_s"],
        "best_s": ours["best_s"],
        "bar": bar,
        "zonelab_mb": ours["memory_mb"],
    }
