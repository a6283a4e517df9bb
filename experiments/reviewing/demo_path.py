"""The demo's reports on their way to readers: handed in, checked twice, approved, published, by actors named `demo.…`.

Belongs here: the acts in order. Does not: any act (acts), any number. Safe to repeat: a published report is left as it is.
"""

from __future__ import annotations

from typing import Any

from experiments.registry.demo_path import INVESTIGATOR, REVIEWERS
from experiments.registry.store import Registry
from experiments.results import load_results
from experiments.reviewing import acts
from experiments.reviewing.desk import Item, ReviewDesk, findings_to_rate

CHECKERS = ("demo.output_checker", REVIEWERS["ethics"])
PUBLISHER = "demo.publisher"
REASON = "SIMULATED: the data are made up; the rating that the machine proposed stands. 模拟数据：沿用机器建议的评级。"
MIDDLE = "moderate"


def publish_reports(registry: Registry, release_id: str) -> list[str]:
    """Bring the demo's reports on a release to publication; return those that are published.

    Raises
    ------
    NotPermitted
        The workspace has an access list in which the `demo.*` users do not have their roles.
    """
    desk = ReviewDesk(registry)
    ours = [item for item in desk.items() if item.reported.release_id == release_id and _is_ours(desk, item)]
    return [item.reported.name for item in ours if _published(desk, item)]


def _is_ours(desk: ReviewDesk, item: Item) -> bool:
    return INVESTIGATOR in desk.authors(item.record)


def _published(desk: ReviewDesk, item: Item) -> bool:
    name, state = item.reported.name, item.record.state
    if state in ("-", "draft"):
        acts.submit(desk, name, actor=INVESTIGATOR)
        ratings = _ratings(load_results(item.reported.path))
        for checker in CHECKERS:
            acts.check(desk, name, vote="approve", ratings=ratings, actor=checker)
        acts.approve(desk, name, actor=CHECKERS[0])
        state = acts.publish(desk, name, actor=PUBLISHER).state
    return state == "published"


def _ratings(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    proposed = {entry["analysis_id"]: entry.get("certainty", MIDDLE) for entry in document["analyses"]}
    return {name: {"level": proposed[name], "reason": REASON} for name in findings_to_rate(document)}
