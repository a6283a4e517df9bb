"""`zonelab release build | list | show | verify`, and with `release_exports` export and diff: immutable versions of the panels.

Belongs here: releases as tables and JSON. Does not: what a release pins (data.releases).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli import release_codebook, release_exports
from apps.cli.answer import Answer, Show, lines, table
from apps.cli.differences import in_turn
from apps.cli.door import offer
from apps.cli.workspace import opened, verdict
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.generations import TableInfo
    from data.releases import Release

ReleaseArgument = Annotated[str, typer.Argument(metavar="ID", help="A release, or latest.")]
OptionalRelease = Annotated[str | None, typer.Argument(metavar="[ID]", help="A release; none: all.")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]


def build(actor: UserOption = "command-line") -> Answer:
    """Name the current panels for good; unchanged panels give the release that exists."""
    from data import access
    from quality.comparing.changelog import keep_changelog
    from quality.review.releasing import build_release

    place, ledger = opened()
    access.check_can(actor, "release", workspace=place)
    made = build_release(place, ledger, actor=actor, run_id="manual")
    return _one(made, keep_changelog(place, ledger, made))


def show_list() -> Answer:
    """List the releases, oldest first."""
    from data.releases import list_releases

    place, _ = opened()
    found = list_releases(place)

    def show(out: Console, language: Language) -> None:
        pairs = [
            ("release", "发布版本"),
            ("built", "生成时间"),
            ("tables", "表"),
            ("rows", "行"),
            ("simulated", "模拟"),
        ]
        rows = [
            [r.release_id, r.built_at, len(r.tables), sum(t.rows for t in r.tables.values()), r.simulated]
            for r in found
        ]
        columns = [Text(en=en, zh=zh) for en, zh in pairs]
        out.print(table(Text(en="Releases", zh="发布版本"), columns, rows, language))

    return Answer([_document(release) for release in found], show)


def show_one(release_id: ReleaseArgument) -> Answer:
    """Show what a release pins: tables, contracts, code, submissions; and its changelog."""
    from data.releases import load_release
    from quality.comparing.changelog import kept_changelog

    place, _ = opened()
    found = load_release(place, release_id)
    return _one(found, kept_changelog(place, found.release_id))


def verify(release_id: OptionalRelease = None) -> Answer:
    """Recompute a release, or all; exit code 1 if anything is not as recorded."""
    from data import releases

    place, ledger = opened()
    return verdict(releases.verify(place, release_id, ledger=ledger))


def accounts(release_id: ReleaseArgument) -> Answer:
    """Tell what became of every row that was read for a table: shown, or why not; exit code 1 if rows are missing.

    逐表说明每一行的去向：已纳入，或未纳入的原因；若有行下落不明则退出码为 1。
    """
    from data.releases import load_release
    from quality.row_balance import balances

    place, ledger = opened()
    found = [balance.as_row() for balance in balances(place, ledger, load_release(place, release_id))]
    return Answer(found, _accounts_shown(found), exit_code=1 if any(row["gap"] for row in found) else 0)


ACCOUNTS = {
    "table": Text(en="table", zh="表"),
    "received": Text(en="received", zh="读入"),
    "corrected": Text(en="corrected", zh="更正"),
    "quarantined": Text(en="set aside", zh="隔离"),
    "unchanged": Text(en="unchanged", zh="未变"),
    "held": Text(en="held", zh="未生效"),
    "superseded": Text(en="replaced", zh="被取代"),
    "retracted": Text(en="retracted", zh="撤回"),
    "withdrawn": Text(en="withdrawn", zh="撤回同意"),
    "shown": Text(en="shown", zh="纳入"),
    "gap": Text(en="missing", zh="下落不明"),
}


def _accounts_shown(rows: list[dict[str, Any]]) -> Show:
    def show(out: Console, language: Language) -> None:
        title = Text(en="Rows accounted for", zh="行数核对")
        out.print(table(title, list(ACCOUNTS.values()), [[row[name] for name in ACCOUNTS] for row in rows], language))

    return show


def _document(release: Release) -> dict[str, Any]:
    return {
        "release_id": release.release_id,
        "generation_id": release.generation_id,
        "as_of_seq": release.as_of_seq,
        "simulated": release.simulated,
        "built_at": release.built_at,
        "excluded": [asdict(item) for item in release.excluded],
        "tables": {mart: {"rows": info.rows, "sha256": info.sha256} for mart, info in _today(release).items()},
        "rewritten_by": list(release.rewritten_by),
        "contracts": release.contracts,
        "code": {"commit": release.code.commit, "dirty": release.code.dirty},
        "submissions": list(release.submissions),
    }


def _today(release: Release) -> dict[str, TableInfo]:
    """Return the tables as they are today: minus the people who withdrew since."""
    return {mart: release.now(mart) for mart in release.tables}


def _one(release: Release, changes: dict[str, Any] | None) -> Answer:
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if release.simulated else Text(en="", zh="")
    head = Text(en=f"{release.release_id}{marked.en}", zh=f"{release.release_id}{marked.zh}")
    return Answer({**_document(release), "changelog": changes}, in_turn(_tables(head, release), _changes(changes)))


def _tables(head: Text, release: Release) -> Show:
    def show(out: Console, language: Language) -> None:
        lines(head)(out, language)
        columns = [Text(en="table", zh="表"), Text(en="rows", zh="行"), Text(en="sha256", zh="sha256")]
        rows = [[mart, info.rows, info.sha256[:16]] for mart, info in _today(release).items()]
        out.print(table(Text(en="Tables", zh="数据表"), columns, rows, language))
        if release.rewritten_by:
            since = ", ".join(release.rewritten_by)
            said = Text(en=f"As they are since {since}; see verify.", zh=f"为 {since} 之后的状态；可用 verify 核验。")
            lines(said)(out, language)

    return show


def _changes(changes: dict[str, Any] | None) -> Show:
    if changes is None:
        return lines()
    since = Text(en=f"Since {changes['since']}:", zh=f"自 {changes['since']} 以来：")
    return lines(since, *(Text(**line) for line in changes["lines"]))


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Immutable versions of the panels.", pretty_exceptions_enable=False)
    offer(group, "build")(build)
    offer(group, "list")(show_list)
    offer(group, "show")(show_one)
    offer(group, "verify")(verify)
    offer(group, "accounts")(accounts)
    release_exports.register(group)
    release_codebook.register(group)
    app.add_typer(group, name="release")
