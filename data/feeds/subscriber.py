"""The subscriber: messages of a broker → groups on the disk → acknowledged → deliveries in the drop folder.

Belongs here: the order of these steps and the clean stop. Does not: the connection (broker), the groups (spool). Acknowledging
comes after the disk, always: a broker holds what is not acknowledged and sends it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from data.feeds.broker import Arrived, Connection
from data.feeds.config import MqttFeed
from data.feeds.drop import Drop
from data.feeds.payload import lines_of
from data.feeds.spool import Spool
from data.feeds.texts import failed, said
from data.messages import Text
from data.paths import Workspace

LOOK_SECONDS = 0.5
"""How often the clock of a batch and the wish to stop are looked at while nothing comes."""

GROUP = 2000
"""Messages at most that share one write to the disk."""

Tell = Callable[[Text], None]


@dataclass(frozen=True)
class Tally:
    """What a run of the subscriber did: messages received, rows delivered, rows left away as repeated, messages kept aside."""

    received: int
    delivered: int
    repeated: int
    aside: int
    without_ack: int
    files: tuple[str, ...]


def subscribe(
    feed: MqttFeed, workspace: Workspace, *, stop: threading.Event, tell: Tell, seconds: float | None = None
) -> Tally:
    """Run until `stop` is set (or for `seconds`), then deliver what is there and end.

    Raises
    ------
    PlatformFailed
        E-LOCK-01: another process runs this feed; E-FEED-05: the disk refused; nothing was acknowledged that is not on it.
    NotPermitted
        E-FEED-04: the broker refused user, password or topics. A broker that is away is waited for.
    """
    drop = Drop(workspace, feed)
    with drop.held():
        run = _Run(feed, Spool(drop, feed.batch), tell)
        try:
            run.until(stop, None if seconds is None else time.monotonic() + seconds)
        except OSError as error:
            raise failed("E-FEED-05", feed=feed.name, reason=error.strerror or type(error).__name__) from None
    return run.tally()


class _Run:
    def __init__(self, feed: MqttFeed, spool: Spool, tell: Tell) -> None:
        self._feed, self._spool, self._tell = feed, spool, tell
        self._received, self._delivered, self._without_ack, self._told_aside = 0, 0, 0, 0
        self._files: list[str] = []

    def until(self, stop: threading.Event, end: float | None) -> None:
        """Take messages until the stop; what has come by then is delivered even if the broker fails."""
        with Connection(self._feed, self._tell) as connection:
            try:
                while not stop.is_set() and (end is None or time.monotonic() < end):
                    self.take(connection, max(0.0, min(LOOK_SECONDS, self._spool.seconds_left)))
                    if self._spool.is_due:
                        self.deliver()
            finally:
                self.take(connection, 0.0)
                self.deliver()

    def take(self, connection: Connection, patience: float) -> None:
        """Put what has come on the disk, then acknowledge it."""
        group = connection.arrived(patience, GROUP)
        if not group:
            return
        self._keep(group)
        connection.acknowledge(group)
        self._received += len(group)
        self._without_ack += sum(message.qos == 0 for message in group)

    def _keep(self, group: Sequence[Arrived]) -> None:
        lines: list[str] = []
        aside = []
        for message in group:
            found = lines_of(message.payload, self._added(message))
            if isinstance(found, list):
                lines.extend(found)
            else:
                aside.append((message.topic, found, message.payload))
        self._spool.keep_aside(aside)
        self._spool.add(lines)

    def _added(self, message: Arrived) -> dict[str, str]:
        feed, moment = self._feed, datetime.fromtimestamp(message.at, UTC).isoformat(timespec="milliseconds")
        pairs = ((feed.topic_column, message.topic), (feed.received_column, moment))
        return {name: value for name, value in pairs if name is not None}

    def deliver(self) -> None:
        """Make a delivery of what is there, and say so."""
        made = self._spool.deliver()
        if made is not None:
            path, rows = made
            self._delivered += rows
            self._files.append(path.name)
            self._tell(said("I-FEED-03", feed=self._feed.name, file=path.name, rows=rows))
        self._say_what_was_odd()

    def _say_what_was_odd(self) -> None:
        kept = self._spool.aside.total()
        if kept > self._told_aside:
            reasons = ", ".join(f"{reason}: {n}" for reason, n in sorted(self._spool.aside.items()))
            place = self._spool.aside_folder
            self._tell(said("W-FEED-04", feed=self._feed.name, n=kept, place=place, reasons=reasons))
            self._told_aside = kept

    def tally(self) -> Tally:
        """Return the counts; messages that no broker would send again are told."""
        if self._without_ack:
            self._tell(said("W-FEED-05", feed=self._feed.name, n=self._without_ack))
        spool = self._spool
        return Tally(
            self._received, self._delivered, spool.repeated, spool.aside.total(), self._without_ack, tuple(self._files)
        )
