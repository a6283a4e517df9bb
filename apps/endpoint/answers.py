"""Answers of the endpoint: the command's JSON document, or its error document, and the HTTP code of each.

Belongs here: codes and documents. Does not: requests (routes). No answer and no log line holds an exception's own words: they
may hold a value.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.responses import JSONResponse

from data.messages import NotFound, NotPermitted, PlatformFailed, Refused, Text, WrongUsage, ZonelabError
from quality.verdict import Status, SubmissionResult

LOG = logging.getLogger("zonelab.endpoint")

VERDICTS: dict[Status, HTTPStatus] = {
    "accepted": HTTPStatus.CREATED,
    "duplicate": HTTPStatus.OK,
    "quarantined": HTTPStatus.MULTI_STATUS,
    "rejected": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""207: some rows are in, the others in quarantine; a client that looks at the code alone must not take that for a plain 201."""

ERRORS: dict[type[ZonelabError], HTTPStatus] = {
    WrongUsage: HTTPStatus.BAD_REQUEST,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    PlatformFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
}
BY_CODE = {"E-TOKEN-01": HTTPStatus.UNAUTHORIZED, "E-SIZE-01": HTTPStatus.REQUEST_ENTITY_TOO_LARGE}

BROKEN = Text(
    en="The platform could not finish. Send the same file again: rows that are in already do not enter twice.",
    zh="平台未能完成处理。请重新提交同一文件：已入库的行不会重复入库。",
)


def verdict(result: SubmissionResult) -> JSONResponse:
    """Return what `zonelab submit --json` prints."""
    return JSONResponse(
        result.model_dump(mode="json"),
        VERDICTS[result.status],
        headers={"Location": f"/api/submissions/{result.submission_id}"},
    )


def refusal(error: ZonelabError) -> JSONResponse:
    """Return the error document of the command line."""
    code = BY_CODE.get(error.code) or next(
        (status for kind, status in ERRORS.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    headers = {"WWW-Authenticate": 'Bearer realm="zonelab"'} if code is HTTPStatus.UNAUTHORIZED else {}
    document = {"error": {"code": error.code, "message": error.text.model_dump()}}
    return JSONResponse(document, code, headers=headers)


def broken(error: Exception) -> JSONResponse:
    """Return the answer to a failure that nobody foresaw, and log its kind."""
    LOG.error("an upload could not be finished: %s", type(error).__name__)
    return refusal(PlatformFailed("E-SYS-03", BROKEN))
