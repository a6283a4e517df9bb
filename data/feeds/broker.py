"""The connection to an MQTT broker: TLS, identity, subscription, back-off, acknowledging by hand.

Belongs here: all that the library paho-mqtt is asked. Does not: what a message is (payload), when it is acknowledged
(subscriber).
The library's thread only hands messages over; it retries for ever, after one second first, two minutes at most.
"""

from __future__ import annotations

import contextlib
import queue
import ssl
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from data.feeds.config import MqttFeed
from data.feeds.texts import denied, refused, said
from data.messages import Text, ZonelabError
from data.settings import feed_secret, feed_variable

QOS = 1
WAITING = 10_000
"""Messages between the library's thread and ours; then the library waits, and with it the broker."""

FIRST_DELAY, LONGEST_DELAY = 1, 120
GOODBYE_SECONDS, PATIENCE_SECONDS = 3.0, 0.5
LOOPBACK = ("127.0.0.1", "::1", "localhost")
REFUSED = frozenset([132, 133, 134, 135, 138, 140])
"""Answers of a broker that no waiting mends: protocol, client id, user or password, not authorised, banned, method."""


@dataclass(frozen=True)
class Arrived:
    """A message: `number` and `qos` are what the broker wants to hear back, `at` is our clock."""

    topic: str
    payload: bytes
    number: int
    qos: int
    at: float


class Connection:
    """A connection that is made again whenever it is lost; used as a context."""

    def __init__(self, feed: MqttFeed, tell: Callable[[Text], None]) -> None:
        self._feed, self._tell = feed, tell
        self._queue: queue.Queue[mqtt.MQTTMessage] = queue.Queue(WAITING)
        self._fatal: ZonelabError | None = None
        self._ended, self._closing = threading.Event(), threading.Event()
        self._client = _client(feed)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        self._client.connect_async(self._feed.host, self._feed.port, self._feed.keepalive_seconds)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye after the last acknowledgements have gone out; the broker keeps our session."""
        self._closing.set()
        if self._client.is_connected():
            self._client.disconnect()
            self._ended.wait(GOODBYE_SECONDS)
        self._client.loop_stop()

    def arrived(self, patience: float, most: int) -> list[Arrived]:
        """Return messages that have come, at most so many; wait for the first up to `patience` seconds.

        Raises
        ------
        NotPermitted
            E-FEED-04: the broker refused us.
        """
        if self._fatal is not None:
            fatal, self._fatal = self._fatal, None
            raise fatal
        found: list[Arrived] = []
        try:
            found.append(_taken(self._queue.get(timeout=patience) if patience > 0 else self._queue.get_nowait()))
            while len(found) < most:
                found.append(_taken(self._queue.get_nowait()))
        except queue.Empty:
            pass
        return found

    def acknowledge(self, messages: Sequence[Arrived]) -> None:
        """Tell the broker that these need not come again; one that does not hear it sends them again."""
        for message in messages:
            self._client.ack(message.number, message.qos)

    def _on_connect(self, client: mqtt.Client, _: Any, __: Any, reason: Any, ___: Any) -> None:  # noqa: ANN401
        if reason.is_failure:
            if reason.value in REFUSED:
                self._stop(str(reason))
            return
        self._tell(said("I-FEED-01", feed=self._feed.name, host=self._feed.host))
        client.subscribe([(topic, QOS) for topic in self._feed.topics])

    def _on_subscribe(self, _: Any, __: Any, ___: int, reasons: Sequence[Any], ____: Any) -> None:  # noqa: ANN401
        if any(reason.is_failure for reason in reasons):
            self._stop("a topic may not be read")

    def _on_disconnect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:  # noqa: ANN401
        self._ended.set()
        if reason.is_failure and self._fatal is None:
            self._lost(str(reason))

    def _on_connect_fail(self, _: Any, __: Any) -> None:  # noqa: ANN401
        error = sys.exception()  # the library calls from its handler
        self._lost(getattr(error, "verify_message", None) or getattr(error, "strerror", None) or type(error).__name__)

    def _lost(self, reason: str) -> None:
        self._tell(said("I-FEED-02", feed=self._feed.name, host=self._feed.host, reason=reason))

    def _on_message(self, _: Any, __: Any, message: mqtt.MQTTMessage) -> None:  # noqa: ANN401
        while not self._closing.is_set():
            with contextlib.suppress(queue.Full):
                return self._queue.put(message, timeout=PATIENCE_SECONDS)
        return None  # not acknowledged: it comes again

    def _stop(self, reason: str) -> None:
        self._fatal = denied("E-FEED-04", feed=self._feed.name, host=self._feed.host, reason=reason)


def _taken(message: mqtt.MQTTMessage) -> Arrived:
    try:
        topic = message.topic
    except UnicodeDecodeError:
        topic = "?"
    return Arrived(topic, bytes(message.payload), message.mid, message.qos, time.time())


def _client(feed: MqttFeed) -> mqtt.Client:
    """Return the library's client: a lasting session, acknowledged by hand, with what the environment says of us.

    Raises
    ------
    Refused
        E-FEED-02, E-FEED-03, E-FEED-06: what the environment says is not enough, would go out unencrypted, or is no certificate.
    """
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=feed.identity,
        clean_session=False,
        protocol=mqtt.MQTTv311,
        manual_ack=True,
    )
    client.reconnect_delay_set(FIRST_DELAY, LONGEST_DELAY)
    user, password = feed_secret(feed.name, "user"), feed_secret(feed.name, "password")
    if password is not None and user is None:
        variable = feed_variable(feed.name, "user")
        raise refused("E-FEED-02", variable=variable, feed=feed.name, what="the user", what_zh="用户名")
    if password is not None and not feed.tls and feed.host not in LOOPBACK:
        raise refused("E-FEED-03", feed=feed.name, host=feed.host)
    if user is not None:
        client.username_pw_set(user.get_secret_value(), password.get_secret_value() if password else None)
    if feed.tls:
        client.tls_set_context(_tls(feed))
    return client


def _tls(feed: MqttFeed) -> ssl.SSLContext:
    """Return what a broker must prove: by the system's authorities, or by those of a file that the environment names."""
    place = feed_secret(feed.name, "ca")
    try:
        context = ssl.create_default_context(cafile=place.get_secret_value() if place else None)
    except OSError as error:
        variable = feed_variable(feed.name, "ca")
        raise refused("E-FEED-06", variable=variable, reason=error.strerror or type(error).__name__) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
