"""All twelve triggers over the facts of one experiment; each says what it found, or why it could not look.

Belongs here: the table of detectors and running it. Does not: the triggers themselves (sample, conduct, reporting).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from data.messages import Text
from experiments.registry.amendments import Knowledge
from experiments.registry.deviations import conduct, reporting, sample
from experiments.registry.deviations.model import Check, Deviation, Done, Findings, NotChecked
from experiments.registry.points import Phase


@dataclass(frozen=True)
class Detector:
    """One trigger: its name, what it asks, and the pure function that answers."""

    name: str
    title: Text
    find: Callable[[Done], Iterator[Deviation]]


DETECTORS: tuple[Detector, ...] = (
    Detector("arm_short", Text(en="Units per arm below 90 % of plan", zh="各组单位数低于计划的 90%"), sample.arm_short),
    Detector(
        "outside_window", Text(en="Wave collected outside its window", zh="超出调查窗口采集"), sample.outside_window
    ),
    Detector(
        "instrument_differs",
        Text(en="Instrument other than registered", zh="所用工具与登记不符"),
        conduct.instrument_differs,
    ),
    Detector(
        "assignment_differs",
        Text(en="Assignment received other than committed", zh="收到的分组与承诺不符"),
        sample.assignment_differs,
    ),
    Detector("ineligible", Text(en="Units that are not eligible", zh="纳入了不符合标准的单位"), sample.ineligible),
    Detector(
        "ai_version_outside",
        Text(en="AI version outside the registered range", zh="人工智能版本超出登记范围"),
        conduct.ai_version_outside,
    ),
    Detector("spec_differs", Text(en="Analysis other than registered", zh="分析与登记不符"), reporting.spec_differs),
    Detector(
        "correction_missing",
        Text(en="Correction for multiple tests not applied", zh="未进行多重检验校正"),
        reporting.correction_missing,
    ),
    Detector(
        "outcome_unreported",
        Text(en="Registered outcome without a result", zh="登记的结局没有结果"),
        reporting.outcome_unreported,
    ),
    Detector(
        "claim_unregistered",
        Text(en="Confirmatory claim that was not registered", zh="未登记的确证性结论"),
        reporting.claim_unregistered,
    ),
    Detector(
        "ethics_expired",
        Text(en="Ethics decision expired while collecting", zh="采集期间伦理决定已过期"),
        conduct.ethics_expired,
    ),
    Detector(
        "consent_missing",
        Text(en="Consent scope missing for a linked source", zh="链接来源缺少同意范围"),
        conduct.consent_missing,
    ),
)
"""The twelve triggers of the registry model, section 5, in its order."""


def detect(done: Done, *, at: str = "", phase: Phase | None = None, knowledge: Knowledge | None = None) -> Findings:
    """Return every deviation and what became of every check.

    Parameters
    ----------
    done
        Facts; what is not given is not checked, and the check says so.
    at, phase, knowledge
        Written into each deviation: when it was discovered, at which phase, with which knowledge of results.
    """
    found: list[Deviation] = []
    checks: list[Check] = []
    for detector in DETECTORS:
        own, reason = _run(detector, done)
        found += [replace(item, discovered_at=at, phase=phase, knowledge_of_results=knowledge) for item in own]
        made = Check(detector.name, detector.title, "ran", len(own))
        checks.append(made if reason is None else replace(made, state="not_checked", reason=reason))
    return Findings(tuple(found), tuple(checks))


def _run(detector: Detector, done: Done) -> tuple[list[Deviation], Text | None]:
    """Return what a trigger yields; one that stops half-way keeps what it had found."""
    own: list[Deviation] = []
    try:
        for item in detector.find(done):
            own.append(item)  # noqa: PERF402 - what was found before the stop counts
    except NotChecked as stop:
        return own, stop.reason
    return own, None
