"""A real server on localhost: the endpoint's routes under uvicorn, as the viewer mounts them."""

from __future__ import annotations

import socket
import threading
import time

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from apps.endpoint.routes import routes


@pytest.fixture(scope="module")
def address():
    """Return the address of a server that runs until the module ends; each request reads the settings of its test."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes()), log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}/api/submissions"
    server.should_exit = True
    thread.join(10)
    bound.close()


@pytest.fixture
def send(address, workspace):  # noqa: ARG001 -- the request is answered for this workspace
    """Return a function that sends a body as a machine does."""

    def sent(content, token="", **params):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"X-File-Name": "clinics%20W1.csv"}
        with httpx.Client(trust_env=False, timeout=60) as client:
            return client.post(
                address, content=content, params={"contract": "clinic_assignment", **params}, headers=headers
            )

    return sent
