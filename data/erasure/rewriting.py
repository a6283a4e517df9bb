"""Rewriting files of the lake and its kin: staged, recorded, then put in place; repeated until nothing is left to do.

Belongs here: the order that makes a kill harmless. Does not: what a file becomes (its caller's transform). Killed before the
record: nothing happened but rubbish. Killed after: a repetition rewrites what is left and records it again, to the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data import delta, key_index
from data.durable import TEMPORARY, remove_file, replace_file, sha256_file, write_parquet
from data.erasure.layers import Stored
from data.fingerprint import fingerprint_file
from data.identity.sealing import seal
from data.lake import Lake
from data.ledger import Ledger
from data.locks import alone, exclusive
from data.originals import KEPT, Form, original_path
from data.paths import Workspace
from data.readers.raw import ROW
from data.rewritten import Change
from data.withdrawals import REWRITTEN, intake_lock


@dataclass(frozen=True)
class Becoming:
    """What a file turns into: a table, or nothing. With a `secret` the table is sealed."""

    table: pa.Table | None
    rows_before: int
    secret: bytes | None = None


@contextmanager
def nobody_writes(workspace: Workspace, ledger: Ledger) -> Iterator[None]:
    """Wait for every submission, build and release under way, and hold all of them off meanwhile."""
    with ExitStack() as held:  # in the order in which builds take them
        held.enter_context(alone(intake_lock(workspace)))
        held.enter_context(exclusive(workspace.build / "panel.lock"))
        held.enter_context(exclusive(workspace.releases / ".release.lock"))
        held.enter_context(exclusive(workspace.generations / ".publish.lock"))
        held.enter_context(Lake(workspace, ledger).rewriting())
        yield


ROW_KEPT = "row in the file"
Transform = Callable[[Stored], Becoming | None]
"""What a file becomes; None if it stays."""


@dataclass(frozen=True)
class _Staged:
    file: Stored
    change: Change
    place: Path | None


def rewrite(
    workspace: Workspace, ledger: Ledger, files: Iterable[Stored], transform: Transform, *, act_id: str, actor: str
) -> tuple[Change, ...]:
    """Rewrite the files that `transform` changes; the caller holds every writer's lock.

    Returns
    -------
    tuple of Change
        What was changed now; empty when nothing was left to do.
    """
    staged = [_stage(workspace, file, becoming, act_id) for file in files if (becoming := transform(file)) is not None]
    if not staged:
        return ()
    changes = tuple(item.change for item in staged)
    with ledger.transaction() as connection:
        detail = {"files": [change.as_detail() for change in changes]}
        ledger.record(connection, kind=REWRITTEN, object_id=act_id, detail=detail, actor=actor)
        for item in staged:
            if item.file.layer == "originals":
                kept = {"form": _form(item), "sha256": item.change.now}
                ledger.record(connection, kind=KEPT, object_id=item.file.sha256, detail=kept, actor=actor)
    _put_in_place(workspace, staged)
    return changes


def _stage(workspace: Workspace, file: Stored, becoming: Becoming, act_id: str) -> _Staged:
    """Write the new file beside the old one, under a name that nobody reads yet."""
    successor = _successor(workspace, file, becoming, act_id)
    place = None
    if successor is not None and becoming.table is not None:
        is_final = file.layer == "lake"  # the log does not list it yet
        place = successor if is_final else successor.with_name(f".{successor.name}{TEMPORARY}")
        _write(place, becoming.table, becoming.secret)
    is_mart = file.layer == "generations" and place is not None
    change = Change(
        layer=file.layer,
        path=_inside(workspace, file.path),
        successor=_inside(workspace, successor) if successor else None,
        was=sha256_file(file.path),
        now=sha256_file(place) if place else "",
        rows_before=becoming.rows_before,
        rows_after=becoming.table.num_rows if becoming.table is not None else 0,
        fingerprint=fingerprint_file(place).fingerprint if is_mart and place else None,
    )
    return _Staged(file, change, place)


def _write(place: Path, table: pa.Table, secret: bytes | None) -> None:
    if secret is None:
        write_parquet(place, table)
        return
    content = io.BytesIO()
    pq.write_table(_as_received(table), content, compression="zstd")
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    content.seek(0)
    seal(secret, content, digest, place)


def _as_received(table: pa.Table) -> pa.Table:
    """Keep the rows' numbers as a column like any other: what is sealed is read as a received file again."""
    rest = table.drop_columns([ROW])
    return rest if ROW_KEPT in rest.column_names else rest.append_column(ROW_KEPT, table[ROW].cast(pa.string()))


def _successor(workspace: Workspace, file: Stored, becoming: Becoming, act_id: str) -> Path | None:
    if becoming.table is None or (not becoming.table.num_rows and file.layer == "quarantine"):
        return None
    if file.layer == "lake":
        return file.path.with_name(f"{file.path.name.split('.')[0]}.{act_id}.parquet")
    is_opened = file.layer == "originals" and file.form != "sealed"
    return original_path(workspace, file.sha256, "rows") if is_opened else file.path


def _form(item: _Staged) -> Form:
    return "none" if item.change.successor is None else "sealed" if item.file.form == "sealed" else "rows"


def _put_in_place(workspace: Workspace, staged: list[_Staged]) -> None:
    folders: dict[Path, list[delta.Swap]] = {}
    for item in staged:
        if item.file.layer == "lake" and item.place is not None:
            folders.setdefault(item.file.path.parent, []).append(_swap(item.file.path, item.place))
        elif item.place is not None:
            replace_file(item.place, workspace.home / str(item.change.successor))
        if item.file.layer != "lake" and item.change.successor != item.change.path:
            remove_file(item.file.path)
    for folder, swaps in folders.items():
        key_index.drop(folder)  # it holds pieces of the keys of rows that go; the next append makes it anew
        delta.swap(folder, swaps)
        for each in swaps:
            remove_file(each.old)


def _swap(old: Path, new: Path) -> delta.Swap:
    """Return the log's view of both files; statistics cover `_seq` and `_op` only, as at the append."""
    table = pq.read_table(new, columns=["_seq", "_op"])
    return delta.Swap(old, new, table["_seq"].to_pylist(), table["_op"].to_pylist())


def _inside(workspace: Workspace, path: Path) -> str:
    return path.absolute().relative_to(workspace.home.absolute()).as_posix()
