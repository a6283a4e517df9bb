"""Page Queue: what waits for somebody — plans under review, and reports on their way to readers.

Belongs here: the order of the two lists. Does not: reviewing (app_pages.review), who may do what (experiments).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from apps.viewer import registry_reads
from apps.viewer.app_pages import review
from apps.viewer.components import markup, report_standing
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, moment, own, t
from data.lifecycle import ABSENT
from experiments.registry.machines_results import REPORT
from experiments.results import load_results
from experiments.reviewing.desk import Item, ReviewDesk

TITLE = N_("Queue")
GROUP = "review"
ROLES = review.EVERYBODY
DONE = ("published", "rejected", "retracted", "superseded")


def show(desk: Desk) -> None:
    """Show what waits."""
    markup.title(t("Queue"), lead=t("Plans and reports that wait for a review, a decision or publication."))
    reviews = registry_reads.reviews(desk.workspace)
    _reports(desk, reviews, [item for item in reviews.items() if item.record.state not in DONE])
    if desk.who.may_be(review.ROLES_OF_PLANS):
        review.waiting(desk, list(registry_reads.registry(desk.workspace).records()))


def _reports(desk: Desk, reviews: ReviewDesk, items: Sequence[Item]) -> None:
    markup.heading(
        t("Reports"), t("Each is checked by two persons who do not see each other's check, and published by a third.")
    )
    if not items:
        markup.note(t("Nothing waits for you."))
        return
    headings = (t("Report"), t("Data release"), t("State"), t("Since"), t("For you"))
    columns = [markup.Column(heading) for heading in headings]
    markup.table(columns, [_cells(desk, reviews, item) for item in items], t("Reports"))


def _cells(desk: Desk, reviews: ReviewDesk, item: Item) -> markup.Cells:
    record = item.record
    title = link("review", own(load_results(item.reported.path)["title"]), report=item.reported.name)
    name = markup.Html(f"{markup.code(record.experiment_id).text} {title.text}")
    return [
        name,
        markup.code(record.release_id),
        report_standing.tag(record),
        _since(record.since),
        _for(desk, reviews, item),
    ]


def _since(since: str) -> str:
    if not since:
        return "–"
    begun = datetime.fromisoformat(since)
    days = (datetime.now(UTC) - begun).days
    return moment(begun) if days < 1 else t("{when} ({n} days)", when=moment(begun), n=days)


def _for(desk: Desk, reviews: ReviewDesk, item: Item) -> str:
    """Return what the user can do about a report, or what keeps them from it."""
    record, user = item.record, desk.who.user
    offered = {move.action: own(move.label) for move in REPORT.allowed(record.state, desk.who.roles)}
    if record.state == ABSENT:
        offered = {"submit": own(REPORT.transitions[0].label)} if "draft" in offered else {}
    authored = user in reviews.authors(record)
    blocked = {"check", "approve", "return", "reject", "publish", "grant_exception"} if authored else set()
    if user in record.checkers:
        blocked |= {"check", "publish"}
    left = [label for action, label in offered.items() if action not in blocked]
    if left:
        return t(", ").join(left)
    if offered:
        return t("You wrote it") if authored else t("You have checked it")
    return "–"
