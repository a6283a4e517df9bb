"""Single entries of a Delta log: the JSON of one version, put where nothing stands yet, read back.

Belongs here: what costs the same however long the log is. Does not: the state of a table, which delta-rs reads (delta). Other
programs' entries are never replaced: of two writers of one version the second is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.durable import write_new

Action = dict[str, Any]
LAST_CHECKPOINT = "_last_checkpoint"


@dataclass(frozen=True)
class Entry:
    """The actions of one version, and the sha256 of its bytes: two logs that agree in it agree in all that led to it."""

    version: int
    sha256: str
    actions: tuple[Action, ...]

    def each(self, kind: str) -> list[Action]:
        """Return the actions of one kind: `add`, `remove`, `metaData`, `protocol`, `txn`, `commitInfo`."""
        return [action[kind] for action in self.actions if kind in action]


def log_folder(folder: Path) -> Path:
    """Return where the log of a table lies."""
    return folder / "_delta_log"


def entry_path(folder: Path, version: int) -> Path:
    """Return where the entry of a version lies, or would.

    >>> entry_path(Path("visit"), 7).as_posix()
    'visit/_delta_log/00000000000000000007.json'
    """
    return log_folder(folder) / f"{version:020d}.json"


def checkpoint_path(folder: Path, version: int) -> Path:
    """Return where the checkpoint of a version lies, or would."""
    return log_folder(folder) / f"{version:020d}.checkpoint.parquet"


def put_entry(folder: Path, version: int, actions: Sequence[Action]) -> None:
    """Write the entry of a version durably, as a whole.

    Raises
    ------
    FileExistsError
        The version is there already.
    """
    content = "".join(f"{json.dumps(action, ensure_ascii=False)}\n" for action in actions)
    write_new(entry_path(folder, version), content.encode())


def read_entry(folder: Path, version: int) -> Entry | None:
    """Return the entry of a version; None if it is not there (not yet, or cleaned away by another program)."""
    try:
        content = entry_path(folder, version).read_bytes()
    except FileNotFoundError:
        return None
    actions = tuple(json.loads(line) for line in content.splitlines() if line.strip())
    return Entry(version, hashlib.sha256(content).hexdigest(), actions)
