"""Diagnosing what is on record: the version in preparation is simulated, and the diagnosis kept with it.

Belongs here: from an experiment's id to a diagnosis in the ledger. Does not: simulating (diagnose), judging (gates), files that
no registry knows.
"""

from __future__ import annotations

from collections.abc import Callable

from data.access import Actor
from experiments.design.diagnose import diagnose
from experiments.design.diagnosis import Diagnosis
from experiments.registry.acts import record_diagnosis
from experiments.registry.store import Registry


def diagnose_record(
    registry: Registry,
    experiment_id: str,
    *,
    sims: int,
    seed: int,
    actor: Actor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Return the diagnosis of an experiment's version in preparation, or else of its newest one; keep it if somebody asks.

    Parameters
    ----------
    actor
        In whose name it is kept; None: it is shown and not kept. Submitting needs one on record for the present design.

    Raises
    ------
    NotFound
        E-REG-01: no such experiment.
    """
    version = registry.record(experiment_id).latest
    made = diagnose(version.protocol, sims=sims, seed=seed, progress=progress)
    if actor is not None:
        record_diagnosis(
            registry,
            experiment_id,
            diagnosis=made.to_dict(),
            design_hash=registry.checks.design_hash(version.protocol),
            actor=actor,
        )
    return made
