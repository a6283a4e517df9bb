"""The door: a file → originals, archive and quarantine, each row exactly once, whatever crashes in between.

Belongs here: the order of the steps. Every step may be repeated: the original is named by its hash, `receive` recognises the
bytes, the lake takes a submission once, the quarantine file and the verdict are functions of the bytes and the archive before.
Does not: checking (check), comparing with the archive (reconcile).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

import pyarrow as pa

from data.access import check_can
from data.contracts import Contract, load_contract
from data.ethics_gate import Hold, holds, today
from data.lake import Lake
from data.ledger import Ledger
from data.locks import shared
from data.messages import Refused, Text, WrongUsage
from data.originals import is_kept
from data.paths import Workspace
from data.readers import FileContent, staged
from data.readers.open import LONG, sweep
from data.reference import PROGRAMME, check_zone
from data.standing import hidden_on_arrival
from data.submissions import Submission, Verdict, plain_name, receive, settle
from data.withdrawals import intake_lock
from quality.answers import checked
from quality.beside import look_beside
from quality.cells import Context
from quality.check import CheckReport, check_content, read_ahead
from quality.identity_gate import Gate, vault_gate
from quality.originals import keep_original
from quality.problems import Problem, in_order, problem
from quality.quarantine import keep_quarantine
from quality.reconcile import Archive, Reconciled, conflict_problems, reading_problems, reconcile
from quality.review.arrival import Arrival
from quality.verdict import Counts, SubmissionResult, settled_result

ATTEMPTS = {"E-LAKE-02": 3, "E-LAKE-06": 50}
"""A submission that lost a race is compared again: for the same new keys, losing three times in a row is no race any more;
rows that replace others wait until nobody came in between."""


@dataclass(frozen=True)
class _Archive:
    """The stores that one submission touches."""

    workspace: Workspace
    ledger: Ledger
    lake: Lake
    arrival: Arrival


def submit(  # noqa: PLR0913 - what is to be said of a file, all by name
    path: Path,
    *,
    contract: str | Contract,
    zone: str,
    wave: str | None = None,
    actor: str,
    workspace: Workspace,
    run_id: str = "manual",
    correction_reason: str | None = None,
    sole: bool = False,
    answers: Mapping[str, str] | None = None,
) -> SubmissionResult:
    """Take a file in: good rows to the archive, bad rows to quarantine with their reasons, the bytes to the originals.

    Parameters
    ----------
    path
        A regular CSV, TSV, XLSX or Parquet file; it is left where it is.
    contract, zone, wave
        What the file is. A contract of scope `programme` goes with zone `programme`, any other with a pilot zone.
    actor
        Who submits; needs the right to, in that zone.
    correction_reason
        Why rows that the archive holds come with other values. Without a reason such rows go to quarantine (E-KEY-02).
    answers
        What the sender says to remarks on the file: code of the remark → reason. Kept with the delivery, for its reviewer.
    sole
        Refuse a file with a second name (hard link): for folders in which others write.

    Returns
    -------
    SubmissionResult
        `accepted` every row is in the archive; `quarantined` some are not; `rejected` the file could not be read, lacks a
        required column, holds personal numbers, or no ethics decision covers it; `duplicate` these bytes have
        come before.

    Raises
    ------
    NotPermitted, NotFound, WrongUsage
        The actor may not; no such zone, contract or file; zone and contract do not fit.
    Refused
        The path is no regular file; E-ANSWER-01: an answer that cannot be kept.
    """
    agreed = contract if isinstance(contract, Contract) else load_contract(contract)
    _check_scope(agreed, check_zone(zone))
    said = checked(answers)
    role = check_can(actor, "correct" if correction_reason else "submit", zone, workspace=workspace)
    sweep(workspace.staging)
    with (
        staged(Path(path), within=workspace.staging, sole=sole) as opened,
        shared(intake_lock(workspace)),  # a withdrawal waits for us, or we for it
    ):
        return _take_in(opened, agreed, Context(zone, wave), actor, role, workspace, run_id, correction_reason, said)


def _take_in(  # noqa: PLR0913, PLR0917 - what `submit` was told
    opened: FileContent,
    agreed: Contract,
    context: Context,
    actor: str,
    role: str,
    workspace: Workspace,
    run_id: str,
    correction_reason: str | None,
    answers: Mapping[str, str],
) -> SubmissionResult:
    ledger = Ledger.open(workspace)
    zone, wave = str(context.zone), context.wave
    gate = vault_gate(workspace, ledger, agreed, zone)
    report = _first_check(opened, agreed, context, gate, workspace, ledger)
    if report is not None:
        opened = keep_original(workspace, ledger, opened, agreed, report, gate, actor=actor)
    arrival = Arrival(workspace, ledger, agreed, zone, actor, report, answers)
    submission, is_open = receive(
        ledger,
        sha256=opened.sha256,
        file_name=plain_name(opened.name),
        zone=zone,
        contract=agreed.name,
        wave=wave,
        actor=actor,
        correction_reason=correction_reason,
        run_id=run_id,
        beside=arrival.received,
    )
    if not is_open:
        return _duplicate(submission)
    recorded = Context(submission.zone, submission.wave)
    if report is None or recorded != context:  # known bytes; or resumed, and then the first sender's word counts
        beside = look_beside(workspace, ledger, agreed, submission.zone, submission_id=submission.submission_id)
        report = check_content(opened, agreed, recorded, beside, gate)
        if agreed.replaced_columns or report.left_out:  # a crash may have come between the file and its record
            keep_original(workspace, ledger, opened, agreed, report, gate, actor=actor)
    archive = _Archive(workspace, ledger, Lake(workspace, ledger), replace(arrival, report=report))
    return _decided(archive, submission, agreed, report, role)


def _first_check(
    opened: FileContent, agreed: Contract, context: Context, gate: Gate, workspace: Workspace, ledger: Ledger
) -> CheckReport | None:
    """Check a file, unless its bytes are kept: unknown ones may hold what must not be stored.

    Reading a long file begins before its bytes are hashed; if they turn out to be known, it was in vain.
    """
    if opened.size < LONG and is_kept(workspace, opened.sha256):
        return None
    beside = look_beside(workspace, ledger, agreed, context.zone)
    with read_ahead(opened, agreed, beside) as reading:
        known = is_kept(workspace, opened.sha256)
        return None if known else check_content(opened, agreed, context, beside, gate, reading)


def _decided(
    archive: _Archive, submission: Submission, agreed: Contract, report: CheckReport, role: str
) -> SubmissionResult:
    """Let rows enter, unless no ethics decision covers them."""
    held = holds(archive.ledger, zone=submission.zone, contract=agreed.name, on=today())
    if held and archive.lake.committed(submission.submission_id) is None:
        return _hold(archive, submission, report, held, role)
    return _process(archive, submission, agreed, report, role)


def _check_scope(contract: Contract, zone: str) -> None:
    if (contract.scope == PROGRAMME) == (zone == PROGRAMME):
        return
    fitting = Text(en=PROGRAMME, zh=PROGRAMME) if contract.scope == PROGRAMME else Text(en="a pilot zone", zh="试点区")
    raise WrongUsage(
        "E-ZONE-03",
        Text(
            en=f"{contract.name} is submitted for {fitting.en}, not for {zone}.",
            zh=f"{contract.name} 应为 {fitting.zh} 提交，而不是 {zone}。",
        ),
    )


def _duplicate(first: Submission) -> SubmissionResult:
    told = problem("I-DUP-01", {"id": first.submission_id, "when": first.received_at[:16]})
    return SubmissionResult.of(first, "duplicate", Counts(0, 0, 0, 0), (told,))


def _hold(
    archive: _Archive, submission: Submission, report: CheckReport, held: Sequence[Hold], role: str
) -> SubmissionResult:
    """Reject a file that no ethics decision covers: no row of it goes anywhere, not even to quarantine."""
    told = [_told(hold) for hold in held]
    if report.must_not_be_kept:
        told += report.problems
    return _settle(archive, submission, "rejected", Counts(0, 0, 0, 0), told, role)


def _told(hold: Hold) -> Problem:
    values = {"experiment": hold.experiment_id, "zone": hold.zone, "who": hold.responsible, "ended": hold.ended}
    if hold.ended is None:
        return problem("E-ETHICS-02", values)
    return problem("E-ETHICS-01", {**values, "decision": f"{hold.board} {hold.number}"})


def _process(
    archive: _Archive, submission: Submission, contract: Contract, report: CheckReport, role: str
) -> SubmissionResult:
    if report.good is None:
        return _reject(archive, submission, report, role)
    try:
        split = _append(archive, submission, contract, report.good)
    except Refused as refusal:
        told = Problem(code=refusal.code, severity="error", message=refusal.text)
        return _reject(archive, submission, report, role, (told,))
    keep_quarantine(archive.workspace, submission.submission_id, report, split.conflicts)
    counts = Counts(report.rows_read, split.rows.num_rows, report.rows_bad + len(split.conflicts), split.unchanged)
    found = [*conflict_problems(split.conflicts, contract), *reading_problems(split, contract)]
    problems = in_order([*report.problems, *found], contract)
    return _settle(archive, submission, "quarantined" if counts.quarantined else "accepted", counts, problems, role)


def _append(archive: _Archive, submission: Submission, contract: Contract, good: pa.Table) -> Reconciled:
    """Compare with the archive as it was before this submission, and append what is new, once."""
    name, lake = submission.submission_id, archive.lake
    hidden = hidden_on_arrival(archive.ledger, name, is_reviewed=contract.review == "required")
    for attempt in count(1):
        as_of = lake.closed_seq()  # read before `committed`, or a commit in between would be compared with itself
        commit = lake.committed(name)
        before = min(as_of, commit.seq - 1) if commit else as_of
        keys = good["rec_key"]
        known = lake.keys_sql(contract, before, keys) if hidden else None
        compared = Archive(lake.last_word_sql(contract, before, hidden, keys), known)
        split = reconcile(good, contract, compared, is_correction=submission.correction_reason is not None)
        if commit is not None or not split.rows.num_rows:
            return split
        try:
            judged_at = before if split.replaces else None
            lake.append(contract, split.rows, submission_id=name, run_id=submission.run_id, judged_at=judged_at)
        except Refused as refusal:
            if attempt >= ATTEMPTS.get(refusal.code, 0):  # another submission came in between
                raise
        else:
            return split
    raise AssertionError("unreachable")  # pragma: no cover


def _reject(
    archive: _Archive, submission: Submission, report: CheckReport, role: str, more: tuple[Problem, ...] = ()
) -> SubmissionResult:
    """Keep every row of the file in quarantine, or nothing at all of a file that must not be kept."""
    rows = 0
    if report.texts is not None:
        keep_quarantine(archive.workspace, submission.submission_id, report, whole=[told.code for told in more])
        rows = report.rows_read
    return _settle(archive, submission, "rejected", Counts(rows, 0, rows, 0), (*report.problems, *more), role)


def _settle(
    archive: _Archive,
    submission: Submission,
    status: Verdict,
    counts: Counts,
    problems: Sequence[Problem],
    role: str,
) -> SubmissionResult:
    kept = settle(
        archive.ledger,
        submission.submission_id,
        status=status,
        rows_read=counts.read,
        rows_accepted=counts.accepted,
        rows_quarantined=counts.quarantined,
        rows_unchanged=counts.unchanged,
        problems=[told.model_dump(mode="json") for told in problems],
        role=role,
        beside=partial(archive.arrival.settled, status),
    )
    return settled_result(kept)
