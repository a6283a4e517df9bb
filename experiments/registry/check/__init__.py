"""Checking a protocol: every problem in one pass, each with the path of its field and a sentence in both languages.

Belongs here: the order of the checks, and the list of lints. Does not: the rules (one module a subject), the schema, reviews.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.registry.check import (
    analyses,
    families,
    outcomes,
    people,
    protection,
    references,
    sample,
    screening,
    timing,
    words,
)
from experiments.registry.check.form import formed, read
from experiments.registry.check.problem import Case, Lint, ProtocolProblem
from experiments.registry.check.stages import missing
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import Stage

__all__ = ["ProtocolProblem", "check_document", "check_protocol"]

LINTS: tuple[Lint, ...] = (
    references.twice,
    references.known_zones,
    references.arms,
    references.inquiries,
    references.hypotheses,
    families.families,
    references.theory,
    references.instruments,
    references.further_analyses,
    people.team,
    people.independence,
    people.conflicts,
    people.attestations,
    screening.ai_card,
    screening.screening,
    sample.sizes,
    sample.clusters,
    sample.stopping,
    sample.allocation,
    sample.assignment,
    sample.masking,
    sample.model,
    timing.calendar,
    timing.dates,
    timing.time_frames,
    timing.schedule,
    timing.doses,
    timing.dissemination,
    words.titles,
    words.outcome_names,
    outcomes.levels,
    outcomes.tiers,
    outcomes.variables,
    outcomes.sources,
    analyses.analyses,
    analyses.moderators,
    protection.data_sources,
    protection.exposure,
    protection.ethics,
    protection.consent,
    protection.harm_rules,
    words.languages,
)
"""Every lint of the registry, in the order of its findings."""

LINTS_OF_OTHERS: tuple[str, ...] = ("experiments.design.lint:design_lint",)
"""Lints of other packages, `module:function` from a protocol to problems: they import this package, so they are looked up when
a protocol is checked."""


def check_protocol(path: Path, stage: Stage = "S", *, today: date | None = None) -> list[ProtocolProblem]:
    """Return every problem of the protocol in a YAML file on its way to a stage; empty when there is none.

    Parameters
    ----------
    path
        The YAML file.
    stage, today
        As for `check_document`.

    Raises
    ------
    NotFound
        No such file.
    """
    document, problems = read(path)
    return problems or check_document(document, stage, today=today)


def check_document(document: Any, stage: Stage = "S", *, today: date | None = None) -> list[ProtocolProblem]:  # noqa: ANN401
    """Return every problem of a protocol on its way to a stage: form, completeness, then what does not fit together.

    Parameters
    ----------
    document
        A `Protocol`, or the plain content of a file or draft in any schema version. Where the form is wrong, what is missing
        is told too; how the parts fit together can be said only once the form is right.
    stage
        What is to be reached: D draft, S submit, R register, L launch, and on. A later stage asks for more, never for less.
    today
        Against which anticipated dates and expiry are held; the present day in UTC if left out.

    Returns
    -------
    list of ProtocolProblem
        Errors block the stage, warnings are for reviewers. Each problem once.
    """
    protocol: Protocol | None
    problems: list[ProtocolProblem]
    if isinstance(document, Protocol):
        present, protocol, problems = document.model_dump(), document, []
    else:
        present, protocol, problems = formed(document)
    told = {problem.path for problem in problems}
    if isinstance(present, Mapping):
        problems += [problem for problem in missing(present, stage) if problem.path not in told]
    if protocol is not None:
        problems += _linted(Case(protocol, stage, today or datetime.now(UTC).date()))
    return list(dict.fromkeys(problems))


def _linted(case: Case) -> Iterator[ProtocolProblem]:
    for lint in LINTS:
        yield from lint(case)
    for address in LINTS_OF_OTHERS:
        module, _, name = address.partition(":")
        yield from getattr(import_module(module), name)(case.protocol)
