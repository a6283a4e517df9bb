"""Fetching an extract as a browser would, without a server: the route is called in this process."""

from __future__ import annotations

import anyio
import httpx
from starlette.applications import Starlette

from apps.endpoint import extracts


def fetch(address, **cookies):
    """Return the answer to a GET with these cookies."""

    async def asked():
        transport = httpx.ASGITransport(app=Starlette(routes=extracts.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://local", cookies=cookies) as client:
            return await client.get(address)

    return anyio.run(asked)
