"""Death at the n-th durable step of a flow in this process, to leave it unfinished; kill_harness kills at every system call."""

import os
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from data.ledger import Ledger

STEPS = ((os, "replace"), (os, "fsync"), (Path, "unlink"))
"""What changes names and bytes on the disk; transactions are counted apart, before and after their commit."""


class Killed(BaseException):
    """The process is dead: nothing catches it."""


class _Counter:
    def __init__(self, at):
        self.at, self.seen = at, 0

    def step(self):
        self.seen += 1
        if self.seen == self.at:
            raise Killed


@contextmanager
def killed_at(number):
    """Raise `Killed` before the `number`-th step; 0: never. Yields the counter."""
    counter = _Counter(number)

    def before(real):
        def call(*arguments, **named):
            counter.step()
            return real(*arguments, **named)

        return call

    record = Ledger.record

    def recorded(self, *arguments, **named):
        counter.step()
        return record(self, *arguments, **named)

    with mock.patch.object(Ledger, "record", recorded):
        patched = [mock.patch.object(owner, name, before(getattr(owner, name))) for owner, name in STEPS]
        for patch in patched:
            patch.start()
        try:
            yield counter
        finally:
            for patch in reversed(patched):
                patch.stop()
