"""GET /api/extracts/{ticket}: a file made for one reader, handed out once and for minutes, then gone.

Belongs here: tickets in this process's memory, the folder of files that wait, the route. Does not: making an extract and the
right to it (experiments.exporting), the page (apps.viewer). A forwarded, a used and an old link get no data (domain/trust.md T3).
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

PATH = "/api/extracts"
PREFIX = "zonelab-extracts-"
USER = "zonelab.user"
"""The key of a request's scope under which the gate (apps.viewer.login) puts the signed-in user."""
LIFETIME = 600.0
"""Seconds for which a ticket is good."""
_GONE = "This link has been used or is too old: build the extract again.\n链接已使用或已过期：请重新生成数据提取。\n"
_NOT_YOURS = "This link was made for another reader.\n此链接是为其他读者生成的。\n"


@dataclass(frozen=True)
class Offer:
    """A file that waits: the name it is saved under, the cookie (name, value) of the browser it was made for, until when.

    `owner` is the signed-in user it was made for, where there is a login; the gate before this route says who asks.
    """

    path: Path
    name: str
    cookie: tuple[str, str] | None
    until: float
    owner: str = ""


_offers: dict[str, Offer] = {}


def routes() -> list[Route]:
    """Return the route, to be mounted beside the pages."""
    return [Route(PATH + "/{ticket}", _get, methods=["GET"])]


@cache
def folder() -> Path:
    """Return this process's own folder for files that wait: readable by nobody else, emptied when the process ends."""
    for old in _left_behind():
        shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def offer(path: Path, cookie: tuple[str, str] | None = None, *, owner: str = "") -> str:
    """Hand a file of `folder` over to be fetched once; return its ticket. Files whose time is over are removed."""
    now = time.monotonic()
    for ticket in [ticket for ticket, held in list(_offers.items()) if held.until < now]:
        _remove(_offers.pop(ticket, None))
    ticket = secrets.token_urlsafe(32)
    _offers[ticket] = Offer(path, path.name, cookie, now + LIFETIME, owner)
    return ticket


def is_waiting(ticket: str) -> bool:
    """Tell whether a ticket may still be used."""
    held = _offers.get(ticket)
    return held is not None and held.until >= time.monotonic()


def withdraw(ticket: str) -> None:
    """Take a ticket back and remove its file."""
    _remove(_offers.pop(ticket, None))


async def _get(request: Request) -> Response:
    ticket = request.path_params["ticket"]
    held = _offers.get(ticket)
    if held is not None and not _is_for(held, request):
        return PlainTextResponse(_NOT_YOURS, 403, {"Cache-Control": "no-store"})
    taken = _offers.pop(ticket, None)  # from here on nobody else has it
    if taken is None or taken.until < time.monotonic() or not taken.path.is_file():
        _remove(taken)
        return PlainTextResponse(_GONE, 410, {"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(taken.name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(
        taken.path, media_type="application/zip", headers=headers, background=BackgroundTask(_remove, taken)
    )


def _is_for(held: Offer, request: Request) -> bool:
    if held.owner and request.scope.get(USER) != held.owner:
        return False
    if held.cookie is None:
        return True
    name, value = held.cookie
    return secrets.compare_digest(unquote(request.cookies.get(name, "")).encode(), unquote(value).encode())


def _remove(held: Offer | None) -> None:
    if held is not None:
        shutil.rmtree(held.path.parent, ignore_errors=True)


def _left_behind() -> Iterator[Path]:
    """Yield folders of processes that are no more: killed before they could empty them."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if path.is_symlink() or not owner.isdecimal() or path.stat().st_uid != os.getuid():
            continue
        if not _runs(int(owner)):
            yield path


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
