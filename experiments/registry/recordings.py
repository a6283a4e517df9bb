"""What is recorded about a registered experiment without changing its plan: ethics decisions, AI versions, notes on deviations.

Belongs here: the table of these acts, who may do them, and those that need no file of their own. Does not: amendments (amending),
the life cycle of a version (machines).
"""

from __future__ import annotations

from dataclasses import replace

from data.access import Actor, Role
from data.lifecycle import Machine, Transition
from data.messages import Text
from experiments.registry.amendment_texts import refused
from experiments.registry.performing import Done, Place, about_current, perform
from experiments.registry.records import Record
from experiments.registry.store import Registry


def _recording(action: str, roles: frozenset[Role], guard: str, en: str, zh: str) -> Transition:
    return Transition(action, frozenset({"registered"}), "", roles, (guard,), Text(en=en, zh=zh))


RECORDINGS = Machine(
    name="recordings",
    title=Text(en="registered version", zh="已注册版本"),
    states={"registered": Text(en="registered", zh="已注册"), "withdrawn": Text(en="withdrawn", zh="已撤回")},
    initial="registered",
    terminal=frozenset({"withdrawn"}),
    transitions=(
        _recording(
            "record_ethics",
            frozenset({"ethics_reviewer", "registrar"}),
            "not_on_team",
            "Record an ethics decision",
            "登记伦理决定",
        ),
        _recording(
            "record_ai_version",
            frozenset({"investigator", "system"}),
            "on_team",
            "Record a version of the AI system",
            "登记人工智能系统版本",
        ),
        _recording("note_deviation", frozenset({"investigator"}), "on_team", "Annotate a deviation", "说明一项偏离"),
    ),
)
"""Nothing here changes a state; a committee's decision is never recorded by the team that it binds."""


def standing(registry: Registry, experiment_id: str, action: str) -> Place:
    """Return the place of such an act: the registered version, or the withdrawn one, which refuses it."""
    return replace(about_current(registry, experiment_id, action), machine=RECORDINGS)


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

    perform(registry, lambda: standing(registry, experiment_id, "note_deviation"), write, actor=actor)
    return registry.record(experiment_id)
