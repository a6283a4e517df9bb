"""A feed's places in the workspace: its own folder, and the way into the drop folder.

Belongs here: where things lie, whole files under names that nobody takes for a wave. Does not: what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.durable import TEMPORARY, make_folder, write_bytes
from data.feeds.config import Feed
from data.locks import exclusive
from data.paths import Workspace


@dataclass(frozen=True)
class Drop:
    """Where a feed keeps its state and where it delivers."""

    workspace: Workspace
    feed: Feed

    @property
    def folder(self) -> Path:
        """The feed's own folder: messages on their way, what was kept aside, the watermark."""
        return self.workspace.feeds / self.feed.name

    @property
    def target(self) -> Path:
        """The folder of the drop folder into which this feed may write, and no other."""
        return self.workspace.inbox / self.feed.zone / self.feed.contract

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the feed alone, and remove what a process that died left half written; E-LOCK-01 if another one runs it."""
        with exclusive(self.folder / "feed.lock", patience=0):
            for half in (*self.folder.rglob(f".*{TEMPORARY}"), *self.target.glob(f".{self.feed.name}-*{TEMPORARY}")):
                half.unlink(missing_ok=True)
            yield

    def next_file(self, suffix: str) -> Path:
        """Return a name of the target that is free: the feed's name and the time in UTC, in digits only."""
        make_folder(self.target)
        return self.target / f"{self.feed.name}-{datetime.now(UTC):%Y%m%dt%H%M%S%f}{suffix}"

    def deliver(self, content: bytes, suffix: str) -> Path:
        """Lay a file into the drop folder: hidden until it is whole and on the disk."""
        path = self.next_file(suffix)
        write_bytes(path, content)
        return path
