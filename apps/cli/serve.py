"""`zonelab serve`: the viewer, the Dagster web server and the daemon as children, on the loopback address, until Ctrl-C.

Belongs here: starting, watching and stopping them. Does not: what they show. The viewer asks for a login once somebody was
invited (data.accounts); Dagster's own pages never do, and stay on this machine. Web server and daemon share one code server of
ours: those that they would start themselves end when a busy machine keeps a heartbeat waiting for 20 seconds, and leave a web
server without jobs for a while.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli.answer import Answer, lines, say
from apps.cli.door import language, offer
from apps.cli.server import ADDRESS_FILE, loaded
from data.messages import PlatformFailed, Text, WrongUsage
from data.settings import REPOSITORY, child_environment, load_settings

if TYPE_CHECKING:
    from data.paths import Workspace

HOST = "127.0.0.1"
READY_SECONDS, PATIENCE_SECONDS, POLL_SECONDS = 240.0, 15.0, 0.3
CODE = "orchestration.definitions"
SERVED_FILE = "served.yaml"
SERVED = "load_from: [{{grpc_server: {{host: {host}, port: {port}, location_name: zonelab}}}}]\n"
"""Dagster's workspace while we serve: the code server that we started."""

ViewerPort = Annotated[int | None, typer.Option("--viewer-port", min=1, max=65535, help="Default 8501.")]
DagsterPort = Annotated[int | None, typer.Option("--dagster-port", min=1, max=65535, help="Default 3000.")]


@dataclass(frozen=True)
class Child:
    """One running process. `port` is None for the daemon; `log` is where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    port: int | None
    log: Path


def serve(viewer_port: ViewerPort = None, dagster_port: DagsterPort = None) -> Answer:
    """Start the viewer, the Dagster web server and its daemon; stop them with Ctrl-C."""
    from apps.cli.workspace import opened

    place, _ = opened()
    settings = load_settings()
    ports = {"viewer": viewer_port or settings.viewer_port, "dagster": dagster_port or settings.dagster_port}
    for port in ports.values():
        free(port)
    ports["code"] = spare()
    say(Text(en="Starting …", zh="正在启动……"), language())
    children = started(place, ports)
    urls = {name: f"http://{HOST}:{ports[name]}" for name in ("viewer", "dagster")}
    (place.dagster / ADDRESS_FILE).write_text(json.dumps({"url": urls["dagster"]}), encoding="utf-8")
    texts = [
        Text(en=f"Viewer   {urls['viewer']}", zh=f"查看器   {urls['viewer']}"),
        Text(en=f"Dagster  {urls['dagster']}", zh=f"Dagster  {urls['dagster']}"),
        Text(en="Ctrl-C stops both.", zh="按 Ctrl-C 停止。"),
    ]
    return Answer({**urls, "home": str(place.home)}, lines(*texts), after=lambda: watch(children, place))


def commands(place: Workspace, ports: dict[str, int]) -> dict[str, list[str]]:
    """Return the command line of each child, in the order in which they start."""
    from apps.viewer.launch import command

    location = ["-w", str(place.dagster / SERVED_FILE)]
    code = ["-m", CODE, "-d", str(REPOSITORY), "-h", HOST, "-p", str(ports["code"]), "--location-name", "zonelab"]
    return {
        "code": [sys.executable, "-m", "dagster", "api", "grpc", "--use-python-environment-entry-point", *code],
        "viewer": command(ports["viewer"]),
        "dagster": [sys.executable, "-m", "dagster_webserver", "-h", HOST, "-p", str(ports["dagster"]), *location],
        "daemon": [sys.executable, "-m", "dagster._daemon", "run", *location],
    }


def started(place: Workspace, ports: dict[str, int]) -> list[Child]:
    """Start the children and wait until all ports answer and the jobs are loaded; if one fails, stop all.

    Raises
    ------
    PlatformFailed
        One of them ended or did not answer in time; the message names its log.
    """
    from data.durable import write_text

    children: list[Child] = []
    write_text(place.dagster / SERVED_FILE, SERVED.format(host=HOST, port=ports["code"]))
    with stop_on_error(children):
        for name, line in commands(place, ports).items():
            children.append(start(name, line, ports.get(name), place))
            if name == "code":
                wait_until_ready(children[-1])
        for child in children:
            wait_until_ready(child, loaded if child.name == "dagster" else None)
    return children


def start(name: str, line: list[str], port: int | None, place: Workspace) -> Child:
    """Start one child in a process group of its own, so that its own children end with it."""
    log = place.home / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    extra = {"ZONELAB_HOME": str(place.home), "DAGSTER_HOME": str(place.dagster)}
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own command lines
            line,
            cwd=REPOSITORY,
            env=child_environment(extra),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    return Child(name, process, port, log)


def wait_until_ready(child: Child, ready: Callable[[str], bool] | None = None) -> None:
    """Wait until the child's port answers and, where asked, until `ready` says of its address that it can be used."""
    deadline = time.monotonic() + READY_SECONDS
    while child.port is not None and not (
        answers(child.port) and (ready is None or ready(f"http://{HOST}:{child.port}"))
    ):
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise ended(child)
        time.sleep(POLL_SECONDS)


def watch(children: list[Child], place: Workspace) -> None:
    """Wait until Ctrl-C (or SIGTERM, or the end of a child), then stop all children."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with stop_on_error(children), contextlib.suppress(KeyboardInterrupt):
            while True:
                for child in children:
                    if child.process.poll() is not None:
                        raise ended(child)
                time.sleep(POLL_SECONDS)
        stop(children)
    finally:
        (place.dagster / ADDRESS_FILE).unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, previous)


@contextlib.contextmanager
def stop_on_error(children: list[Child]) -> Iterator[None]:
    """Stop what has been started if the block fails."""
    try:
        yield
    except BaseException:
        stop(children)
        raise


def stop(children: list[Child]) -> None:
    """End the children by process id: asked first, killed after `PATIENCE_SECONDS`."""
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.process.wait()


def _signal(child: Child, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, what)


def answers(port: int) -> bool:
    """Return whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(POLL_SECONDS)
        return probe.connect_ex((HOST, port)) == 0


def spare() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def free(port: int) -> None:
    """Make sure that a port is free; WrongUsage if something listens there."""
    if answers(port):
        raise WrongUsage(
            "E-SERVE-01",
            Text(
                en=f"Port {port} is in use: choose another with --viewer-port or --dagster-port.",
                zh=f"端口 {port} 已被占用：请用 --viewer-port 或 --dagster-port 另选。",
            ),
        )


def ended(child: Child) -> PlatformFailed:
    """Return the error that names the child and its log."""
    return PlatformFailed(
        "E-SERVE-02",
        Text(en=f"{child.name} is not running; see {child.log}", zh=f"{child.name} 未在运行；参见 {child.log}"),
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "serve")(serve)
