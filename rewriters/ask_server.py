"""Ask a server for its tools, through the official MCP SDK, in either era of the protocol. Never calls one.

Since 2026-07-28 a server is asked `server/discover` and keeps no session; before that, `initialize` opens one. The SDK
asks the first and falls back to the second. A server that ends at a question it does not know is started once more
and greeted the old way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unsprawl.rewriters.server_limits import MOST_BYTES, Heard
from unsprawl.scanner.oauth.login.listing import MOST_TOOLS, TooMany, about, tool_names
from unsprawl.scanner.oauth.login.sdk import usable

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

_OLD_WAY_S = 2.0
"""What must be left of the time for a second try."""
_ELSEWHERE = (301, 302, 303, 307, 308)
_REFUSED = (401, 403)
_NOT_HERE = (400, 404, 405, 406, 415)
"""How a server of the older kind, an event stream and an address to post to, answers the newer kind of request."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a server answered. Its text is the server's: foreign, and not to be shown as it is."""

    names: frozenset[str]
    revision: str
    """The protocol revision that both sides agreed on; always one that the SDK knows."""

    def __repr__(self) -> str:
        return f"Tools({len(self.names)}, {self.revision})"


class Silent(Exception):
    """The server could not be asked. The text is safe to show: it holds nothing that the server said."""

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused
        """It wants a credential, or another one."""


def tools_of_command(command: Sequence[str], environ: Mapping[str, str], cwd: str, timeout_s: float) -> Tools:
    """Start a server with this very environment, and list its tools. Raises Silent."""
    import shutil

    from unsprawl.rewriters.stdio_transport import stdio_transport

    # `npx` is a script with another ending on Windows, which only this finds.
    program = shutil.which(command[0], path=environ.get("PATH")) if os.name == "nt" else None

    def connect(heard: Heard) -> AbstractAsyncContextManager[Any]:
        return stdio_transport([program or command[0], *command[1:]], environ, cwd, heard)

    async def ask(heard: Heard) -> Tools:
        import anyio

        begun = anyio.current_time()
        try:
            return await _converse(connect(heard), "auto", heard)
        except (TimeoutError, OSError):
            raise
        except Exception:
            left = timeout_s - (anyio.current_time() - begun)
            if heard.too_much or left < _OLD_WAY_S:
                raise
            return await _converse(connect(heard), "legacy", heard)

    return _run(ask, timeout_s)


def tools_of_url(url: str, headers: Mapping[str, str], timeout_s: float, *, events: bool = False) -> Tools:
    """Call a server and list its tools; `events`: it is known to be of the older kind. Raises Silent."""
    from unsprawl.rewriters.http_transport import client_factory, http_client

    async def ask(heard: Heard) -> Tools:
        from mcp.client.sse import sse_client
        from mcp.client.streamable_http import streamable_http_client

        if not events:
            try:
                async with http_client(headers, heard) as client:
                    return await _converse(streamable_http_client(url, http_client=client), "auto", heard)
            except Exception:
                if heard.too_much or heard.status not in _NOT_HERE:
                    raise
        made = sse_client(url, headers=dict(headers), httpx_client_factory=client_factory(heard))
        return await _converse(made, "legacy", heard)

    return _run(ask, timeout_s)


def _run(ask: Callable[[Heard], Coroutine[Any, Any, Tools]], timeout_s: float) -> Tools:
    if not usable():
        raise Silent("the MCP SDK is not installed, or too old")
    import logging
    from importlib import import_module

    import anyio

    import_module("mcp.client.client")  # takes a second, which is not the server's
    # The SDK logs what it cannot read with its content, and the HTTP client addresses: both may hold the secret.
    for name in ("mcp", "client", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    heard = Heard()

    async def bounded() -> Tools:
        with anyio.fail_after(timeout_s):
            return await ask(heard)

    try:
        return anyio.run(bounded)
    except BaseException as error:
        if not isinstance(error, Exception | BaseExceptionGroup) or _interrupted(error):
            raise
        # `from None`: what the SDK raises may quote the server.
        raise Silent(_why(error, heard, timeout_s), refused=heard.status in _REFUSED) from None


def _interrupted(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_interrupted(each) for each in error.exceptions)
    return isinstance(error, KeyboardInterrupt | SystemExit)


def _why(error: BaseException, heard: Heard, timeout_s: float) -> str:
    """In words of our own: nothing of what the server said is in them."""
    if heard.too_much:
        return f"the server said more than {MOST_BYTES >> 20} MB, or more than anyone needs to list tools"
    kinds = [*_flat(error)]
    if any(isinstance(each, TooMany) for each in kinds):
        return f"the server has more than {MOST_TOOLS} tools, or its list has no end"
    if any(isinstance(each, TimeoutError) for each in kinds):
        return f"the server did not answer within {timeout_s:.0f} seconds"
    if heard.status in _REFUSED:
        return f"the server refused what the entry sends (status {heard.status})"
    if heard.status in _ELSEWHERE:
        return "the server sends to another address, and credentials are not sent there"
    if heard.status >= 400:
        return f"the server answered with an error (status {heard.status})"
    if any(type(each).__name__ in ("ConnectError", "ConnectTimeout") for each in kinds):
        return "the server could not be reached"
    for each in kinds:
        if isinstance(each, OSError) and each.strerror:
            return f"the server could not be started ({each.strerror})"
    return "the server stopped, or did not speak MCP"


def _flat(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [each for inner in error.exceptions for each in _flat(inner)]
    return [error]


async def _converse(transport: AbstractAsyncContextManager[Any], mode: str, heard: Heard) -> Tools:
    """Greet and list. Without callbacks the SDK declines what a server asks of its client: sampling, roots, answers."""
    from mcp.client.client import Client

    async with Client(transport, mode=mode, cache=None, client_info=about()) as client:
        return Tools(await tool_names(client), client.protocol_version)
