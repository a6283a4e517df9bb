"""The changelog of a release: what is new since another, in sentences of both languages, kept beside its manifest.

Belongs here: difference + reasons → sentences, and the file. Does not: distributions, which are outcomes: who keeps a changelog
has read none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.durable import make_folder, write_text
from data.ledger import Ledger
from data.messages import Text
from data.paths import Workspace
from data.releases import Release, list_releases
from quality.comparing.difference import Difference, TableDifference, difference
from quality.comparing.why import Reasons, reasons
from quality.disclosure import MIN_CELL

FOLDER = "changes"


def changelog_path(workspace: Workspace, release_id: str) -> Path:
    """Return where the changelog of a release is kept."""
    return workspace.releases / FOLDER / f"{release_id}.json"


def kept_changelog(workspace: Workspace, release_id: str) -> dict[str, Any] | None:
    """Return the changelog that was kept with a release: `since`, and `lines` of both languages; None for the first release."""
    path = changelog_path(workspace, release_id)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def keep_changelog(workspace: Workspace, ledger: Ledger, release: Release) -> dict[str, Any] | None:
    """Compare a release with the one before it and keep what changed; what is kept already stays."""
    before = [item for item in list_releases(workspace) if item.built_at < release.built_at]
    if not before or changelog_path(workspace, release.release_id).is_file():
        return kept_changelog(workspace, release.release_id)
    previous = max(before, key=lambda item: item.built_at)
    lines = changelog(difference(previous, release), reasons(ledger, previous, release))
    document = {"since": previous.release_id, "lines": [line.model_dump() for line in lines]}
    make_folder(workspace.releases / FOLDER)
    write_text(changelog_path(workspace, release.release_id), json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return document


def changelog(found: Difference, why: Reasons) -> list[Text]:
    """Return the sentences: tables, then reasons."""
    texts = [_ADDED.fill(table=name) for name in found.tables_added]
    texts += [_REMOVED.fill(table=name) for name in found.tables_removed]
    texts += [line for item in found.tables for line in _of_table(item)]
    texts += list(_of_reasons(why))
    return texts or [_NOTHING]


def number(value: int | None) -> Text:
    """Return a count in words: one that is held back is fewer than the smallest cell.

    >>> number(1200).en, number(None).zh
    ('1,200', '少于 10 个单位')
    """
    if value is None:
        return Text(en=f"fewer than {MIN_CELL} units'", zh=f"少于 {MIN_CELL} 个单位")
    return Text(en=f"{value:,}", zh=f"{value:,}")


def _of_table(item: TableDifference) -> Iterator[Text]:
    parts = {name: number(getattr(item, name)) for name in ("added", "removed", "changed")}
    yield _ROWS.fill(table=item.table, **parts)
    for names, text in (
        (item.columns_added, _NEW_COLUMNS),
        (item.columns_removed, _GONE_COLUMNS),
        (item.types_changed, _TYPES),
    ):
        if names:
            yield text.fill(table=item.table, names=", ".join(names))
    touched = {name: number(count) for name, count in item.values.items() if count != 0}
    if touched:
        yield Text(
            en=f"{item.table}: values changed by column: {', '.join(f'{n} {t.en}' for n, t in touched.items())}.",
            zh=f"{item.table}：各列更改的值：{'，'.join(f'{n} {t.zh}' for n, t in touched.items())}。",
        )


def _of_reasons(why: Reasons) -> Iterator[Text]:
    for place, names in why.arrived.items():
        yield _ARRIVED.fill(place=place, n=len(names), names=", ".join(names))
    for name, reason in why.gone.items():
        yield _GONE.fill(name=name, reason=reason)
    if why.corrections:
        yield _CORRECTED.fill(n=len(why.corrections), names=", ".join(why.corrections))
    if why.retracted:
        yield _RETRACTED.fill(names=", ".join(why.retracted))
    if why.withdrawals != 0:
        count = Text(en="some", zh="若干") if why.withdrawals is None else number(why.withdrawals)
        yield _WITHDRAWN.fill(n=count)
    if why.contracts:
        yield _CONTRACTS.fill(names=", ".join(why.contracts))
    if why.code is not None:
        yield _CODE.fill(before=why.code[0][:12], after=why.code[1][:12])


_ADDED = Text(en="New table: {table}.", zh="新增表：{table}。")
_REMOVED = Text(en="Table no longer there: {table}.", zh="不再包含的表：{table}。")
_ROWS = Text(
    en="{table}: {added} rows added, {removed} rows removed, {changed} rows changed.",
    zh="{table}：新增行 {added}，移除行 {removed}，更改行 {changed}。",
)
_NEW_COLUMNS = Text(en="{table}: new columns {names}.", zh="{table}：新增列 {names}。")
_GONE_COLUMNS = Text(en="{table}: columns no longer there {names}.", zh="{table}：不再包含的列 {names}。")
_TYPES = Text(en="{table}: columns of another type {names}.", zh="{table}：类型改变的列 {names}。")
_ARRIVED = Text(
    en="Why: {n} deliveries arrived for {place} ({names}).", zh="原因：{place} 新到 {n} 次报送（{names}）。"
)
_GONE = Text(en="Why: delivery {name} is no longer shown ({reason}).", zh="原因：报送 {name} 不再显示（{reason}）。")
_CORRECTED = Text(en="Why: {n} corrections were accepted ({names}).", zh="原因：接受了 {n} 项更正（{names}）。")
_RETRACTED = Text(en="Why: deliveries were retracted ({names}).", zh="原因：报送被撤回（{names}）。")
_WITHDRAWN = Text(en="Why: {n} people withdrew their consent.", zh="原因：{n} 人撤回同意。")
_CONTRACTS = Text(en="Why: contracts of tables changed ({names}).", zh="原因：表的数据约定已更改（{names}）。")
_CODE = Text(en="Why: the code changed from {before} to {after}.", zh="原因：代码由 {before} 变为 {after}。")
_NOTHING = Text(en="Nothing changed in any table.", zh="各表均无变化。")
