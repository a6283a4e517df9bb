"""The subscriber against brokers: nothing is acknowledged before it is on the disk, so that no end of it loses a message."""

import datetime as dt
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
import yaml

from data.contracts import load_contract
from data.feeds.config import load_feed
from data.feeds.subscriber import subscribe
from data.lake import Lake
from data.ledger import Ledger
from data.messages import NotPermitted, ZonelabError
from data.settings import REPOSITORY
from quality.inbox import pending, take
from tests.integration.mqtt_broker import Broker

pytestmark = pytest.mark.integration
PATIENCE = 30


def reading(n, **more):
    return {"node-id": "n1", "sensor": "dht11", "temp-C": n / 10, "timestamp": 1_700_000_000 + n, **more}


def payload(n):
    return json.dumps(reading(n)).encode()


@pytest.fixture
def broker():
    made = []

    def start(**options):
        made.append(Broker(**options))
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.fixture
def config(tmp_path):
    def write(port, **changes):
        document = {
            "kind": "mqtt", "name": "lab", "zone": "deqing", "contract": "sensor_node_reading", "host": "127.0.0.1",
            "port": port, "tls": False, "topics": ["room/+"], "topic_column": "topic", "batch": {"seconds": 3600},
        }  # fmt: skip
        path = tmp_path / "lab.yml"
        path.write_text(yaml.safe_dump({**document, **changes}))
        return path

    return write


class Running:
    """The subscriber in a thread of this process."""

    def __init__(self, path, workspace):
        self.told, self.error, self.tally, self.stop = [], None, None, threading.Event()
        self._thread = threading.Thread(target=self._run, args=(load_feed(path, "mqtt"), workspace))
        self._thread.start()

    def _run(self, feed, workspace):
        try:
            self.tally = subscribe(feed, workspace, stop=self.stop, tell=self.told.append)
        except ZonelabError as error:
            self.error = error

    def end(self):
        self.stop.set()
        self._thread.join(PATIENCE)
        return self.tally


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def subscribed(broker):
    until(lambda: any(session.filters and session.line for session in broker.sessions.values()))


def delivered(workspace):
    """Return the messages that lie in the drop folder, by the number that each carries."""
    files = sorted((workspace.inbox / "deqing" / "sensor_node_reading").glob("[!.]*"))
    return [json.loads(line)["timestamp"] - 1_700_000_000 for path in files for line in path.read_text().splitlines()]


def on_disk(workspace, content):
    wanted = json.loads(content)["timestamp"]
    found = [*(workspace.home / "feeds" / "lab").rglob("[!.]*.ndjson"), *workspace.inbox.rglob("[!.]*.ndjson")]
    return any(f'"timestamp": {wanted}' in path.read_text() for path in found)


def test_no_message_is_acknowledged_before_it_is_on_the_disk(workspace, broker, config):
    late = []
    server = broker(on_ack=lambda content: on_disk(workspace, content) or late.append(content))
    run = Running(config(server.port), workspace)
    subscribed(server)
    for n in range(100):
        server.publish("room/1", payload(n))
    until(server.is_idle)
    tally = run.end()
    assert late == []
    assert len(server.acked) == tally.received == tally.delivered == 100
    assert sorted(delivered(workspace)) == list(range(100))
    assert [text.en.split(":")[0] for text in run.told] == ["lab", "lab"]


def test_a_lost_connection_is_made_again_and_nothing_is_missing(workspace, broker, config):
    server = broker()
    run = Running(config(server.port), workspace)
    subscribed(server)
    for n in range(40):
        server.publish("room/1", payload(n))
        if n == 20:
            server.drop_connections()
    until(lambda: server.connections == 2 and server.is_idle())
    run.end()
    assert set(delivered(workspace)) == set(range(40))
    assert "no connection" in " ".join(text.en for text in run.told)


def test_messages_become_files_by_count_and_doubles_are_left_away(workspace, broker, config):
    server = broker()
    run = Running(config(server.port, batch={"messages": 10}), workspace)
    subscribed(server)
    for n in [0, 0, *range(1, 25)]:
        server.publish("room/1", payload(n))
    until(server.is_idle)
    tally = run.end()
    assert sorted(delivered(workspace)) == list(range(25))
    assert tally.repeated == 1
    assert len(tally.files) >= 2


def test_what_is_no_reading_is_kept_aside_and_told_without_its_value(workspace, broker, config):
    server = broker()
    run = Running(config(server.port), workspace)
    subscribed(server)
    odd = [b"13800138000", b"\xff\xfe", b'{"a": 1, "a": 2}', b"", b'{"topic": "x"}', b'[{"node-id": "n"}, 5]']
    for each in odd:
        server.publish("room/2", each)
    server.publish("room/2", payload(1), qos=0)
    server.publish("hall/2", payload(2))
    until(lambda: server.is_idle() and len(server.acked) == len(odd))
    tally = run.end()
    told = " ".join(text.en + text.zh for text in run.told)
    assert (tally.aside, tally.delivered, tally.without_ack) == (len(odd), 1, 1)
    assert "6 messages are no JSON objects" in told
    assert "1 messages were published with QoS 0" in told
    assert "13800138000" not in told
    kept = [
        json.loads(line)
        for path in (workspace.feeds / "lab" / "aside").iterdir()
        for line in path.read_text().splitlines()
    ]
    assert sorted(each["reason"] for each in kept) == sorted(
        ["no object", "not UTF-8", "not JSON", "empty", "a name twice", "no object"]
    )


def test_a_wrong_password_ends_it_and_the_password_is_in_no_message(workspace, broker, config, monkeypatch):
    server = broker(user="lab", password="right")  # noqa: S106
    monkeypatch.setenv("ZONELAB_FEED_LAB_USER", "lab")
    monkeypatch.setenv("ZONELAB_FEED_LAB_PASSWORD", "wrong-horse")
    run = Running(config(server.port), workspace)
    until(lambda: run.error is not None)
    assert isinstance(run.error, NotPermitted)
    assert "Not authorized" in str(run.error)
    assert "wrong-horse" not in str(run.error) + " ".join(text.en for text in run.told)


def certificate(folder):
    """Return files of a key and a certificate for 127.0.0.1 that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    (folder / "key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "cert").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "key", folder / "cert"


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in"
)  # paho leaves the socket of a failed handshake to the collector
def test_a_broker_proves_itself_by_its_certificate(workspace, broker, config, monkeypatch, tmp_path):
    key, cert = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = broker(tls=context, user="lab", password="right")  # noqa: S106
    monkeypatch.setenv("ZONELAB_FEED_LAB_USER", "lab")
    monkeypatch.setenv("ZONELAB_FEED_LAB_PASSWORD", "right")
    stranger = Running(config(server.port, tls=True), workspace)
    until(lambda: stranger.told)
    stranger.end()
    assert "self-signed certificate" in stranger.told[0].en
    assert server.connections == 0
    monkeypatch.setenv("ZONELAB_FEED_LAB_CA", str(cert))
    run = Running(config(server.port, tls=True), workspace)
    subscribed(server)
    server.publish("room/1", payload(7))
    until(server.is_idle)
    run.end()
    assert delivered(workspace) == [7]


def process(path, workspace):
    """Start the command itself."""
    line = [sys.executable, "-m", "apps.cli.main", "feed", "mqtt", "--config", str(path), "--as", "staff.one", "--json"]
    environment = {**os.environ, "ZONELAB_HOME": str(workspace.home)}
    return subprocess.Popen(  # noqa: S603
        line, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def test_killed_again_and_again_it_loses_nothing_and_a_clean_stop_delivers(workspace, broker, config):
    server, total = broker(), 240
    path = config(server.port, batch={"messages": 100})
    sent = 0
    for _ in range(2):
        child = process(path, workspace)
        subscribed(server)
        for n in range(sent, sent + 60):
            server.publish("room/1", payload(n))
        sent, before = sent + 60, len(server.acked)
        until(lambda before=before: len(server.acked) > before)
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=PATIENCE)
        server.drop_connections()
    child = process(path, workspace)
    subscribed(server)
    for n in range(sent, total):
        server.publish("room/1", payload(n))
    until(server.is_idle)
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0
    assert json.loads(out)["feed"] == "lab"
    assert set(delivered(workspace)) == set(range(total))
    assert not list((workspace.feeds / "lab" / "arrived").iterdir())
    folder = workspace.inbox / "deqing" / "sensor_node_reading"
    results = take(workspace, pending(workspace, settle_seconds=0), run_id="test")
    assert not list(folder.glob("[!.]*"))
    assert sum(result.rows_accepted for result in results) == total
    lake = Lake(workspace, Ledger.open(workspace))
    assert lake.read(load_contract("sensor_node_reading")).num_rows == total


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_broker_that_is_not_ours_gives_the_same(workspace, config, monkeypatch):
    import paho.mqtt.client as mqtt

    monkeypatch.setenv("ZONELAB_FEED_LAB_USER", "lab")
    monkeypatch.setenv("ZONELAB_FEED_LAB_PASSWORD", "right")
    port = free_port()
    line = [sys.executable, "-m", "tests.integration.amqtt_broker", str(port)]
    server = subprocess.Popen(  # noqa: S603
        line, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert server.stdout.readline() == b"ready\n"
        run = Running(config(port), workspace)
        until(lambda: run.told)
        time.sleep(0.3)  # amqtt answers the connection before the subscription
        sender = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="devices")
        sender.username_pw_set("lab", "right")
        sender.connect("127.0.0.1", port)
        sender.loop_start()
        for n in range(30):
            sender.publish("room/1", payload(n), qos=1).wait_for_publish(PATIENCE)
        until(lambda: all(on_disk(workspace, payload(n)) for n in range(30)))
        sender.disconnect()
        sender.loop_stop()
        run.end()
    finally:
        server.kill()
        server.communicate()
    assert sorted(delivered(workspace)) == list(range(30))
