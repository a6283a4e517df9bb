"""One submission: the receipt, what it means, its problems and its history.

Belongs here: showing it. Does not: asking for it (submission_reads), words of states (submission_words).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from apps.viewer import submission_reads, submission_words
from apps.viewer.components import markup
from apps.viewer.components.upload import results
from apps.viewer.desk import Desk, link
from apps.viewer.language import moment, number, own, t
from apps.viewer.submission_reads import Told
from data.ledger import Event
from data.reference import zones
from data.submissions import Submission
from quality.problems import Problem


def receipt(desk: Desk, submission_id: str) -> Told:
    """Show the receipt with the state as it is now, the next step, and what is to be corrected."""
    told = submission_reads.one(desk.workspace, desk.who, submission_id)
    submission = told.submission
    state = submission_words.state_of(submission, told.reviewed)
    words = submission_words.words(state)
    markup.heading(t("Receipt"))
    markup.strip(
        [
            (t("Number"), markup.code(submission.submission_id)),
            (t("State"), submission_words.tag(state)),
            (t("Received"), _when(submission)),
            (t("File"), submission.file_name),
        ]
    )
    markup.strip([("SHA-256", markup.code(submission.sha256))])
    _counts(submission)
    markup.callout(own(words.name), [part for part in (own(words.meaning), own(words.step)) if part], "finding")
    _released(told)
    _comments(told)
    _problems(submission)
    return told


def whole(desk: Desk, submission_id: str) -> None:
    """Show a submission with its history and the way to a correction."""
    told = receipt(desk, submission_id)
    submission = told.submission
    where = {"contract": submission.contract, "zone": submission.zone, "of": submission.submission_id}
    if submission.wave:
        where["wave"] = submission.wave
    if submission.zone in submission_reads.zones_of(desk.workspace, desk.who, "submit"):
        markup.callout(t("Something to change?"), [link("upload", t("Upload a correction"), **where)], "empty")
    markup.heading(t("History"))
    columns = [markup.Column(heading) for heading in (t("When"), t("What"), t("By"), t("Ledger"))]
    markup.table(columns, [_event(event) for event in told.history], t("History"))


def _when(submission: Submission) -> markup.Html:
    came = datetime.fromisoformat(submission.received_at)
    known = zones().get(submission.zone)
    local = moment(came, known.timezone) if known else moment(came)
    return markup.Html(f"{markup.safe(local)} <small>{came.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC</small>")


def _counts(submission: Submission) -> None:
    if submission.status == "received":
        return
    markup.tiles(
        [
            (t("Rows in the file"), number(submission.rows_read), ""),
            (t("Entered"), number(submission.rows_accepted), t("new or corrected")),
            (t("Unchanged"), number(submission.rows_unchanged), t("in the archive already")),
            (t("In quarantine"), number(submission.rows_quarantined), t("with the reasons below")),
        ]
    )


def _released(told: Told) -> None:
    if told.release_id is not None:
        markup.note(t("Its rows are in data release {id}.", id=told.release_id))
    elif told.submission.rows_accepted:
        markup.note(t("Its rows are in no data release yet; a release is built every night at two."))


def _comments(told: Told) -> None:
    if not told.comments:
        return
    markup.heading(t("What the reviewers say"))
    columns = [markup.Column(heading) for heading in (t("Row"), t("Column"))]
    columns += [markup.Column(t("Comment"), "prose"), markup.Column(t("By")), markup.Column(t("When"))]
    rows = [
        ["–" if c.row is None else c.row, c.column or "–", c.text, c.by, moment(datetime.fromisoformat(c.at))]
        for c in told.comments
    ]
    markup.table(columns, rows, t("What the reviewers say"))


def _problems(submission: Submission) -> None:
    problems: Sequence[Problem] = [Problem.model_validate(found) for found in submission.problems]
    if problems:
        markup.heading(t("What was found"))
        results.listing(problems, t("What was found"))


def _event(event: Event) -> Sequence[object]:
    when = moment(datetime.fromisoformat(event.at_utc))
    return [when, submission_words.event_name(event), event.actor, markup.code(event.seq)]
