"""What must happen now with a delivery, who must act, and by which command.

Belongs here: reading this off a record. Does not: whether the act will be allowed (guards), sending anything to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from data.messages import Text
from quality.review.records import Delivery


@dataclass(frozen=True)
class Step:
    """One thing that waits, the role whose turn it is, and the command."""

    what: Text
    role: str
    command: str

    def document(self) -> dict[str, Any]:
        """Return the step as commands print it."""
        return {"what": self.what.model_dump(), "role": self.role, "command": self.command}


def next_steps(delivery: Delivery) -> tuple[Step, ...]:
    """Return what waits for somebody; nothing for a delivery that is approved and has no open correction."""
    by_state: dict[str, Callable[[Delivery], Iterator[Step]]] = {
        "validated": _validated,
        "in_review": _in_review,
        "has_issues": _has_issues,
        "returned": _again,
        "failed": _again,
    }
    found = [*(_decide(delivery) if delivery.state not in ("returned", "retracted") else ())]
    if delivery.state in by_state:
        found += by_state[delivery.state](delivery)
    return tuple(found)


def _decide(delivery: Delivery) -> Iterator[Step]:
    for item in delivery.proposed:
        yield Step(
            Text(en=f"Decide on correction {item.correction_id}", zh=f"决定更正 {item.correction_id}"),
            "data_steward",
            f"zonelab correct accept {item.correction_id} --as USER",
        )


def _validated(delivery: Delivery) -> Iterator[Step]:
    what = Text(en="Take it up for review", zh="开始审核")
    yield Step(what, "data_steward", f"zonelab batch take-up {delivery.id} --as USER")


def _in_review(delivery: Delivery) -> Iterator[Step]:
    if delivery.open_issues:
        yield from _correct(delivery)
    elif not delivery.proposed:
        what = Text(en="Approve it, raise issues or return it", zh="批准、提出问题或退回")
        yield Step(what, "data_steward", f"zonelab batch approve {delivery.id} --as USER")


def _has_issues(delivery: Delivery) -> Iterator[Step]:
    if not delivery.proposed:
        yield from _correct(delivery)


def _correct(delivery: Delivery) -> Iterator[Step]:
    number = len(delivery.open_issues)
    what = Text(en=f"Answer {number} open issues with a correction", zh=f"以更正回复 {number} 个未解决的问题")
    yield Step(what, "zone_lead", f"zonelab correct propose FILE --batch {delivery.id} --as USER")


def _again(delivery: Delivery) -> Iterator[Step]:
    sent = delivery.submission
    what = Text(en="Put the file right and send it again", zh="修正文件后重新提交")
    command = f"zonelab submit FILE --contract {sent.contract} --zone {sent.zone} --as USER"
    yield Step(what, "zone_operator", command)
