"""The states of a submission in words: what each is called, what it means, and what comes next and by whom.

Belongs here: the one table, and the state of a file whose verdict is not there. Does not: how a state is reached (quality). A
state that the table does not know takes its name from the life cycle of a data batch, else it is shown as its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.viewer.components import markup
from apps.viewer.language import own
from data.ledger import Event
from data.messages import Text
from data.submissions import Submission
from quality.machines import DATA_BATCH

PATIENCE = timedelta(seconds=60)
"""A file without a verdict for longer than this is called unfinished; sending it again resumes it."""


@dataclass(frozen=True)
class StateWords:
    """One state: `kind` colours the tag."""

    name: Text
    kind: markup.Kind
    meaning: Text
    step: Text


STATES: dict[str, StateWords] = {
    "received": StateWords(
        Text(en="being taken in", zh="入库中"),
        "unsure",
        Text(en="The file has arrived; its rows are being taken in.", zh="文件已收到，正在入库。"),
        Text(en="Reload this page in a moment.", zh="请稍后刷新本页。"),
    ),
    "unfinished": StateWords(
        Text(en="not finished", zh="未完成"),
        "bad",
        Text(
            en="The file has arrived, but there is no verdict: the process may have died. Rows never enter in part unseen.",
            zh="文件已收到，但尚无结论：处理进程可能已中断。数据不会在无记录的情况下部分入库。",
        ),
        Text(
            en="Send the same file again: it goes on where it stopped, and no row enters twice.",
            zh="请重新提交同一文件：系统会从中断处继续，任何行都不会重复入库。",
        ),
    ),
    "accepted": StateWords(
        Text(en="accepted", zh="已接收"),
        "good",
        Text(en="Every row is in the archive.", zh="所有行均已存入档案库。"),
        Text(
            en="Nothing for you to do. The next build takes the rows into the panels.",
            zh="您无需再操作。下一次构建会把这些行纳入面板数据。",
        ),
    ),
    "quarantined": StateWords(
        Text(en="accepted in part", zh="部分接收"),
        "bad",
        Text(
            en="Some rows are in the archive; the others are in quarantine with the reasons below.",
            zh="部分行已存入档案库；其余行已隔离，原因见下。",
        ),
        Text(
            en="Correct the rows listed below and send the file again: rows that are in already do not enter twice.",
            zh="请更正下列各行后重新提交：已入库的行不会重复入库。",
        ),
    ),
    "rejected": StateWords(
        Text(en="rejected", zh="已退回"),
        "bad",
        Text(en="No row is in the archive; the reasons are below.", zh="没有任何行存入档案库，原因见下。"),
        Text(en="Correct the file and send it again.", zh="请更正文件后重新提交。"),
    ),
    "duplicate": StateWords(
        Text(en="sent before", zh="重复提交"),
        "plain",
        Text(en="The same bytes had arrived before; nothing was done again.", zh="相同的文件此前已提交，未重复处理。"),
        Text(en="Nothing for you to do.", zh="您无需再操作。"),
    ),
    "validated": StateWords(
        Text(en="waits for review", zh="等待审核"),
        "unsure",
        Text(en="The rows are in the archive and do not count yet.", zh="数据行已存入档案库，但尚未生效。"),
        Text(en="A data steward, never one of your zone, takes it up.", zh="将由非本区的数据管理员审核。"),
    ),
    "in_review": StateWords(
        Text(en="in review", zh="审核中"),
        "unsure",
        Text(en="A data steward, never one of your zone, looks at it.", zh="由非本区的数据管理员审核。"),
        Text(en="Wait for the verdict; it will stand here.", zh="请等待结论，结果会显示在此处。"),
    ),
    "has_issues": StateWords(
        Text(en="returned with comments", zh="已退回并附意见"),
        "bad",
        Text(en="The data steward asks about the cells below.", zh="数据管理员对下列单元格提出疑问。"),
        Text(en="Answer by a correction.", zh="请提交更正。"),
    ),
    "returned": StateWords(
        Text(en="returned", zh="已退回"),
        "bad",
        Text(en="The rows do not count; the reason is below.", zh="这些行不生效，原因见下。"),
        Text(en="Correct the file and send it again.", zh="请更正文件后重新提交。"),
    ),
    "approved": StateWords(
        Text(en="approved", zh="已批准"),
        "good",
        Text(en="The rows count from the next build on.", zh="这些行从下一次构建起生效。"),
        Text(en="Nothing for you to do.", zh="您无需再操作。"),
    ),
    "released": StateWords(
        Text(en="released", zh="已发布"),
        "good",
        Text(en="The rows are part of a data release.", zh="这些行已纳入数据版本。"),
        Text(en="Nothing for you to do.", zh="您无需再操作。"),
    ),
    "retracted": StateWords(
        Text(en="retracted", zh="已撤回"),
        "bad",
        Text(en="The rows no longer count.", zh="这些行不再计入。"),
        Text(en="Ask the data steward before you send them again.", zh="重新提交前请先询问数据管理员。"),
    ),
}

EVENTS: dict[str, Text] = {
    "submission_received": Text(en="file received", zh="收到文件"),
    "lake_appended": Text(en="rows entered the archive", zh="数据行存入档案库"),
    "batch_validating": Text(en="being checked", zh="校验中"),
    "batch_validated": Text(en="checked", zh="已校验"),
    "batch_failed": Text(en="could not be taken in", zh="未能接收"),
    "batch_approved_by_policy": Text(en="approved by the table's policy", zh="按约定策略自动批准"),
    "batch_waiting": Text(en="waits for review", zh="等待审核"),
    "batch_taken_up": Text(en="taken up for review", zh="开始审核"),
    "batch_issues_raised": Text(en="returned with comments", zh="已退回并附意见"),
    "batch_returned": Text(en="returned", zh="已退回"),
    "batch_approved": Text(en="approved", zh="已批准"),
    "batch_retracted": Text(en="retracted", zh="已撤回"),
    "correction_proposed": Text(en="correction proposed", zh="已提出更正"),
    "correction_accepted": Text(en="correction accepted", zh="更正已接受"),
    "correction_rejected": Text(en="correction rejected", zh="更正未接受"),
    "submission_settled": Text(en="verdict", zh="得出结论"),
}
"""Entries of the ledger about a submission; one that is not here is shown by its kind."""


def state_of(submission: Submission, reviewed: str | None = None, now: datetime | None = None) -> str:
    """Return the state of a submission, told truly: one that waits too long for its verdict is unfinished.

    Parameters
    ----------
    reviewed
        The state that a review has given it; None if nobody reviews it.
    """
    if submission.status != "received":
        return reviewed or submission.status
    waited = (now or datetime.now(UTC)) - datetime.fromisoformat(submission.received_at)
    return "unfinished" if waited > PATIENCE else "received"


def words(state: str) -> StateWords:
    """Return the words of any state."""
    known = STATES.get(state)
    if known is not None:
        return known
    name = DATA_BATCH.states.get(state, Text(en=state, zh=state))
    return StateWords(name, "plain", Text(en="", zh=""), Text(en="", zh=""))


def tag(state: str) -> markup.Html:
    """Return a state as a tag."""
    found = words(state)
    return markup.tag(own(found.name), found.kind)


def names(states: Sequence[str]) -> dict[str, str]:
    """Return what states are called, by code."""
    return {state: own(words(state).name) for state in states}


def event_name(event: Event) -> str:
    """Return what an entry of the ledger is called; of a verdict, which one."""
    said = own(EVENTS.get(event.kind, Text(en=event.kind, zh=event.kind)))
    verdict = event.detail.get("status")
    return f"{said} · {own(words(str(verdict)).name)}" if verdict else said
