"""`zonelab feed mqtt | sql`: what comes by itself is laid into the drop folder.

Belongs here: arguments, signals, progress. Does not: fetching (data.feeds), taking what was laid down (quality.inbox).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from apps.cli.answer import Answer, lines, say
from apps.cli.door import language, offer
from data.messages import Text

if TYPE_CHECKING:
    from data.feeds.config import Feed, MqttFeed, SqlFeed
    from data.feeds.sql_run import Fetched
    from data.paths import Workspace

ConfigOption = Annotated[Path, typer.Option("--config", metavar="FILE", help="The feed: data/feeds/README.md.")]
UserOption = Annotated[
    str, typer.Option("--as", metavar="USER", help="Who acts: must be allowed to submit in the zone.")
]
SecondsOption = Annotated[
    float | None, typer.Option("--seconds", metavar="N", min=0, help="Stop after so long; else with Ctrl-C or SIGTERM.")
]

OnceOption = Annotated[bool, typer.Option("--once", help="Fetch once and end; else every `every_minutes`.")]


def mqtt(config: ConfigOption, actor: UserOption, seconds: SecondsOption = None) -> Answer:
    """Subscribe to a broker; messages become files in the drop folder. Runs until Ctrl-C or SIGTERM."""
    from data.feeds.subscriber import subscribe

    feed, place = _permitted(config, "mqtt", actor)
    with _stopped_by_signals() as stop:
        tally = subscribe(
            cast("MqttFeed", feed), place, stop=stop, tell=lambda text: say(text, language()), seconds=seconds
        )
    done = Text(
        en=f"{tally.received:,} messages: {tally.delivered:,} rows in {len(tally.files)} files, {tally.repeated:,} repeated,"
        f" {tally.aside:,} kept aside.",
        zh=f"{tally.received:,} 条消息：{tally.delivered:,} 行写入 {len(tally.files)} 个文件，重复 {tally.repeated:,} 行，"
        f"另存 {tally.aside:,} 条。",
    )
    return Answer({"feed": feed.name, **asdict(tally)}, lines(done))


def sql(config: ConfigOption, actor: UserOption, once: OnceOption = False) -> Answer:  # noqa: FBT002 - a flag of the command line
    """Fetch what is new in a database; rows become files in the drop folder. Without --once again and again until Ctrl-C."""
    from data.feeds.sql_run import fetch

    feed, place = _permitted(config, "sql", actor)
    wanted = cast("SqlFeed", feed)
    runs: list[Fetched] = []
    with _stopped_by_signals() as stop:
        while not runs or not (once or stop.wait(wanted.every_minutes * 60)):
            runs.append(fetch(wanted, place, tell=lambda text: say(text, language())))
    files = [file for run in runs for file in run.files]
    rows, lost = sum(run.rows for run in runs), runs[-1].unordered
    done = Text(en=f"{rows:,} rows in {len(files)} files.", zh=f"{rows:,} 行写入 {len(files)} 个文件。")
    document = {"feed": feed.name, "rows": rows, "files": files, "unordered": lost}
    return Answer(document, lines(done), exit_code=1 if lost else 0)


def _permitted(config: Path, kind: Literal["mqtt", "sql"], actor: str) -> tuple[Feed, Workspace]:
    """Return the feed and the workspace; the zone is the configuration's, and the actor must be allowed to submit there."""
    from apps.cli.workspace import opened
    from data.access import check_can
    from data.feeds.config import load_feed

    feed = load_feed(config, kind)
    place, _ = opened()
    check_can(actor, "submit", feed.zone, workspace=place)
    return feed, place


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C and SIGTERM set, so that what has come is delivered before the end."""
    stop = threading.Event()
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in wanted}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="What comes by itself: messages of a broker, rows of a database.")
    offer(group, "mqtt")(mqtt)
    offer(group, "sql")(sql)
    app.add_typer(group, name="feed")
