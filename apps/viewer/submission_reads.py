"""What the Upload and My submissions pages read: the zones of a user, their submissions, one submission with its history.

Belongs here: asking the catalogue, and which of it a user may see. Does not: drawing, states in words (submission_words). The
zones come from the access list: no form and no address can name another.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.viewer import reads
from apps.viewer.acting import Acting
from apps.viewer.drafting import ledger_of
from data.access import Verb, zones_open_to
from data.contracts import contract_names, load_contract
from data.lake import Lake
from data.ledger import Event
from data.messages import NotFound, Text
from data.paths import Workspace
from data.reference import PROGRAMME, zones
from data.submissions import Submission, find, submissions

REVIEWS = (
    "batch_waiting",
    "batch_taken_up",
    "batch_issues_raised",
    "batch_returned",
    "batch_approved",
    "batch_retracted",
)
"""Entries of the ledger by which a person or the need of one gives a submission a state, named in `to`."""


@dataclass(frozen=True)
class Comment:
    """What a reviewer says about a cell, or (no row) about the whole file."""

    row: int | None
    column: str | None
    text: str
    by: str
    at: str


@dataclass(frozen=True)
class Told:
    """One submission with what is known of it.

    `reviewed` is the state that a review has given it (None: nobody reviews it), `release_id` the release that its rows are in
    (None: in none yet).
    """

    submission: Submission
    history: tuple[Event, ...]
    release_id: str | None
    reviewed: str | None
    comments: tuple[Comment, ...]


def zones_of(workspace: Workspace, who: Acting, verb: Verb) -> tuple[str, ...]:
    """Return the zones in which a user may do `verb`: pilot zones in the order of the seed file, then the programme."""
    return zones_open_to(who.user, verb, [*zones(), PROGRAMME], workspace=workspace)


def zone_name(zone: str) -> Text:
    """Return what a zone is called."""
    known = zones().get(zone)
    return (
        known.name
        if known
        else Text(en="whole programme", zh="整个项目")
        if zone == PROGRAMME
        else Text(en=zone, zh=zone)
    )


def contract_title(name: str) -> Text:
    """Return what a contract is called; its name if it is no longer shipped."""
    return load_contract(name).title if name in contract_names() else Text(en=name, zh=name)


def listed(workspace: Workspace, who: Acting) -> list[Submission]:
    """Return the submissions of a user's zones, the newest first."""
    own = set(zones_of(workspace, who, "correct"))
    return [item for item in reversed(submissions(ledger_of(workspace.home))) if item.zone in own]


def review_states(workspace: Workspace) -> dict[str, str]:
    """Return the state that a review has given to each submission that has been reviewed or waits for it."""
    ledger = ledger_of(workspace.home)
    events = [event for kind in REVIEWS for event in ledger.events(kind=kind)]
    return {event.object_id: str(event.detail["to"]) for event in sorted(events, key=lambda event: event.seq)}


def last_of(workspace: Workspace, zone: str, contract: str) -> Submission | None:
    """Return the newest submission of a table in a zone."""
    every = submissions(ledger_of(workspace.home))
    found = [item for item in every if (item.zone, item.contract) == (zone, contract)]
    return found[-1] if found else None


def one(workspace: Workspace, who: Acting, submission_id: str) -> Told:
    """Return one submission.

    Raises
    ------
    NotFound
        E-SUB-01: there is none of this id, or it is not of the user's zones: the two are told alike.
    """
    ledger = ledger_of(workspace.home)
    found = find(ledger, submission_id)
    if found.zone not in zones_of(workspace, who, "correct"):
        raise NotFound(
            "E-SUB-01",
            Text(en=f"There is no submission {submission_id}.", zh=f"没有编号为 {submission_id} 的提交。"),
        )
    commit = Lake(workspace, ledger).committed(submission_id)
    release = reads.latest_release(workspace)
    inside = commit is not None and release is not None and commit.seq <= release.as_of_seq
    history = tuple(ledger.events(object_id=submission_id))
    reviewed = [str(event.detail["to"]) for event in history if event.kind in REVIEWS]
    return Told(
        found,
        history,
        release.release_id if inside and release is not None else None,
        reviewed[-1] if reviewed else None,
        tuple(comment for event in history for comment in _comments(event)),
    )


def _comments(event: Event) -> list[Comment]:
    if event.kind not in REVIEWS:
        return []
    said = event.detail
    about = [(item.get("row"), item.get("column"), item.get("reason")) for item in said.get("issues", ())]
    about += [(None, None, said["reason"])] if said.get("reason") else []
    return [Comment(row, column, str(text or ""), event.actor, event.at_utc) for row, column, text in about]
