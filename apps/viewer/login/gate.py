"""The gate: every request and every message of the live connection passes it, before Streamlit's own server.

Belongs here: which addresses need a login, and what is answered without one. Does not: who is signed in (standing). What is not
named as public needs a login wherever one is demanded, so that a new route is closed until somebody opens it.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apps.endpoint.extracts import USER
from apps.viewer.language import guess, use
from apps.viewer.login import pages
from apps.viewer.login.standing import Standing, standing
from data.messages import ZonelabError
from data.paths import Workspace
from data.settings import load_settings

PUBLIC = ("/account/", "/api/submissions", "/static/", "/auth/", "/oauth2callback")
"""Signing in; machines with their tokens; Streamlit's own style and script files; the provider's way back."""
PUBLIC_FILES = ("/_stcore/health", "/_stcore/host-config", "/favicon.png")
FILES = ("/media/", "/api/extracts/", "/_stcore/upload_file/")
"""What is never public where there is any login: results on their way out, files on their way in."""

NO_STORE = {"Cache-Control": "no-store"}
_SIGN_IN = "Sign in first, then open the page again.\n请先登录，再重新打开页面。\n"

Reach = Literal["public", "page", "file"]


def reach(path: str) -> Reach:
    """Tell what kind of address this is.

    >>> reach("/static/js/a.js"), reach("/media/1.pdf"), reach("/zones"), reach("/_stcore/stream")
    ('public', 'file', 'page', 'page')
    """
    if path in PUBLIC_FILES or path.startswith(PUBLIC):
        return "public"
    return "file" if path.startswith(FILES) else "page"


def lets_through(found: Standing, kind: Reach) -> bool:
    """Tell whether an address of this kind is open to whoever stands there."""
    if found.demand == "nothing" or found.user:
        return True
    return found.demand == "files" and kind == "page"


class Gate:
    """ASGI middleware: outermost, before Streamlit's routes and ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer without a login what needs none; everything else as `lets_through` says."""
        if scope["type"] not in ("http", "websocket") or reach(scope["path"]) == "public":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            found = await run_in_threadpool(_standing, connection)
        except ZonelabError as error:
            await _refuse(scope, receive, send, _closed(connection, error))
            return
        if not lets_through(found, reach(scope["path"])):
            await _refuse(scope, receive, send, _to_the_door(connection, found))
            return
        scope[USER] = found.user
        guarded = _watched(connection, found, receive) if scope["type"] == "websocket" else receive
        await self.app(scope, guarded, send)


def _standing(connection: HTTPConnection) -> Standing:
    return standing(Workspace(load_settings().home), connection.cookies)


def _watched(connection: HTTPConnection, at_first: Standing, receive: Receive) -> Receive:
    """Return a `receive` that asks anew with each message: after a login has ended no click does anything any more."""

    async def next_message() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or await run_in_threadpool(_still, connection, at_first):
                return message
            bare = _without_answers(message.get("bytes") or b"")
            if bare is not None:
                return {"type": "websocket.receive", "bytes": bare}

    return next_message


def _still(connection: HTTPConnection, at_first: Standing) -> bool:
    try:
        return _standing(connection) == at_first
    except ZonelabError:
        return False


def _without_answers(sent: bytes) -> bytes | None:
    """Return a browser's wish to run the page without what was clicked or typed; None for any other wish.

    The page then runs, finds nobody signed in, and says so; no callback of a button runs before that.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    try:
        message.ParseFromString(sent)
    except DecodeError:
        return None
    if message.WhichOneof("type") != "rerun_script":
        return None
    bare = BackMsg()
    bare.rerun_script.query_string = message.rerun_script.query_string
    bare.rerun_script.page_script_hash = message.rerun_script.page_script_hash
    return bytes(bare.SerializeToString())


def _is_visit(connection: HTTPConnection) -> bool:
    """Tell whether somebody opens a page, rather than a page something."""
    asked = connection.headers
    if connection.scope["type"] != "http" or connection.scope["method"] not in ("GET", "HEAD"):
        return False
    mode = asked.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in asked.get("accept", "")


def _to_the_door(connection: HTTPConnection, found: Standing) -> Response:
    if found.demand == "files" or not _is_visit(connection):
        return PlainTextResponse(_SIGN_IN, 403, NO_STORE)
    wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    over = "&over=1" if found.is_over else ""
    return RedirectResponse(f"{pages.SIGN_IN}?next={quote(wanted, safe='')}{over}", 303, NO_STORE)


def _closed(connection: HTTPConnection, error: ZonelabError) -> Response:
    if not _is_visit(connection):
        return PlainTextResponse(f"{error.code}: {error.text.en}\n{error.text.zh}\n", 503, NO_STORE)
    use(guess(connection.headers.get("accept-language")))
    return HTMLResponse(pages.closed(error), 503, pages.HEADERS)


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await receive()  # websocket.connect
        await send({"type": "websocket.close", "code": 4403, "reason": "sign in"})
        return
    await answer(scope, receive, send)
