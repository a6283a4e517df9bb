"""The originals: what is kept of each file that arrived, and in which form.

Belongs here: where the bytes of a hash lie, plain, sealed or reduced to rows, and the ledger's word on it. Does not: deciding the
form (quality.originals), removing a person from one (data.erasure).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data.durable import sha256_file
from data.ledger import Ledger
from data.paths import Workspace

Form = Literal["plain", "sealed", "rows", "none"]
"""Bytes as they came; the same, sealed under a key of the vault; the cells behind the gate as Parquet; nothing any more."""
SUFFIX: dict[Form, str] = {"plain": "", "sealed": ".sealed", "rows": ".rows.parquet", "none": ".none"}
KEPT = "original_kept"


@dataclass(frozen=True)
class Kept:
    """In which form a file is kept, and the sha256 of what lies there."""

    form: Form
    sha256: str


def original_path(workspace: Workspace, sha256: str, form: Form = "plain") -> Path:
    """Return where a file of that hash lies in a form; known bytes are never written again."""
    return workspace.originals / sha256[:2] / f"{sha256}{SUFFIX[form]}"


def is_kept(workspace: Workspace, sha256: str) -> bool:
    """Tell whether anything of these bytes is kept."""
    return any(original_path(workspace, sha256, form).exists() for form in SUFFIX)


def forms(ledger: Ledger) -> dict[str, Kept]:
    """Return the form of each file that is not kept plain, by the hash of the bytes that came; the newest word counts."""
    return {event.object_id: Kept(event.detail["form"], event.detail["sha256"]) for event in ledger.events(KEPT)}


def record_form(ledger: Ledger, workspace: Workspace, sha256: str, form: Form, *, actor: str) -> None:
    """Record in which form a file was kept, once: a crash after writing it is made good by the next submission of it."""
    path = original_path(workspace, sha256, form)
    kept = Kept(form, sha256_file(path) if form != "none" else "")
    detail = {"form": kept.form, "sha256": kept.sha256}
    if [event.detail for event in ledger.events(KEPT, sha256)][-1:] == [detail]:
        return
    with ledger.transaction() as connection:
        ledger.record(connection, kind=KEPT, object_id=sha256, detail=detail, actor=actor)


def stored(workspace: Workspace) -> Iterator[tuple[str, Form, Path]]:
    """Yield every kept file: the hash of the bytes that came, its form, its path."""
    by_suffix: dict[str, Form] = {suffix: form for form, suffix in SUFFIX.items()}
    for path in sorted(workspace.originals.glob("??/*")):
        name, _, rest = path.name.partition(".")
        suffix = f".{rest}" if rest else ""
        if path.is_file() and suffix in by_suffix:
            yield name, by_suffix[suffix], path
