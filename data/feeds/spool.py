"""Messages on their way: each group is a file of its own, on the disk before it is acknowledged; together they become a delivery.

Belongs here: groups, what is kept aside, when and how a delivery is made. Does not: the broker (subscriber). After any end of the
process the groups that are there become part of the next delivery: a message may come twice, never not at all.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from data.durable import sync_folder, write_bytes
from data.feeds.config import Batch
from data.feeds.drop import Drop


class Spool:
    """The groups of one feed; one process holds it at a time (`Drop.held`).

    `repeated` counts lines that were the same as another of their delivery: with one content they have one key.
    """

    def __init__(self, drop: Drop, batch: Batch) -> None:
        self._drop, self._batch = drop, batch
        self._groups = sorted(self._folder.glob("*.ndjson")) if self._folder.is_dir() else []
        self._number = max((int(path.stem) for path in self._groups), default=0)
        texts = [path.read_bytes() for path in self._groups]
        self._bytes, self._lines = sum(map(len, texts)), sum(text.count(b"\n") for text in texts)
        self._since = time.monotonic()
        self.repeated = 0
        self.aside: Counter[str] = Counter()

    @property
    def _folder(self) -> Path:
        return self._drop.folder / "arrived"

    @property
    def aside_folder(self) -> Path:
        """Where messages lie that are no JSON objects."""
        return self._drop.folder / "aside"

    def add(self, lines: Sequence[str]) -> None:
        """Put a group on the disk; when this returns it may be acknowledged."""
        if not lines:
            return
        if not self._groups:
            self._since = time.monotonic()
        self._number += 1
        content = "".join(f"{line}\n" for line in lines).encode()
        path = self._folder / f"{self._number:012d}.ndjson"
        write_bytes(path, content)
        self._groups.append(path)
        self._bytes, self._lines = self._bytes + len(content), self._lines + len(lines)

    def keep_aside(self, messages: Sequence[tuple[str, str, bytes]]) -> None:
        """Put messages that cannot be read on the disk: (topic, reason, payload). Their text stays findable for a withdrawal."""
        if not messages:
            return
        told = [
            {"topic": topic, "reason": reason, "payload": payload.decode("utf-8", "backslashreplace")}
            for topic, reason, payload in messages
        ]
        text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in told)
        write_bytes(self.aside_folder / f"{time.time_ns()}.ndjson", text.encode("utf-8", "backslashreplace"))
        self.aside.update(reason for _, reason, _ in messages)

    @property
    def is_due(self) -> bool:
        """Whether the groups are old, many or large enough for a delivery."""
        return bool(self._groups) and (self.seconds_left <= 0 or self._lines >= self._batch.messages or self._is_large)

    @property
    def _is_large(self) -> bool:
        return self._bytes >= self._batch.megabytes * 1_000_000

    @property
    def seconds_left(self) -> float:
        """How long until the groups are due by their age."""
        return self._since + self._batch.seconds - time.monotonic() if self._groups else self._batch.seconds

    def deliver(self) -> tuple[Path, int] | None:
        """Lay the groups as one file into the drop folder, then let them go; return the file and its rows.

        A process that ends between the two leaves both: the groups are delivered again, and the gate folds them by their keys.
        """
        if not self._groups:
            return None
        lines = [line for path in self._groups for line in _lines(path)]
        distinct = list(dict.fromkeys(lines))
        delivered = self._drop.deliver(b"".join(distinct), ".ndjson") if distinct else None
        for path in self._groups:
            path.unlink(missing_ok=True)
        sync_folder(self._folder)
        self.repeated += len(lines) - len(distinct)
        self._groups, self._bytes, self._lines = [], 0, 0
        return (delivered, len(distinct)) if delivered else None


def _lines(path: Path) -> list[bytes]:
    """Return a group's lines; none if a withdrawal has taken the file away meanwhile."""
    try:
        return path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
