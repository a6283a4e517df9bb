"""What a result may be called: confirmatory, deviated or exploratory, and how its plan came to be what it is.

Belongs here: labels of analyses and status words of hypotheses, computed from the registered versions and the points. Does not:
finding deviations (deviations), the file they are written to (experiments.against_record).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from experiments.registry.deviations.model import Ran
from experiments.registry.deviations.reporting import spec_changes
from experiments.registry.diff import Change, diff
from experiments.registry.points import Points
from experiments.registry.protocol import Protocol
from experiments.spec import spec_digest

Label = Literal["confirmatory", "deviated", "exploratory"]
Status = Literal[
    "as_registered", "amended_before_data", "amended_after_data", "deviated", "not_reported", "exploratory"
]


@dataclass(frozen=True)
class Registered:
    """One registered version and when it was registered."""

    version: str
    at: str
    protocol: Protocol


@dataclass(frozen=True)
class OnRecord:
    """What the registry holds when results are made: versions in order, points, and when the data were frozen."""

    versions: tuple[Registered, ...]
    points: Points
    frozen_at: str

    @property
    def cited(self) -> Registered | None:
        """The version that counts: the one in force when an outcome was first read, else the newest; None if none was yet."""
        before = [item for item in self.versions if self.points.t3 is None or item.at <= self.points.t3]
        return before[-1] if before else None


@dataclass(frozen=True)
class Row:
    """One line of "registered vs. done": a registered hypothesis, or an analysis that none asked for (`hypothesis` empty)."""

    hypothesis: str
    analyses: tuple[str, ...]
    label: Label
    status: Status
    changes: tuple[Change, ...] = ()


def label(ran: Ran, record: OnRecord | None) -> Label:
    """Return what one analysis may be called.

    Confirmatory needs all of: registered for a confirmatory hypothesis, in the version in force before the first reading; the
    spec that ran has the registered hash; the data were frozen after that registration. Another spec is `deviated`; anything
    else is exploratory.
    """
    cited = record.cited if record else None
    if record is None or cited is None or record.frozen_at < cited.at:
        return "exploratory"
    plan = {item.id: item for item in cited.protocol.analyses}.get(ran.analysis_id)
    confirmatory = {item.id for item in cited.protocol.hypotheses if item.tier == "confirmatory"}
    if plan is None or not confirmatory & set(plan.hypothesis_ids):
        return "exploratory"
    same = spec_digest(plan.spec()) == spec_digest(ran.spec)
    same = same and (plan.dataset, plan.missing_data) == (ran.dataset, ran.missing_data)
    return "confirmatory" if same else "deviated"


def rows(protocol: Protocol, runs: tuple[Ran, ...], record: OnRecord | None) -> tuple[Row, ...]:
    """Return "registered vs. done": every registered hypothesis, then every analysis that none of them asked for.

    Parameters
    ----------
    protocol
        The plan that was run; for what is registered, the cited version is what counts.
    runs
        Its analyses, those without a result too.
    """
    cited = record.cited if record else None
    plan = cited.protocol if cited else protocol
    found = [_row(item.id, plan, runs, record) for item in plan.hypotheses]
    asked = {item.id for item in plan.hypotheses}
    extra = [ran for ran in runs if ran.has_result and not asked & set(ran.hypothesis_ids)]
    return (*found, *(_extra(ran, record) for ran in extra))


def _extra(ran: Ran, record: OnRecord | None) -> Row:
    name = ran.hypothesis_ids[0] if ran.hypothesis_ids else ""
    after = record is not None and any(
        item.at > (record.points.t2 or item.at) and any(plan.id == ran.analysis_id for plan in item.protocol.analyses)
        for item in record.versions
    )
    return Row(name, (ran.analysis_id,), "exploratory", "amended_after_data" if name and after else "exploratory")


def _row(name: str, plan: Protocol, runs: tuple[Ran, ...], record: OnRecord | None) -> Row:
    own = [ran for ran in runs if name in ran.hypothesis_ids]
    analyses = tuple(ran.analysis_id for ran in own)
    labels = [label(ran, record) for ran in own if ran.has_result]
    worst: Label = "deviated" if "deviated" in labels else "confirmatory" if "confirmatory" in labels else "exploratory"
    if record is None or record.cited is None:
        return Row(name, analyses, "exploratory", "exploratory" if labels else "not_reported")
    if not labels:
        return Row(name, analyses, "exploratory", "not_reported")
    changes = _differences(plan, own)
    if changes or worst == "deviated":
        return Row(name, analyses, worst, "deviated", tuple(changes))
    status = _amended(name, record)
    tier = plan.hypothesis(name).tier
    return Row(name, analyses, worst, "exploratory" if tier == "exploratory" else status)


def _differences(plan: Protocol, own: list[Ran]) -> list[Change]:
    planned = {item.id: item for item in plan.analyses}
    return [
        change
        for ran in own
        if ran.has_result and ran.analysis_id in planned
        for change in spec_changes(planned[ran.analysis_id], ran)
    ]


def _amended(name: str, record: OnRecord) -> Status:
    """Return how the hypothesis, or what it rests on, came to be what the cited version says."""
    cited = record.cited
    until = record.versions[: record.versions.index(cited) + 1] if cited else ()
    status: Status = "as_registered"
    for before, after in pairwise(until):
        if _touches(name, before.protocol, after.protocol):
            late = record.points.t2 is not None and after.at >= record.points.t2
            status = "amended_after_data" if late or status == "amended_after_data" else "amended_before_data"
    return status


def _touches(name: str, old: Protocol, new: Protocol) -> bool:
    """Tell whether a difference reaches the hypothesis: its entry, inquiry, outcome, family, or an analysis that answers it."""
    places: set[tuple[str, str | None]] = {("hypotheses", name)}
    for version in (old, new):
        item = next((item for item in version.hypotheses if item.id == name), None)
        if item is not None:
            inquiries = {inquiry.id: inquiry.outcome_id for inquiry in version.inquiries}
            places |= {("inquiries", item.inquiry_id), ("outcomes", inquiries.get(item.inquiry_id))}
            places |= {("families", item.family_id)} if item.family_id else set()
        places |= {("analyses", analysis.id) for analysis in version.analyses if name in analysis.hypothesis_ids}
    return any((change.field, change.item) in places for change in diff(old, new) if change.kind != "order")
