"""POST /api/submissions: the body is the file, the token says who and which zone; GET …/{id}: what became of one.

Belongs here: reading a request and calling intake. Does not: answers (answers), tokens (data.tokens). The body goes to a staged
file as it comes, so that memory does not grow with it; a body above the limit is cut off.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apps.endpoint import answers
from data.contracts import contract_names, load_contract
from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, Refused, Text, WrongUsage, ZonelabError
from data.paths import Workspace
from data.settings import load_settings
from data.submissions import find
from data.tokens import Token, recognised
from quality.arrivals import arriving, too_large
from quality.intake import submit
from quality.verdict import SubmissionResult, settled_result

PATH = "/api/submissions"
MEGABYTE = 1024 * 1024
PATIENCE_SECONDS = 900.0
"""A body that has not come by then will not come."""

Handler = Callable[[Request], Awaitable[Response]]


def routes() -> list[Route]:
    """Return the endpoint's routes, to be mounted beside the viewer or served alone."""
    return [
        Route(PATH, _safely(_post), methods=["POST"]),
        Route(PATH + "/{submission_id}", _safely(_get), methods=["GET"]),
    ]


def _safely(handler: Handler) -> Handler:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except ZonelabError as error:
            return answers.refusal(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception as error:  # noqa: BLE001 -- the last door
            return answers.broken(error)

    return answered


async def _post(request: Request) -> Response:
    workspace = Workspace(load_settings().home)
    token = await run_in_threadpool(_token, request, workspace)
    contract = _contract(request)
    limit = load_settings().upload_limit_mb
    name = unquote(request.headers.get("x-file-name", "")) or contract
    with arriving(workspace, name) as path:
        await _stream(request, path, limit)
        taken = partial(_take_in, path, contract, token, workspace, request.query_params)
        result = await run_in_threadpool(taken)
    return answers.verdict(result)


async def _get(request: Request) -> Response:
    workspace = Workspace(load_settings().home)
    token = await run_in_threadpool(_token, request, workspace)
    ledger = _ledger(workspace.home)
    found = await run_in_threadpool(find, ledger, request.path_params["submission_id"])
    if found.zone != token.zone:  # told like one that does not exist
        missing = f"There is no submission {found.submission_id}.", f"没有编号为 {found.submission_id} 的提交。"
        raise NotFound("E-SUB-01", Text(en=missing[0], zh=missing[1]))
    if found.status == "received":
        return JSONResponse({"submission_id": found.submission_id, "sha256": found.sha256, "status": "received"}, 202)
    return JSONResponse(settled_result(found).model_dump(mode="json"))


def _token(request: Request, workspace: Workspace) -> Token:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise NotPermitted(
            "E-TOKEN-01",
            Text(
                en="Send an upload token: Authorization: Bearer …; an administrator issues one with zonelab token issue.",
                zh="请发送上传令牌：Authorization: Bearer ……；管理员可用 zonelab token issue 签发。",
            ),
        )
    return recognised(_ledger(workspace.home), text.strip())


def _contract(request: Request) -> str:
    name = request.query_params.get("contract", "")
    if not name:
        raise WrongUsage(
            "E-HTTP-01",
            Text(
                en="Say which table the file is for: ?contract=NAME.", zh="请说明文件对应的数据约定：?contract=名称。"
            ),
        )
    if name not in contract_names():  # a path on this machine is no name that a request may give
        raise NotFound("E-CONTRACT-01", Text(en=f"There is no contract {name[:80]}.", zh=f"没有数据约定 {name[:80]}。"))
    return name


async def _stream(request: Request, path: Path, limit_mb: int) -> None:
    """Write the body to `path` as it comes; Refused (E-SIZE-01, E-FILE-01) if it is too large or empty."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit_mb * MEGABYTE:
        raise too_large(limit_mb)
    size = 0
    with anyio.fail_after(PATIENCE_SECONDS):
        async with await anyio.open_file(path, "xb") as stream:
            async for block in request.stream():
                size += len(block)
                if size > limit_mb * MEGABYTE:
                    raise too_large(limit_mb)
                await stream.write(block)
    if not size:
        raise Refused(
            "E-FILE-01",
            Text(en="The request has no body: send the file as the body.", zh="请求没有正文：请把文件作为正文发送。"),
        )


def _take_in(
    path: Path, contract: str, token: Token, workspace: Workspace, said: Mapping[str, str]
) -> SubmissionResult:
    """Submit in the token's name: its person, its zone, and the token's id as the run."""
    return submit(
        path,
        contract=load_contract(contract),
        zone=token.zone,
        wave=said.get("wave") or None,
        actor=token.person,
        workspace=workspace,
        run_id=f"token:{token.token_id}",
        correction_reason=said.get("correction") or None,
    )


@cache
def _ledger(home: Path) -> Ledger:
    """Return the ledger of a workspace, opened once a process."""
    return Ledger.open(Workspace(home).create())
