"""Diagnosing a design: the declared model, assignment and registered analyses, simulated, and what they are worth.

Belongs here: the steps, processes, progress. Does not: one simulation (simulation), numbers (diagnosands), judging (gates).
MIDA as Blair, Cooper, Coppock & Humphreys (2019), "Declaring and Diagnosing Research Designs", APSR 113(3).
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed

import numpy as np

from data.messages import Text
from experiments.design.decisions import directed, family_p, levels, p_of_test, wrong_sign
from experiments.design.diagnosands import (
    NONE,
    Diagnosand,
    Simulated,
    about_estimates,
    minimum_detectable,
    share,
)
from experiments.design.diagnosis import SIMULATIONS, AnalysisDiagnosis, Diagnosis, design_hash
from experiments.design.questions import Question
from experiments.design.simulation import Bench, Numbers, Trials
from experiments.messages import refusal
from experiments.registry.protocol import Family, Protocol

Progress = Callable[[int, int], None]
FEWEST, MOST = 2, 100_000
CHUNK = 25
WORTH = 100
"""Simulations from which on a second process is worth its start (about two seconds)."""
PROCESSES = 2


def diagnose(
    protocol: Protocol,
    *,
    sims: int = SIMULATIONS,
    seed: int = 1,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """Return what the registered analyses would do, over `sims` simulated experiments.

    Parameters
    ----------
    protocol
        With `model_m` and `analyses`; without `assignment_spec` a draft is diagnosed as if drawn at random within blocks.
    sims
        2 to 100,000; a protocol is submitted with `SIMULATIONS` at least.
    seed
        0 or more. Simulation k has streams of its own, so more simulations begin with the same ones.
    processes
        None: two where it is worth it and there are two processors. The result does not depend on it.
    progress
        Called with (done, of).

    Returns
    -------
    Diagnosis
        One entry an analysis, in registered order; an analysis that is refused has entries without values, and the reason.

    Raises
    ------
    Refused
        E-DIAG-01 to -06: no model, one that cannot be drawn, no analyses, too few or too many simulations.
    """
    if not FEWEST <= sims <= MOST:
        raise refusal("E-DIAG-05", low=FEWEST, high=f"{MOST:,}", n=sims)
    if not protocol.analyses:
        raise refusal("E-DIAG-04")
    bench = Bench(protocol)
    parts = [list(range(start, min(start + CHUNK, sims))) for start in range(0, sims, CHUNK)]
    workers = min(processes or _processes(sims), len(parts))
    made = _alone(bench, parts, seed) if workers <= 1 else _together(protocol, parts, seed, workers)
    return _diagnosis(bench, _joined(made, sims, progress), sims, seed)


def _processes(sims: int) -> int:
    return min(PROCESSES, os.cpu_count() or 1) if sims >= WORTH else 1


def _alone(bench: Bench, parts: list[list[int]], seed: int) -> Iterator[Trials]:
    for numbers in parts:
        yield bench.run(numbers, seed)


_bench: list[Bench] = []
"""The worker process's own bench, made once when it starts."""


def _prepare(protocol: Protocol) -> None:
    _bench[:] = [Bench(protocol)]


def _work(numbers: list[int], seed: int) -> Trials:
    return _bench[0].run(numbers, seed)


def _together(protocol: Protocol, parts: list[list[int]], seed: int, workers: int) -> Iterator[Trials]:
    """Simulate in processes that start afresh (`spawn`: nothing is inherited, on any platform)."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare, (protocol,)) as pool:
        waiting: list[Future[Trials]] = [pool.submit(_work, numbers, seed) for numbers in parts]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _joined(made: Iterator[Trials], sims: int, progress: Progress | None) -> Trials:
    """Put parts together in the order of the simulations, whichever came first."""
    parts: list[Trials] = []
    for part in made:
        parts.append(part)
        if progress is not None:
            progress(sum(len(item.truth) for item in parts), sims)
    parts.sort(key=lambda part: part.first)
    refused: dict[int, tuple[str, Text]] = {}
    for part in parts:
        refused = {**part.refused, **refused}
    return Trials(
        0,
        np.concatenate([part.declared for part in parts]),
        np.concatenate([part.smallest for part in parts]),
        np.concatenate([part.truth for part in parts]),
        refused,
    )


def _diagnosis(bench: Bench, trials: Trials, sims: int, seed: int) -> Diagnosis:
    protocol, questions = bench.protocol, bench.questions
    power = _powers(bench, trials)
    spec, model = protocol.assignment_spec, protocol.model_m
    drawn = bench.mechanism.spec.method if bench.mechanism else "external"
    return Diagnosis(
        experiment_id=protocol.experiment_id,
        version=protocol.version,
        design_hash=design_hash(protocol),
        generator=model.generator if model else "",
        assignment=drawn if spec is not None and spec.method == drawn else f"assumed {drawn}",
        sims=sims,
        seed=seed,
        analyses=tuple(
            _entry(question, trials, place, {name: found[place] for name, found in power.items()})
            for place, question in enumerate(questions)
        ),
    )


def _powers(bench: Bench, trials: Trials) -> dict[str, list[Diagnosand]]:
    """Return the four kinds of power, one a question."""
    questions, families = bench.questions, bench.protocol.families
    asked = {place for variant in bench.variants for place in variant.asked}
    smallest = trials.declared.copy()
    smallest[:, list(asked)] = trials.smallest[:, list(asked)]
    alone = np.array([item.analysis.alpha for item in questions])
    together = levels(questions, families)
    meant = [place in asked or question.is_margin for place, question in enumerate(questions)]
    every = [True] * len(questions)
    return {
        "power": _shares(_decisions(questions, (), trials.declared), alone, every),
        "power_adjusted": _shares(_decisions(questions, families, trials.declared), together, every),
        "power_sesoi": _shares(_decisions(questions, (), smallest), alone, meant),
        "power_sesoi_adjusted": _shares(_decisions(questions, families, smallest), together, meant),
    }


def _decisions(questions: tuple[Question, ...], families: tuple[Family, ...], numbers: Numbers) -> Numbers:
    """Return the p-values that are held against alpha: of each test, corrected in its family, 1 for the wrong sign."""
    tested = np.column_stack([p_of_test(question, numbers[:, place]) for place, question in enumerate(questions)])
    wrong = np.column_stack([wrong_sign(question, numbers[:, place]) for place, question in enumerate(questions)])
    found = family_p(questions, families, tested, wrong)
    return np.column_stack([directed(item, numbers[:, at], found[:, at]) for at, item in enumerate(questions)])


def _shares(p_values: Numbers, alphas: Numbers, meant: list[bool]) -> list[Diagnosand]:
    """Return the share of decisions among the simulations with a result."""
    found = []
    for place, wanted in enumerate(meant):
        known = p_values[:, place][~np.isnan(p_values[:, place])]
        found.append(share(known < alphas[place]) if wanted else NONE)
    return found


def _entry(question: Question, trials: Trials, place: int, power: dict[str, Diagnosand]) -> AnalysisDiagnosis:
    simulated = Simulated.of(trials.declared[:, place], trials.truth[:, place])
    count = len(simulated.estimate)
    values = {**power, **about_estimates(question, simulated), "mde": minimum_detectable(question, simulated)}
    return AnalysisDiagnosis(
        analysis_id=question.analysis.id,
        hypothesis_id=question.hypothesis.id if question.hypothesis else None,
        tier=question.hypothesis.tier if question.hypothesis else "exploratory",
        outcome_tier=question.tier,
        direction=question.direction,
        estimand=question.estimand,
        sesoi=question.sesoi,
        alpha=question.analysis.alpha,
        truth=None if np.isnan(simulated.truth) else simulated.truth,
        mean_estimate=float(simulated.estimate.mean()) if count else None,
        sd_estimate=float(simulated.estimate.std(ddof=1)) if count > 1 else None,
        mean_std_error=float(simulated.std_error.mean()) if count else None,
        failed=len(trials.truth) - count,
        refused=trials.refused.get(place),
        values=values,
    )
