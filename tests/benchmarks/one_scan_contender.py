"""One contender of bench_one_scan in a process of its own, so that its memory can be told: name, file, repeats → one JSON line.

Not here: the table of results, generating data (bench_one_scan). Every contender reads the Parquet file each time.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from experiments.spec import AnalysisSpec

COLUMNS = ["unit", "time", "first", "y"]
Answer = tuple[float, float]


def zonelab(estimator: str) -> Callable[[Path], Answer]:
    """Return our way: one pass over the file, then the sums."""
    from experiments.estimators.onescan.choice import estimate_in_one_scan

    spec = AnalysisSpec(estimator=estimator, outcome="y", cohort="first", unit="unit", time="time")

    def run(path: Path) -> Answer:
        row = estimate_in_one_scan(spec, path, "").row("att")
        return row.estimate, row.std_error

    return run


def scan(path: Path) -> Answer:
    """Return nothing of use: the bare grouped scan that a two-way regression cannot do without."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        found = connection.execute(
            "select first, time, count(*), sum(y), sum(y * y) from read_parquet(?) group by all", [str(path)]
        ).fetchall()
    return float(len(found)), 0.0


def pyfixest() -> Callable[[Path], Answer]:
    """Return pyfixest's way: unit and time absorbed, errors by unit."""
    import pandas as pd
    import pyfixest as pf

    def run(path: Path) -> Answer:
        frame = pd.read_parquet(path, columns=COLUMNS)
        frame["att"] = ((frame["first"] > 0) & (frame["time"] >= frame["first"])).astype(float)
        factor = pf.ssc(k_fixef="nonnested")
        fit = pf.feols("y ~ att | unit + time", frame, vcov={"CRV1": "unit"}, ssc=factor, fixef_rm="none")
        return float(fit.coef()["att"]), float(fit.se()["att"])

    return run


def diff_diff() -> Callable[[Path], Answer]:
    """Return diff-diff's way: Callaway-Sant'Anna, never treated as comparison."""
    import pandas as pd
    from diff_diff import CallawaySantAnna

    def run(path: Path) -> Answer:
        frame = pd.read_parquet(path, columns=COLUMNS)
        fit = CallawaySantAnna(control_group="never_treated")
        found = fit.fit(frame, outcome="y", unit="unit", time="time", first_treat="first")
        return float(found.overall_att), float(found.overall_se)

    return run


CONTENDERS: dict[str, Callable[[], Callable[[Path], Answer]]] = {
    "zonelab twfe": lambda: zonelab("twfe"),
    "zonelab group_time": lambda: zonelab("group_time"),
    "duckdb grouped scan": lambda: scan,
    "pyfixest": pyfixest,
    "diff-diff": diff_diff,
}


def peak_mb() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now_mb() -> float:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 1024**2


def main(name: str, path: Path, repeats: int) -> None:
    """Run once to warm up, then `repeats` times; print times, answer and memory above that of the imports."""
    warnings.filterwarnings("ignore")
    run = CONTENDERS[name]()
    before, times = now_mb(), []
    answer = run(path)
    for _ in range(repeats):
        begin = time.perf_counter()
        answer = run(path)
        times.append(time.perf_counter() - begin)
    line = {
        "contender": name,
        "median_s": round(statistics.median(times), 4),
        "best_s": round(min(times), 4),
        "repeats": repeats,
        "memory_mb": round(peak_mb() - before, 1),
        "answer": answer,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
