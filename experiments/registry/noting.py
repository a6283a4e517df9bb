"""Notes on deviations: what people say of one that the machine found.

Belongs here: that act. Does not: finding deviations (deviations), what else is recorded on a registered version (ethics,
amending), who may record it (machines).
"""

from __future__ import annotations

from functools import partial

from data.access import Actor
from experiments.registry.amendment_texts import refused
from experiments.registry.performing import Done, about_current, perform
from experiments.registry.records import Record
from experiments.registry.store import Registry


def note_deviation(
    registry: Registry,
    experiment_id: str,
    deviation_id: str,
    *,
    reason_code: str,
    consequence: str,
    corrective_action: str,
    actor: Actor,
) -> Record:
    """Say why a deviation on record happened, what it means and what was done; what the machine found stays as it is.

    Raises
    ------
    Refused
        E-AMD-10: no such deviation is on record.
    """
    record = registry.record(experiment_id)
    known = sorted({str(item.detail["id"]) for item in record.deviations if item.kind == "deviation_found"})
    if deviation_id not in known:
        raise refused("E-AMD-10", deviation=deviation_id, id=experiment_id, known=", ".join(known) or "–")
    detail = {
        "id": deviation_id,
        "reason_code": reason_code,
        "consequence": consequence,
        "corrective_action": corrective_action,
    }

    def write(done: Done) -> None:
        done.event("deviation_noted", detail)

    perform(registry, partial(about_current, registry, experiment_id, "note_deviation"), write, actor=actor)
    return registry.record(experiment_id)
