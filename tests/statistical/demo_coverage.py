"""How often do the demo's intervals cover the truth? Every registered analysis on many programmes that could have been drawn.

Run: `make demo-coverage` (200 seeds, minutes; `python -m tests.statistical.demo_coverage 40` for fewer). Prints for each analysis
truth, mean estimate, bias, coverage, and size where there is no effect, each with its Monte-Carlo error, and writes
tests/benchmarks/results/demo_coverage.json. The generator's own functions, the protocols' own specs, the platform's own
estimation; panels as the dbt marts (tests/integration/test_demo_truth.py holds the two equal). Not here: what must hold (tests).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from data.demo import frames, simulate_experiments, true_effects
from data.settings import REPOSITORY
from experiments.design.assignment import assign
from experiments.design.sealing import arms_of
from experiments.estimate import estimate
from experiments.registry.demo_path import demo_secret
from experiments.registry.protocol import Protocol, RegisteredAnalysis, load_protocol
from tests.statistical import demo_reference

SEEDS, PROCESSES = 200, 2
SMALL = 0.01
"""Of the frames: that of the clinics is the same at every scale, the others are not asked for."""
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "demo_coverage.json"
Key = tuple[str, str]
Row = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Covered:
    """One analysis over many seeds; `size` is the share of p-values below 0.05 where the truth is 0."""

    experiment: str
    analysis: str
    truth: float
    seeds: int
    mean_estimate: float
    bias: float
    bias_mcse: float
    coverage: float
    coverage_mcse: float
    mean_std_error: float
    sd_estimate: float
    size: float | None


@cache
def protocols() -> tuple[Protocol, ...]:
    """Return the demo's protocols."""
    folder = REPOSITORY / "experiments" / "registry" / "demo"
    return tuple(load_protocol(path) for path in sorted(folder.glob("*.yml")))


@cache
def registered() -> Mapping[Key, RegisteredAnalysis]:
    """Return the registered analyses that have a truth."""
    every = {(one.experiment_id, analysis.id): analysis for one in protocols() for analysis in one.analyses}
    return {(entry.experiment, entry.analysis): every[entry.experiment, entry.analysis] for entry in true_effects()}


def drawn(seed: int) -> Mapping[str, str]:
    """Return the arms of the clinics as the demo draws them: by the registered declaration, with the seed's own secret."""
    protocol = next(one for one in protocols() if one.experiment_id == "SE-2026-0001")
    frame = frames(seed, SMALL)[protocol.experiment_id]
    secret = demo_secret(seed, protocol.experiment_id)
    return assign(frame, protocol.assignment_spec, arms_of(protocol), seed=secret.seed).arm_of()


def one_seed(seed: int) -> dict[Key, Row]:
    """Return low, estimate, standard error, high and p-value of every analysis on one programme."""
    panels = demo_reference.panels(simulate_experiments(seed, 1.0, arms=drawn(seed)))
    found = {}
    for key, analysis in registered().items():
        row = estimate(analysis.spec(), panels[analysis.dataset], data_sha256="").row(analysis.treatment)
        found[key] = (row.conf_low, row.estimate, row.std_error, row.conf_high, row.p_value)
    return found


def over(seeds: Iterable[int], processes: int = PROCESSES) -> dict[Key, np.ndarray]:
    """Return, for each analysis, its rows over the seeds, (seeds, 5)."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(one_seed, seeds, chunksize=4))
    return {key: np.array([one[key] for one in made]) for key in registered()}


def summarised(found: Mapping[Key, np.ndarray]) -> list[Covered]:
    """Return one line an analysis, in the order of the truths."""
    lines = []
    for entry in true_effects():
        low, estimates, errors, high, p_values = found[entry.experiment, entry.analysis].T
        count = len(low)
        inside = float(((low <= entry.truth) & (entry.truth <= high)).mean())
        lines.append(
            Covered(
                experiment=entry.experiment,
                analysis=entry.analysis,
                truth=entry.truth,
                seeds=count,
                mean_estimate=float(estimates.mean()),
                bias=float(estimates.mean() - entry.truth),
                bias_mcse=float(estimates.std(ddof=1) / count**0.5),
                coverage=inside,
                coverage_mcse=float((0.95 * 0.05 / count) ** 0.5),
                mean_std_error=float(errors.mean()),
                sd_estimate=float(estimates.std(ddof=1)),
                size=float((p_values < 0.05).mean()) if entry.truth == 0 else None,
            )
        )
    return lines


def shown(lines: Iterable[Covered]) -> str:
    """Return the table that is printed."""
    names = (
        ("experiment", -14),
        ("analysis", -24),
        ("truth", 9),
        ("mean", 10),
        ("bias", 10),
        ("± MC", 8),
        ("coverage", 10),
    )
    head = "".join(
        f"{name:{'>' if width > 0 else '<'}{abs(width)}}" for name, width in (*names, ("± MC", 7), ("size", 7))
    )
    rows = [
        f"{one.experiment:14}{one.analysis:24}{one.truth:9.4f}{one.mean_estimate:10.4f}{one.bias:10.4f}{one.bias_mcse:8.4f}"
        f"{one.coverage:10.3f}{one.coverage_mcse:7.3f}{'' if one.size is None else f'{one.size:.3f}':>7}"
        for one in lines
    ]
    return "\n".join([head, *rows]) + "\n"


def main(seeds: int) -> None:
    """Run, print, write."""
    begin = time.perf_counter()
    lines = summarised(over(range(1, seeds + 1)))
    sys.stdout.write(shown(lines))
    seconds = round(time.perf_counter() - begin, 1)
    about = {"date": datetime.now(UTC).date().isoformat(), "seeds": seeds, "seconds": seconds}
    document = {**about, "lines": [asdict(line) for line in lines]}
    RESULTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)
