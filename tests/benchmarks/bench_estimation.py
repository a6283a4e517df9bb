"""How fast are `twfe` and `ols` beside pyfixest on a panel of 200,000 rows? One process, the two in turn, best of several.

Run: `python -m tests.benchmarks.bench_estimation` from the repository root (`make bench`). Prints a table and writes
tests/benchmarks/results/estimation.json with ratios, versions and the machine. Same numbers to 1e-6, or it fails.
"""

from __future__ import annotations

import json
import platform
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.settings import load_settings
from experiments.estimate import estimate
from experiments.spec import AnalysisSpec

UNITS, PERIODS, REPEATS = 10_000, 20, 5
RESULTS = Path(__file__).parent / "results" / "estimation.json"

TWFE = AnalysisSpec(estimator="twfe", outcome="y", treatment="d", unit="unit", time="time")
OLS = AnalysisSpec(
    estimator="ols", outcome="y", treatment="arm", covariates=["x"], fixed_effects=["block"], cluster=["site"]
)


def panel() -> pd.DataFrame:
    """Draw a staggered panel with unit, time and site components; 3 % of rows are missing, so it is not balanced."""
    rng = np.random.default_rng(20260102)
    unit, at = np.repeat(np.arange(UNITS), PERIODS), np.tile(np.arange(PERIODS), UNITS)
    start = rng.choice([6, 9, 12, 15, 99], UNITS)[unit]
    frame = pd.DataFrame({"unit": unit, "time": at, "d": (at >= start).astype(float), "x": rng.normal(size=len(unit))})
    frame["site"], frame["block"], frame["arm"] = unit // 25, unit // 250, (unit // 25) % 2
    frame["y"] = rng.normal(size=UNITS)[unit] + 0.1 * at + 0.3 * frame["d"] + 0.2 * frame["x"]
    frame["y"] += rng.normal(size=UNITS // 25)[frame["site"]] * 0.2 + rng.normal(size=len(frame))
    return frame[rng.uniform(size=len(frame)) > 0.03].reset_index(drop=True)


def ours(spec: AnalysisSpec, term: str, frame: pd.DataFrame) -> tuple[float, float]:
    """Return estimate and standard error by zonelab."""
    row = estimate(spec, frame, data_sha256="").row(term)
    return row.estimate, row.std_error


def theirs(formula: str, cluster: str, counted: str, term: str, frame: pd.DataFrame) -> tuple[float, float]:
    """Return estimate and standard error by pyfixest."""
    import pyfixest as pf

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The inplace keyword")
        fit = pf.feols(formula, frame, vcov={"CRV1": cluster}, ssc=pf.ssc(k_fixef=counted), fixef_rm="none")
    return float(fit.coef()[term]), float(fit.se()[term])


def best(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the shortest of `REPEATS` times in seconds, after one run to warm up, and the answer."""
    answer, times = call(), []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times), answer


def race(name: str, frame: pd.DataFrame, mine: Callable[[], Any], peer: Callable[[], Any]) -> dict[str, Any]:
    """Return one line of the table; raise if the two do not find the same coefficient."""
    our_time, (our_estimate, our_error) = best(mine)
    peer_time, (peer_estimate, peer_error) = best(peer)
    if not np.isclose(our_estimate, peer_estimate, rtol=1e-6):
        raise SystemExit(f"{name}: {our_estimate} is not pyfixest's {peer_estimate}")
    return {
        "task": name,
        "rows": len(frame),
        "zonelab_s": round(our_time, 4),
        "pyfixest_s": round(peer_time, 4),
        "ratio": round(our_time / peer_time, 3),
        "std_error_ratio": our_error / peer_error,
    }


def machine() -> dict[str, Any]:
    """Return what the times depend on."""
    names = ("numpy", "pandas", "statsmodels", "scipy", "pyfixest")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "threads": load_settings().threads,
        "versions": {name: version(name) for name in names},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return platform.processor()
    lines = (line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name"))
    return next(lines, platform.processor())


def main() -> None:
    """Run the races, print them, write the file."""
    frame = panel()
    lines = [
        race(
            "twfe, unit clusters",
            frame,
            lambda: ours(TWFE, "d", frame),
            lambda: theirs("y ~ d | unit + time", "unit", "none", "d", frame),
        ),
        race(
            "ols, block effects, site clusters",
            frame,
            lambda: ours(OLS, "arm", frame),
            lambda: theirs("y ~ arm + x | block", "site", "nonnested", "arm", frame),
        ),
    ]
    document = {"machine": machine(), "repeats": REPEATS, "lines": lines}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    for line in lines:
        sys.stdout.write(
            f"{line['task']:36} {line['rows']:>8} rows  zonelab {line['zonelab_s']:.3f} s  "
            f"pyfixest {line['pyfixest_s']:.3f} s  ratio {line['ratio']:.2f}\n"
        )
    sys.stdout.write(f"{json.dumps(document['machine'])}\n{RESULTS.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
