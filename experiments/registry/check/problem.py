"""What the checker says, and what it looks at.

Belongs here: one problem, the case that every lint reads, the three ways to make a problem. Does not: any rule (the other
modules).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from data.messages import Text
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import STAGES, Stage


@dataclass(frozen=True)
class ProtocolProblem:
    """One thing wrong or doubtful. `path` names the field, such as ``analyses.2.estimator``; errors block registration."""

    path: str
    severity: Literal["error", "warning"]
    message: Text


@dataclass(frozen=True)
class Case:
    """A protocol of good form, the stage that it wants to reach, and the day on which it is looked at."""

    protocol: Protocol
    stage: Stage
    today: date

    def reached(self, stage: Stage) -> bool:
        """Whether what is asked from `stage` on is asked now."""
        return STAGES.index(self.stage) >= STAGES.index(stage)


Lint: TypeAlias = Callable[[Case], Iterator[ProtocolProblem]]


def error(path: str, en: str, zh: str) -> ProtocolProblem:
    """Return a problem that blocks."""
    return ProtocolProblem(path, "error", Text(en=en, zh=zh))


def doubt(path: str, en: str, zh: str) -> ProtocolProblem:
    """Return a problem that a reviewer should look at."""
    return ProtocolProblem(path, "warning", Text(en=en, zh=zh))


def lost(path: str, identifier: str) -> ProtocolProblem:
    """Return the problem of a reference that leads nowhere."""
    return error(path, f"Nothing in this protocol is called {identifier}.", f"本方案中没有 {identifier}。")


def unknown(path: str, names: Iterable[str], known: Iterable[str]) -> Iterator[ProtocolProblem]:
    """Yield a lost reference for each name not among `known`; nothing where `known` is empty, which is reported itself."""
    there = set(known)
    if there:
        yield from (lost(path, name) for name in sorted(set(names) - there))
