"""`zonelab review …`: reports on their way to readers — handed in, checked twice, decided, published, retracted.

Belongs here: arguments, one call of a documented function each. Does not: what is allowed (experiments.reviewing), the review of
plans (protocols).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, table
from apps.cli.door import offer
from apps.cli.protocol_arguments import chosen_vote, one_of, registry_opened
from apps.cli.tracing import ReportArgument
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.reviewing.desk import ReviewDesk
    from experiments.reviewing.records import ReportRecord

ActorOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts. 操作人。")]
ReaderOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who reads. 读者。")]
VoteOption = Annotated[str, typer.Option("--vote", metavar="V", help="approve, changes or reject. 意见。")]
RatingsOption = Annotated[
    Path | None,
    typer.Option("--ratings", metavar="FILE.yml", help="Of each analysis `level` and `reason`. 各项确定性评级与理由。"),
]
RatingOption = Annotated[
    list[str] | None, typer.Option("--rating", metavar="ID=LEVEL:REASON", help="One of them; repeatable. 单项评级。")
]
CommentOption = Annotated[
    list[str] | None, typer.Option("--comment", metavar="SECTION:TEXT", help="Repeatable. 意见，可重复。")
]
ShaOption = Annotated[
    str | None, typer.Option("--sha256", metavar="SHA", help="Of the results you looked at. 所审阅结果文件的哈希。")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. 理由。")]


def review_list(actor: ReaderOption = "command-line") -> Answer:
    """List the reports that the user may read, with the state of their review.

    列出可读的报告及其评审状态。
    """
    from experiments.reviewing.reading import readable

    found = [_brief(item.record) for item in readable(_desk(), actor)]
    return Answer(found, _listed(found))


def review_show(report: ReportArgument, actor: ReaderOption = "command-line") -> Answer:
    """Show the review of a report: state, checks and comments that the user may see, what comes next.

    显示评审情况。
    """
    from experiments.reviewing.reading import opened

    desk = _desk()
    return _told(desk, opened(desk, report, actor).record, actor)


def review_submit(report: ReportArgument, actor: ActorOption) -> Answer:
    """Hand a report in for review (its team's act).

    提交报告评审（团队）。
    """
    from experiments.reviewing import acts

    desk = _desk()
    return _told(desk, acts.submit(desk, report, actor=actor), actor)


def review_check(
    report: ReportArgument,
    actor: ActorOption,
    vote: VoteOption,
    ratings: RatingsOption = None,
    rating: RatingOption = None,
    comment: CommentOption = None,
    sha256: ShaOption = None,
) -> Answer:
    """Give one of the two blind checks: a vote, the certainty of each finding with its reason, comments on sections.

    给出两次独立审核之一：意见、每项结果的确定性评级与理由、针对章节的评论。
    """
    from experiments.reviewing import acts

    desk = _desk()
    told = {**_ratings_of(ratings), **dict(_rating(item) for item in rating or ())}
    said = [
        dict(zip(("section", "text"), _two(item, ":", "--comment SECTION:TEXT"), strict=True)) for item in comment or ()
    ]
    found = acts.check(desk, report, vote=chosen_vote(vote), ratings=told, comments=said, sha256=sha256, actor=actor)
    return _told(desk, found, actor)


def review_answer(
    report: ReportArgument,
    comment: Annotated[str, typer.Option("--comment", metavar="ID", help="Such as C1.1. 意见编号。")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="The answer. 回复。")],
    actor: ActorOption,
) -> Answer:
    """Answer a checker's comment (its team's act).

    回复评审意见（团队）。
    """
    from experiments.reviewing import acts

    desk = _desk()
    return _told(desk, acts.answer(desk, report, comment=comment, text=text, actor=actor), actor)


def review_decide(
    report: ReportArgument,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="approve, return, reject or revise. 操作。")],
    actor: ActorOption,
    reason: ReasonOption = "",
) -> Answer:
    """Approve, return or reject a checked report (one of its checkers), or take a returned one up again (its team).

    批准、退回或否决已审核的报告（审核人之一），或重新修改被退回的报告（团队）。
    """
    from typing import Literal

    from experiments.reviewing import acts

    chosen = one_of("ACTION", action, Literal["approve", "return", "reject", "revise"])
    desk = _desk()
    done = {
        "approve": lambda: acts.approve(desk, report, actor=actor),
        "return": lambda: acts.give_back(desk, report, actor=actor),
        "reject": lambda: acts.reject(desk, report, reason=reason, actor=actor),
        "revise": lambda: acts.revise(desk, report, actor=actor),
    }
    return _told(desk, done[chosen](), actor)


def review_except(
    report: ReportArgument,
    rule: Annotated[str, typer.Option("--rule", metavar="RULE", help="Of the finding, such as R12. 规则。")],
    reason: ReasonOption,
    actor: ActorOption,
) -> Answer:
    """Let pass what the disclosure check found: the act of a third person.

    准予披露例外（第三人）。
    """
    from experiments.reviewing import acts

    desk = _desk()
    return _told(desk, acts.grant_exception(desk, report, rule=rule, reason=reason, actor=actor), actor)


def review_publish(report: ReportArgument, actor: ActorOption) -> Answer:
    """Publish an approved report (a publisher who neither wrote nor checked it).

    发布已批准的报告（发布人）。
    """
    from experiments.reviewing import acts

    desk = _desk()
    return _told(desk, acts.publish(desk, report, actor=actor), actor)


def review_retract(report: ReportArgument, reason: ReasonOption, actor: ActorOption) -> Answer:
    """Retract a published report; readers are told so in its place.

    撤回已发布的报告。
    """
    from experiments.reviewing import acts
    from experiments.reviewing.reading import published

    desk = _desk()
    known = {item.reported.name: item.record.key for item in published(desk)}
    known |= {name.split("/")[1]: key for name, key in known.items()}
    return _told(desk, acts.retract(desk, known.get(report, report), reason=reason, actor=actor), actor)


def _desk() -> ReviewDesk:
    from experiments.reviewing.desk import ReviewDesk

    return ReviewDesk(registry_opened())


def _brief(record: ReportRecord) -> dict[str, Any]:
    return {
        "report": record.report,
        "sha256": record.sha256,
        "state": "not_submitted" if record.state == "-" else record.state,
        "since": record.since or None,
        "checks": len(record.checks),
    }


def _told(desk: ReviewDesk, record: ReportRecord, actor: str) -> Answer:
    """Return a review as the actor may see it."""
    from dataclasses import asdict

    from experiments.reviewing.lint import findings
    from experiments.reviewing.reading import reads_unpublished, visible_checks

    checks, comments = visible_checks(record, actor)
    inside = reads_unpublished(actor, desk.workspace)
    document = {
        **_brief(record),
        "certainty": record.certainty,
        "votes": [{"role": item.role, "vote": item.vote, "own": item.checker == actor} for item in checks],
        "comments": [{key: asdict(item)[key] for key in ("id", "section", "text", "answer")} for item in comments],
        "exceptions": [{"rule": item.rule, "reason": item.reason} for item in record.exceptions],
        "published_files": dict(record.published.files) if record.published else {},
    }
    if inside and record.state in ("-", "draft"):
        found = findings(desk.workspace, desk.ledger, desk.item(record.report).reported)
        document["disclosure"] = [{"rule": item.rule, **item.text.model_dump()} for item in found]
    return Answer(document, _shown(document))


def _ratings_of(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from apps.cli.files import existing
    from data.yaml_text import read_yaml

    content = read_yaml(existing(path).read_text(encoding="utf-8"))
    if isinstance(content, dict) and all(
        isinstance(item, dict) and {"level", "reason"} <= set(item) for item in content.values()
    ):
        return content
    said = Text(
        en=f"{path.name} does not give each analysis a level and a reason.",
        zh=f"{path.name} 未为每项分析给出 level 与 reason。",
    )
    raise WrongUsage("E-USAGE-14", said)


def _rating(given: str) -> tuple[str, dict[str, str]]:
    how = "--rating ID=LEVEL:REASON"
    name, told = _two(given, "=", how)
    level, reason = _two(told, ":", how)
    return name, {"level": level, "reason": reason}


def _two(given: str, mark: str, how: str) -> tuple[str, str]:
    one, found, two = given.partition(mark)
    if not found:
        raise WrongUsage("E-USAGE-15", Text(en=f"Write {how}.", zh=f"请写作 {how}。"))
    return one.strip(), two.strip()


def _listed(found: list[dict[str, Any]]) -> Show:
    def show(out: Console, language: Language) -> None:
        columns = [Text(en="report", zh="报告"), Text(en="state", zh="状态"), Text(en="checks", zh="审核")]
        rows = [[item["report"], item["state"], item["checks"]] for item in found]
        out.print(table(Text(en="Reports", zh="报告"), columns, rows, language))

    return show


def _shown(document: dict[str, Any]) -> Show:
    def show(out: Console, language: Language) -> None:
        head = {key: document[key] for key in ("report", "state", "checks")}
        head["sha256"] = document["sha256"][:16]
        columns = [Text(en="field", zh="项目"), Text(en="value", zh="内容")]
        out.print(table(Text(en="Review", zh="评审"), columns, list(head.items()), language))
        for name, level in document["certainty"].items():
            out.print(f"{name}: {level}", markup=False)
        for item in document["comments"]:
            out.print(f"{item['id']} {item['section']}: {item['text']} → {item['answer'] or '–'}", markup=False)
        for item in document.get("disclosure", ()):
            out.print(f"{item['rule']}: {item[language]}", style="bold", markup=False)

    return show


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(name="review", help="Reports: check, decide, publish. 报告评审与发布。", no_args_is_help=True)
    acts = (review_list, review_show, review_submit, review_check, review_answer, review_decide, review_except)
    for function in (*acts, review_publish, review_retract):
        offer(group, function.__name__.removeprefix("review_"))(function)
    app.add_typer(group)
