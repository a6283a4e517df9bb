"""The gate and the forms before a small server that stands for Streamlit's; the cheap hash of tests/unit/account_store."""

from __future__ import annotations

import anyio
import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from apps.endpoint import extracts
from apps.viewer.login import routes
from apps.viewer.login.gate import Gate
from data.accounts import accept, invite, passwords
from data.ledger import Ledger
from tests.unit.account_store.conftest import ACCESS, PASSWORD

OPEN_PATHS = ("/static/js/index.js", "/_stcore/health", "/_stcore/host-config", "/favicon.png", "/api/submissions")
CLOSED_PATHS = (
    "/",
    "/zones",
    "/media/abc.pdf",
    "/_stcore/metrics",
    "/component/x",
    "/app/static/x",
    "/new/route",
    "//media/abc.pdf",
)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    made = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords.nobodys.cache_clear()
    monkeypatch.setattr(passwords, "hasher", lambda: made)


async def _anything(request):
    return PlainTextResponse(f"for {request.scope.get('zonelab.user', '-')}")


@pytest.fixture(scope="session")
def server():
    """Return the application: the routes of signing in, extracts, and one that answers everything else."""
    every = [Route("/{path:path}", _anything, methods=["GET", "PUT", "POST"])]
    return Starlette(routes=[*routes.routes(), *extracts.routes(), *every], middleware=[Middleware(Gate)])


@pytest.fixture
def ask(server):
    """Return a function that sends one request, as a browser that opens a page unless told otherwise."""

    def sent(path, *, method="GET", cookies=None, form=None, **headers):
        async def asked():
            named = {"accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
            transport = httpx.ASGITransport(app=server)
            async with httpx.AsyncClient(transport=transport, base_url="http://local", cookies=cookies) as client:
                return await client.request(method, path, data=form, headers=named)

        return anyio.run(asked)

    return sent


@pytest.fixture
def listed(workspace):
    """Return a workspace with an access list and no account."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return workspace


@pytest.fixture
def accounts(listed):
    """Return a workspace in which zone.operator and other.operator have an account."""
    ledger = Ledger.open(listed)
    for user in ("zone.operator", "other.operator"):
        accept(listed, ledger, invite(listed, ledger, user, actor="root.one")[1], PASSWORD)
    return listed


@pytest.fixture
def enter(ask):
    """Return a function that signs in and gives the cookies that a browser then has."""

    def entered(user="zone.operator", password=PASSWORD):
        answer = ask("/account/sign-in", method="POST", form={"user": user, "password": password})
        assert answer.status_code == 303, answer.text
        return dict(answer.cookies)

    return entered
