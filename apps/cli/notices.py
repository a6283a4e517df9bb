"""`zonelab notices list | send`: what there is to tell, and telling it.

Belongs here: arguments, tables. Does not: occasions, rules, sending (experiments.notices), the hour (orchestration).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli.answer import Answer, lines, table
from apps.cli.door import offer
from apps.cli.workspace import opened
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

ActorOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts: an operator or administrator.")]


def show_list(actor: ActorOption) -> Answer:
    """List what there is to tell now, and how many have not heard of each; sends nothing.

    列出当前待通知事项及尚未收到通知的收件方数；不发送。
    """
    from data.access import check_can
    from experiments.notices.occasions import occasions
    from experiments.notices.sending import fresh
    from experiments.registry.store import Registry

    place, _ = opened()
    check_can(actor, "run", workspace=place)
    registry, now = Registry.open(place), datetime.now(UTC)
    waiting = [item.key for news in fresh(registry, now) for item in news.items]
    found = occasions(registry, now)

    def show(out: Console, language: Language) -> None:
        heads = (("since", "自"), ("kind", "类别"), ("what", "事项"), ("not told yet", "待通知"))
        rows = [[x.since[:10], x.kind, x.text.get(language), waiting.count(x.key)] for x in found]
        title = Text(en="To look at", zh="待处理事项")
        out.print(table(title, [Text(en=en, zh=zh) for en, zh in heads], rows, language))

    document = [
        {**asdict(item), "text": item.text.model_dump(), "not_told_yet": waiting.count(item.key)} for item in found
    ]
    return Answer(document, show)


def send(actor: ActorOption) -> Answer:
    """Tell everybody of notices.yml what they have not heard of yet, once; exit code 1 if a message did not leave.

    按 notices.yml 发送尚未通知的事项，每项至多一次；有消息未能发出时退出码为 1。
    """
    from data.access import check_can
    from experiments.notices.rules import FILE, load_rules
    from experiments.notices.sending import send as tell
    from experiments.registry.store import Registry

    place, _ = opened()
    role = check_can(actor, "run", workspace=place)
    if load_rules(place) is None:
        return Answer([], lines(Text(en=f"There is no {FILE}: nobody is told.", zh=f"没有 {FILE}：不通知任何人。")))
    done = tell(Registry.open(place), datetime.now(UTC), by=actor, role=role)
    failed = [item for item in done if item.error]
    texts = [
        Text(
            en=f"{item.rule} by {item.way}: {item.occasions} told"
            + (f" – FAILED ({item.error})" if item.error else ""),
            zh=f"{item.rule}（{item.way}）：{item.occasions} 项" + (f"——失败（{item.error}）" if item.error else ""),
        )
        for item in done
    ]
    nothing = Text(en="Nothing new to tell.", zh="没有新的事项需要通知。")
    return Answer([asdict(item) for item in done], lines(*(texts or [nothing])), exit_code=1 if failed else 0)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Notices by mail and webhook. 通知。", pretty_exceptions_enable=False)
    offer(group, "list")(show_list)
    offer(group, "send")(send)
    app.add_typer(group, name="notices")
