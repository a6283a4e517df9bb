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


GROWTH = AnalysisSpec(
    estimator="mixed",
    outcome="y",
    unit="unit",
    treatment="d",
    covariates=["wave", "d:wave"],
    options={"random": [{"group": "unit", "terms": ["wave"]}]},
)


def growth() -> Callable[[Path], Answer]:
    """Return our growth curve: scan and fit."""
    from experiments.estimators.onescan.choice import estimate_in_one_scan

    def run(path: Path) -> Answer:
        row = estimate_in_one_scan(GROWTH, path, "").row("d:wave")
        return row.estimate, row.std_error

    return run


def statsmodels_growth() -> Callable[[Path], Answer]:
    """Return statsmodels' growth curve: REML, random intercept and slope."""
    import numpy as np
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    def run(path: Path) -> Answer:
        frame = pd.read_parquet(path)
        wave, d = frame["wave"].to_numpy(float), frame["d"].to_numpy(float)
        fixed, random = np.column_stack([np.ones(len(d)), d, wave, d * wave]), np.column_stack([np.ones(len(d)), wave])
        fit = MixedLM(frame["y"].to_numpy(), fixed, frame["unit"].to_numpy(), exog_re=random).fit(reml=True)
        return float(fit.fe_params[3]), float(fit.bse_fe[3])

    return run


def wild() -> Callable[[Path], Answer]:
    """Return 99,999 draws of the wild bootstrap, p-value and interval; the rows are read and fitted once, before."""
    import pandas as pd

    from experiments.estimators.linear import Design, fit_linear
    from experiments.estimators.wild_bootstrap import wild_cluster
    from experiments.sample import Sample

    made: dict[Path, tuple[object, object]] = {}

    def run(path: Path) -> Answer:
        if path not in made:
            frame = pd.read_parquet(path)[::1000].reset_index(drop=True)
            columns = {name: frame[name].to_numpy(float) for name in ("d", "x0")}
            made[path] = (
                fit_linear(Design("y0", frame["y0"].to_numpy(), columns), Sample(frame, None, {})),
                frame["zone"].to_numpy(),
            )
        fit, zone = made[path]
        test = wild_cluster(fit, zone, 1, reps=99_999, seed=1)  # type: ignore[arg-type]
        return test.p_value, test.conf_low

    return run


def curve() -> Callable[[Path], Answer]:
    """Return 1,024 specifications and 999 worlds from cross-products; the rows are scanned once, before."""
    from itertools import combinations

    from experiments.curve.declared import CurveSpec
    from experiments.curve.making import curve_of, curve_specs
    from experiments.estimators.onescan.products import Products
    from experiments.estimators.onescan.products_choice import wanted_by
    from experiments.estimators.onescan.products_scan import scan_products

    names = [f"x{place}" for place in range(6)]
    declared = CurveSpec(
        outcomes=("y0", "y1"),
        covariates=tuple(some for size in range(7) for some in combinations(names, size)),
        samples=(None, "wave >= 2", "wave >= 3", "wave <= 4"),
        fixed_effects=((), ("wave",)),
    )
    registered = AnalysisSpec(estimator="ols", outcome="y0", treatment="d", covariates=["x0"], cluster=["zone"])
    specs = curve_specs(registered, declared)
    made: dict[Path, Products] = {}

    def run(path: Path) -> Answer:
        if path not in made:
            made[path] = scan_products(path, wanted_by(specs, frozenset()))
        found = curve_of(specs, declared, made[path])
        return float(len(found.points)), 0.0 if found.joint is None else found.joint.median.p_value

    return run


CONTENDERS: dict[str, Callable[[], Callable[[Path], Answer]]] = {
    "zonelab twfe": lambda: zonelab("twfe"),
    "zonelab group_time": lambda: zonelab("group_time"),
    "zonelab mixed": growth,
    "statsmodels mixed": statsmodels_growth,
    "zonelab wild": wild,
    "zonelab curve": curve,
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
    """Run once to warm up, then `repeats` times; print times, answer and memory above that of the imports.

    With 0 repeats the one run is what is told: a peer that takes longer than anything that warmth could save.
    """
    warnings.filterwarnings("ignore")
    run = CONTENDERS[name]()
    before, times = now_mb(), []
    begin = time.perf_counter()
    answer = run(path)
    if not repeats:
        times.append(time.perf_counter() - begin)
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
