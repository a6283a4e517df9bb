"""What the forms of signing in do: GET shows, POST acts and leads on.

Belongs here: reading a form, the cookie, where to go next. Does not: markup (pages), acts (data.accounts). A form from another
site is refused, and nobody is led to another site.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from apps.viewer.language import LANGUAGES, guess, t, use
from apps.viewer.login import cookie, pages, provider
from apps.viewer.login.standing import ledger
from data.accounts import accept, end_session, login_of, sign_in
from data.messages import Language, NotPermitted, Refused, Text, WrongUsage, ZonelabError
from data.paths import Workspace
from data.settings import load_settings

LONGEST_FORM = 8_192

Handler = Callable[[Request, Workspace], Awaitable[Response]]


def routes() -> list[Route]:
    """Return the routes of signing in, to be mounted beside the pages."""
    return [
        Route(pages.SIGN_IN, _answered(_show_sign_in), methods=["GET"]),
        Route(pages.SIGN_IN, _answered(_sign_in), methods=["POST"]),
        Route(pages.INVITATION, _answered(_show_invitation), methods=["GET"]),
        Route(pages.INVITATION, _answered(_accept), methods=["POST"]),
        Route("/account/sign-out", _answered(_sign_out), methods=["POST"]),
    ]


def _answered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        use(cast("Language", asked) if asked in LANGUAGES else guess(request.headers.get("accept-language")))
        workspace = Workspace(load_settings().home)
        try:
            if provider.is_set_up() or await run_in_threadpool(login_of, workspace) != "accounts":
                return RedirectResponse("/", 303, pages.HEADERS)
            if request.method == "POST" and not from_here(request):
                return PlainTextResponse("Another site sent this form.\n此表单来自其他网站。\n", 403, pages.HEADERS)
            return await handler(request, workspace)
        except ZonelabError as error:
            return HTMLResponse(pages.closed(error), 503, pages.HEADERS)

    return answer


async def _show_sign_in(request: Request, _workspace: Workspace) -> Response:
    said = {
        "over": t("Your session has ended. Sign in again; what was saved is there."),
        "set": t("Your password is set. Sign in with it."),
        "out": t("You have signed out."),
    }
    told = next((text for name, text in said.items() if name in request.query_params), "")
    return HTMLResponse(pages.sign_in(inside(request), said=told), headers=pages.HEADERS)


async def _sign_in(request: Request, workspace: Workspace) -> Response:
    form = await _form(request)
    user, wanted = form.get("user", "").strip()[:100], inside(request)
    try:
        _, key = await run_in_threadpool(sign_in, workspace, ledger(workspace.home), user, form.get("password", ""))
    except ZonelabError as error:
        if error.code not in ("E-LOGIN-01", "E-LOGIN-03"):
            raise
        status = 429 if error.code == "E-LOGIN-03" else 403
        return HTMLResponse(pages.sign_in(wanted, user=user, error=error), status, pages.HEADERS)
    before = request.cookies.get(cookie.NAME, "")
    await run_in_threadpool(end_session, workspace, ledger(workspace.home), before)
    answer = RedirectResponse(wanted, 303, pages.HEADERS)
    answer.headers.append("Set-Cookie", cookie.setting(key, secure=_is_secure(request)))
    return answer


async def _show_invitation(_request: Request, _workspace: Workspace) -> Response:
    return HTMLResponse(pages.invitation(), headers=pages.HEADERS)


async def _accept(request: Request, workspace: Workspace) -> Response:
    form = await _form(request)
    try:
        if form.get("password", "") != form.get("again", ""):
            raise _differ()
        code, password = form.get("code", ""), form.get("password", "")
        await run_in_threadpool(accept, workspace, ledger(workspace.home), code, password)
    except ZonelabError as error:
        if not isinstance(error, NotPermitted | Refused):
            raise
        return HTMLResponse(pages.invitation(error=error), 403, pages.HEADERS)
    return RedirectResponse(f"{pages.SIGN_IN}?set=1&lang={request.query_params.get('lang', 'en')}", 303, pages.HEADERS)


async def _sign_out(request: Request, workspace: Workspace) -> Response:
    await run_in_threadpool(end_session, workspace, ledger(workspace.home), request.cookies.get(cookie.NAME, ""))
    answer = RedirectResponse(f"{pages.SIGN_IN}?out=1", 303, pages.HEADERS)
    answer.headers.append("Set-Cookie", cookie.removing())
    return answer


def inside(request: Request) -> str:
    """Return the address that is opened afterwards: a path of this site, else the first page."""
    wanted = request.query_params.get("next", "/")
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/account/"))
    return wanted if is_path and wanted.isprintable() and "\\" not in wanted else "/"


def from_here(request: Request) -> bool:
    """Tell whether a form was sent by a page of this site: a browser says where it comes from."""
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host", "") != ""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _is_secure(request: Request) -> bool:
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


async def _form(request: Request) -> Mapping[str, str]:
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > LONGEST_FORM:
            raise WrongUsage("E-LOGIN-10", Text(en="The form is too long.", zh="表单过长。"))
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _differ() -> Refused:
    return Refused("E-LOGIN-05", Text(en="The two passwords are not the same.", zh="两次输入的密码不一致。"))
