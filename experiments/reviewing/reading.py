"""Who may read which reports: the public what was published, the people of the programme what lies in the workspace.

Belongs here: that rule, in one place for pages, downloads and commands; who sees which blind check. Does not: acts, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data.access import Role, roles_of
from data.messages import Language, NotPermitted, Text
from data.paths import Workspace
from data.stale import marks, with_banner
from experiments.report.files import report_file
from experiments.results import RESULTS, load_results
from experiments.reviewing.desk import ReviewDesk
from experiments.reviewing.publishing import folder_of, public_file, reviewed
from experiments.reviewing.records import NEEDED, Check, Comment, ReportRecord
from experiments.tracing.messages import not_found
from experiments.tracing.reports import Reported

Form = Literal["html", "pdf", "docx", "json"]
INSIDE: frozenset[Role] = frozenset(
    {
        "investigator",
        "analyst",
        "methods_reviewer",
        "ethics_reviewer",
        "registrar",
        "data_steward",
        "output_checker",
        "publisher",
        "auditor",
        "operator",
        "administrator",
    }
)
"""Roles whose work needs results before they are published. A zone's people, viewers and the public read what was published."""


@dataclass(frozen=True)
class Readable:
    """A report that somebody may read: `path` is its results file, a public one where `is_public`; `record` its review."""

    reported: Reported
    record: ReportRecord
    is_public: bool

    @property
    def path(self) -> Path:
        """The results file."""
        return self.reported.path

    @property
    def is_retracted(self) -> bool:
        """Whether it was published and taken back: readers are told so and see no number."""
        return self.record.state == "retracted"


def reads_unpublished(user: str, workspace: Workspace) -> bool:
    """Tell whether a user may read reports that nobody has published yet."""
    return bool(INSIDE & set(roles_of(user, workspace)))


def readable(desk: ReviewDesk, user: str) -> list[Readable]:
    """Return the reports that a user may read, by release and experiment; each once.

    People of the programme get the file that lies in the workspace with the state of its review; others the newest published one,
    or the word that it was retracted.
    """
    if reads_unpublished(user, desk.workspace):
        return [Readable(item.reported, item.record, is_public=False) for item in desk.items()]
    return published(desk)


def published(desk: ReviewDesk) -> list[Readable]:
    """Return what the public reads: of each report the version that was published last."""
    newest = {record.report: record for record in desk.all_published()}
    return [_public(desk.workspace, record) for _, record in sorted(newest.items())]


def opened(desk: ReviewDesk, name: str, user: str) -> Readable:
    """Return one report for a user to read.

    Raises
    ------
    NotFound
        E-TRACE-01: there is none of that name that this user may know of.
    NotPermitted
        E-REVIEW-01: it was retracted, and the user reads published reports only.
    PlatformFailed
        E-REVIEW-02: the public copy is not what was published.
    """
    known = readable(desk, user)
    fits = [item for item in known if name in (item.reported.name, item.reported.experiment_id)]
    if not fits:
        raise not_found("E-TRACE-01", name=name, known=", ".join(item.reported.name for item in known) or "–")
    found = fits[-1]
    if found.is_public and found.is_retracted:
        raise NotPermitted("E-REVIEW-01", _RETRACTED.fill(name=found.reported.name, reason=found.record.reason))
    if found.is_public:
        public_file(desk.workspace, found.record, RESULTS)
    return found


def document_of(found: Readable) -> dict[str, Any]:
    """Return the results of a report with what its review says of them, where both checks are in and agree."""
    document = load_results(found.path)
    return reviewed(document, found.record) if found.record.agreed else document


def content(workspace: Workspace, found: Readable, form: Form, language: Language) -> bytes:
    """Return a report as bytes in one form, as its reader gets it.

    Of a public copy these are the published bytes, proved; documents of one that became stale since are made again and say so.
    For the people of the programme the results as they lie there, and the page, PDF or Word file made of them and of the review.

    Raises
    ------
    PlatformFailed
        E-REVIEW-02: the public copy is not what was published.
    Refused
        E-REPORT, E-SDC-11: the file cannot be made, or holds what may not leave.
    """
    name = RESULTS if form == "json" else f"report.{language}.{form}"
    stale = bool(marks(workspace, found.reported.name))
    if found.is_public and not (stale and form in ("pdf", "docx")):
        return public_file(workspace, found.record, name)
    beside = found.path.with_name(name)
    if form == "json" or (beside.is_file() and not found.record.agreed and not (stale and form != "html")):
        return beside.read_bytes()
    made = report_file(document_of(found), language, form, stale=stale)
    return with_banner(made) if stale and form == "html" else made


def visible_checks(record: ReportRecord, viewer: str) -> tuple[tuple[Check, ...], tuple[Comment, ...]]:
    """Return the checks and comments that a viewer may see: their own, and all once both are in.

    Nobody sees more before, the authors included; those of an earlier round stay visible.
    """
    if not record.checks or len(record.checks) >= NEEDED:
        return record.checks, record.comments
    waiting = {item.checker for item in record.checks} - {viewer}
    hidden = {item.at for item in record.checks if item.checker in waiting}
    own = tuple(item for item in record.checks if item.checker == viewer)
    return own, tuple(item for item in record.comments if item.at not in hidden)


def _public(workspace: Workspace, record: ReportRecord) -> Readable:
    path = folder_of(workspace, record) / RESULTS
    return Readable(Reported(record.release_id, record.experiment_id, path), record, is_public=True)


_RETRACTED = Text(en="{name} was published and retracted: {reason}", zh="{name} 已发布后撤稿：{reason}")
