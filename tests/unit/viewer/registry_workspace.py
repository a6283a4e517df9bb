"""A registry for the viewer's tests: three demo protocols, one registered, one under review with one vote in, one submitted.

Belongs here: the acts that lead there, with the demo's kept diagnoses. Does not: releases (viewer_workspace).
"""

from __future__ import annotations

from pathlib import Path

from data.paths import Workspace
from data.settings import REPOSITORY
from experiments.registry import acts
from experiments.registry.demo_diagnoses import diagnosis_of
from experiments.registry.protocol import load_protocol
from experiments.registry.store import Registry

DEMO = REPOSITORY / "experiments" / "registry" / "demo"
METHODS, ETHICS, REGISTRAR = "methods.one", "ethics.one", "registry.office"
COMMENT = "Say how waiting is clocked <img src=x onerror=alert(1)>."


def build(home: Path) -> Registry:
    """Write the registry below `home`."""
    registry = Registry.open(Workspace(home).create())
    for name in ("SE-2026-0001", "SE-2026-0002", "SE-2026-0003"):
        _submitted(registry, name)
    for name in ("SE-2026-0001", "SE-2026-0002"):
        acts.assign_reviewers(registry, name, methods=[METHODS], ethics=[ETHICS], actor=REGISTRAR)
        comments = [{"path": "outcomes", "text": COMMENT}]
        acts.vote(registry, name, side="methods", vote="approve", comments=comments, actor=METHODS)
    acts.vote(registry, "SE-2026-0001", side="ethics", vote="approve", actor=ETHICS)
    acts.approve(registry, "SE-2026-0001", actor=REGISTRAR)
    acts.register(registry, "SE-2026-0001", actor=REGISTRAR)
    return registry


def team(registry: Registry, name: str) -> str:
    """Return the responsible party of an experiment."""
    return registry.record(name).latest.protocol.responsible_party.user


def _submitted(registry: Registry, name: str) -> None:
    protocol = load_protocol(DEMO / f"{name}.yml")
    user = protocol.responsible_party.user
    acts.draft(registry, protocol, actor=user)
    made = registry.record(name).open.protocol
    found = diagnosis_of(made)
    acts.record_diagnosis(registry, name, diagnosis=found, design_hash=found["design_hash"], actor=user)
    acts.submit(registry, name, actor=user)
