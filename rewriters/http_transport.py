"""HTTP clients for the MCP SDK that a hostile server cannot fill, and that keep the last status they saw."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from unsprawl.rewriters.server_limits import Heard

if TYPE_CHECKING:
    import httpx2
    from mcp.shared._httpx_utils import McpHttpClientFactory

CONNECT_S = 5.0
READ_S = 20.0


def client_factory(heard: Heard) -> McpHttpClientFactory:
    """What makes such a client for the SDK; its own limits in time are longer than ours."""

    def make(
        headers: dict[str, str] | None = None, timeout: httpx2.Timeout | None = None, auth: httpx2.Auth | None = None
    ) -> httpx2.AsyncClient:
        return http_client(headers or {}, heard)

    return make


def http_client(headers: Mapping[str, str], heard: Heard) -> httpx2.AsyncClient:
    """A client that sends the entry's headers and counts every byte of every answer.

    It follows no redirect by itself; the SDK follows those that stay with the same scheme, host and port.
    """
    import httpx2

    class Counted(httpx2.AsyncByteStream):
        """A body that stops when it is too long."""

        def __init__(self, inner: httpx2.AsyncByteStream) -> None:
            self._inner = inner

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._inner:
                heard.add(len(chunk))
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    async def count(response: httpx2.Response) -> None:
        heard.status = response.status_code
        heard.add(0, messages=1)
        # What is packed small may unpack without an end. We ask for it plain, and take what comes as plain.
        response.headers.pop("Content-Encoding", None)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = Counted(response.stream)

    hooks: dict[str, list[Any]] = {"response": [count]}
    timeout = httpx2.Timeout(READ_S, connect=CONNECT_S)
    plain = {**headers, "Accept-Encoding": "identity"}
    return httpx2.AsyncClient(headers=plain, timeout=timeout, event_hooks=hooks)
