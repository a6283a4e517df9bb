"""`zonelab serve`: children on the loopback address, watched, and stopped by their process ids."""

import os
import signal
import socket
import sys
import threading
import time

import pytest

from apps.cli import serve
from data.messages import PlatformFailed, WrongUsage

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung

LISTEN = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
time.sleep(60)
"""


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def children():
    started = []
    yield started
    serve.stop(started)


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_a_port_in_use_is_named(port, workspace, children):
    child = serve.start("viewer", [sys.executable, "-c", LISTEN, str(port)], port, workspace)
    children.append(child)
    serve.wait_until_ready(child)
    with pytest.raises(WrongUsage, match=str(port)):
        serve.free(port)
    serve.stop([child])
    serve.free(port)


def test_a_child_that_dies_is_named_with_its_log(port, workspace):
    child = serve.start("dagster", [sys.executable, "-c", "raise SystemExit(3)"], port, workspace)
    with pytest.raises(PlatformFailed, match=r"dagster.*dagster\.log"):
        serve.wait_until_ready(child)


def test_a_port_that_answers_is_not_enough_where_more_is_asked(port, workspace, children):
    child = serve.start("dagster", [sys.executable, "-c", LISTEN, str(port)], port, workspace)
    children.append(child)
    asked = []
    serve.wait_until_ready(child, lambda url: asked.append(url) or len(asked) == 3)
    assert asked == [f"http://127.0.0.1:{port}"] * 3


def test_if_one_cannot_start_none_is_left(port, workspace, monkeypatch):
    lines = {
        "viewer": [sys.executable, "-c", LISTEN, str(port)],
        "dagster": [sys.executable, "-c", "raise SystemExit(3)"],
    }
    monkeypatch.setattr(serve, "commands", lambda *_: lines)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    with pytest.raises(PlatformFailed):
        serve.started(workspace, {"viewer": port, "dagster": other, "code": serve.spare()})
    assert not serve.answers(port)


def test_a_childs_own_children_end_with_it(port, workspace, children):
    child = serve.start("daemon", [sys.executable, "-c", PARENT, LISTEN, str(port)], None, workspace)
    children.append(child)
    assert until(lambda: serve.answers(port))
    serve.stop([child])
    assert child.process.poll() is not None
    assert until(lambda: not serve.answers(port))


def test_sigterm_stops_the_children_and_takes_the_address_away(port, workspace, children):
    child = serve.start("viewer", [sys.executable, "-c", LISTEN, str(port)], port, workspace)
    children.append(child)
    serve.wait_until_ready(child)
    address = workspace.dagster / serve.ADDRESS_FILE
    address.write_text("{}", encoding="utf-8")
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    serve.watch([child], workspace)
    assert child.process.poll() is not None
    assert not address.exists()


def test_the_three_listen_on_loopback_only(workspace):
    lines = serve.commands(workspace, {"viewer": 8501, "dagster": 3000, "code": 4266})
    assert set(lines) == {"code", "viewer", "dagster", "daemon"}
    for name in ("code", "dagster"):
        assert lines[name][lines[name].index("-h") + 1] == "127.0.0.1"
    assert "8501" in lines["viewer"]
