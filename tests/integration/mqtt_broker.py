"""A small broker that keeps what MQTT 3.1.1 promises for QoS 1: sessions outlive connections, the unacknowledged comes again.

amqtt, the broker from outside that is tried too, forgets unacknowledged messages after five seconds. Belongs here: the protocol
as far as the subscriber uses it, a window of unacknowledged messages as real brokers have, breaking connections.
"""

import contextlib
import socket
import struct
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

WINDOW = 20


@dataclass
class Session:
    filters: list = field(default_factory=list)
    waiting: deque = field(default_factory=deque)
    unacked: OrderedDict = field(default_factory=OrderedDict)
    number: int = 0
    line: socket.socket | None = None


class Broker:
    """`acked` are the payloads that subscribers acknowledged, in order; `on_ack` is called before each is forgotten."""

    def __init__(self, *, user=None, password=None, tls=None, on_ack=None):
        self._expected, self._tls, self._on_ack = (user, password), tls, on_ack
        self.sessions, self.acked, self.connections = {}, [], 0
        self._lock = threading.RLock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._server.close()
        self.drop_connections()

    def drop_connections(self):
        with self._lock:
            for session in self.sessions.values():
                if session.line is not None:
                    _shut(session.line)
                    session.line = None

    def publish(self, topic, payload, qos=1):
        with self._lock:
            for session in self.sessions.values():
                if any(_matches(wanted, topic) for wanted in session.filters):
                    session.waiting.append((topic, payload, qos))
                    self._send(session)

    def is_idle(self):
        with self._lock:
            return all(not session.waiting and not session.unacked for session in self.sessions.values())

    def _accept(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        session = None
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            while (packet := _packet(connection)) is not None:
                kind, body = packet
                if kind == 1:
                    session = self._connect(connection, body)
                elif session is not None:
                    self._answer(session, connection, kind, body)
                if session is None or kind == 14:
                    break
        except (OSError, struct.error):
            pass
        finally:
            with self._lock:
                if session is not None and session.line is connection:
                    session.line = None
            _shut(connection)

    def _connect(self, connection, body):
        flags = body[7]
        texts = _texts(body[10:])
        given = (texts[1] if flags & 0x80 else None, texts[2] if flags & 0x40 else None)
        if given != self._expected:
            connection.sendall(bytes([0x20, 2, 0, 5]))
            return None
        with self._lock:
            known = texts[0] in self.sessions and not flags & 2
            session = self.sessions.setdefault(texts[0], Session())
            self.connections += 1
            session.line = connection
            connection.sendall(bytes([0x20, 2, int(known), 0]))
            for number, message in session.unacked.items():
                _send_publish(session.line, number, message, again=True)
            self._send(session)
        return session

    def _answer(self, session, connection, kind, body):
        with self._lock:
            if kind == 8:
                session.filters = list(dict.fromkeys([*session.filters, *_filters(body[2:])]))
                connection.sendall(
                    bytes([0x90, 2 + 1, *body[:2], 1]) if len(_filters(body[2:])) == 1 else _suback(body)
                )
            elif kind == 4:
                number = struct.unpack("!H", body)[0]
                if number in session.unacked:
                    self._acknowledge(session.unacked.pop(number)[1])
                self._send(session)
            elif kind == 12:
                connection.sendall(bytes([0xD0, 0]))

    def _acknowledge(self, payload):
        self.acked.append(payload)
        if self._on_ack is not None:
            self._on_ack(payload)

    def _send(self, session):
        while session.line is not None and session.waiting and len(session.unacked) < WINDOW:
            message = session.waiting.popleft()
            session.number = session.number % 65_535 + 1
            if message[2]:
                session.unacked[session.number] = message
            try:
                _send_publish(session.line, session.number, message, again=False)
            except OSError:
                session.line = None


def _send_publish(connection, number, message, *, again):
    topic, payload, qos = message
    body = _text(topic) + (struct.pack("!H", number) if qos else b"") + payload
    connection.sendall(bytes([0x30 | (8 if again else 0) | (qos << 1)]) + _length(len(body)) + body)


def _suback(body):
    granted = bytes([1] * len(_filters(body[2:])))
    return bytes([0x90]) + _length(2 + len(granted)) + body[:2] + granted


def _packet(connection):
    first = connection.recv(1)
    if not first:
        return None
    length, shift = 0, 0
    while True:
        byte = _exactly(connection, 1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return first[0] >> 4, _exactly(connection, length)


def _exactly(connection, wanted):
    found = b""
    while len(found) < wanted:
        more = connection.recv(wanted - len(found))
        if not more:
            raise OSError("cut")
        found += more
    return found


def _texts(body):
    found = []
    while body:
        size = struct.unpack("!H", body[:2])[0]
        found.append(body[2 : 2 + size].decode())
        body = body[2 + size :]
    return found


def _filters(body):
    found = []
    while body:
        size = struct.unpack("!H", body[:2])[0]
        found.append(body[2 : 2 + size].decode())
        body = body[3 + size :]
    return found


def _text(text):
    return struct.pack("!H", len(text.encode())) + text.encode()


def _length(size):
    found = b""
    while True:
        size, part = divmod(size, 128)
        found += bytes([part | (128 if size else 0)])
        if not size:
            return found


def _matches(wanted, topic):
    parts, levels = wanted.split("/"), topic.split("/")
    for place, part in enumerate(parts):
        if part == "#":
            return True
        if place >= len(levels) or part not in ("+", levels[place]):
            return False
    return len(parts) == len(levels)


def _shut(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
