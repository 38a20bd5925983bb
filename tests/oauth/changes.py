"""What can be wrong with a server, one change each: for tables that put them together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.oauth.bed import RESOURCE, SERVER, Bed
from tests.oauth.test_checks import (
    Change,
)
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document, redirect

JSON = (("Content-Type", "application/json"),)


def named(text: str) -> Change:
    """A challenge that alone says where the metadata is; `{odd}` is the place."""

    def change(bed: Bed) -> None:
        bed.prm_at = "/odd"
        bed.challenge = text.replace("{odd}", f"{bed.mcp.url}/odd").replace("{mcp}", bed.mcp.url)

    return change


def headers(*texts: str) -> Change:
    """Several header lines."""

    def change(bed: Bed) -> object:
        bed.prm_at = "/odd"
        lines = tuple(("WWW-Authenticate", text.replace("{odd}", f"{bed.mcp.url}/odd")) for text in texts)
        return lambda again: again.mcp.routes.update({("POST", "/mcp"): Reply(401, lines)})

    return change


def resource(text: str) -> Change:
    """`{mcp}` is the origin of the server, `{MCP}` the same in capitals."""
    return lambda bed: bed.prm.update(resource=filled(bed, text))


def listed(*values: Any) -> Change:
    """The entries of authorization_servers."""
    return lambda bed: bed.prm.update(
        authorization_servers=[filled(bed, each) if isinstance(each, str) else each for each in values]
    )


def filled(bed: Bed, text: str) -> str:
    for name, value in (("{mcp}", bed.mcp.url), ("{MCP}", bed.mcp.url.upper()), ("{auth}", bed.auth.url)):
        text = text.replace(name, value)
    return text.replace("{AUTH}", bed.auth.url.upper())


def placed(path: str) -> Change:
    """Server metadata at this path of the authorization server, and nowhere else."""
    return lambda bed: setattr(bed, "metadata_at", path)


def prm_placed(path: str) -> Change:
    return lambda bed: setattr(bed, "prm_at", path)


def prm_bytes(made: Callable[[bytes], Reply]) -> Change:
    """The right metadata, in another wrapping."""
    return lambda bed: (
        lambda again: again.mcp.routes.update({("GET", f"{RESOURCE}/mcp"): made(json.dumps(again.prm).encode())})
    )


def meta_bytes(made: Callable[[bytes], Reply], path: str = SERVER) -> Change:
    return lambda bed: (
        lambda again: again.auth.routes.update({("GET", path): made(json.dumps(again.metadata).encode())})
    )


def speaks(answer: Callable[[Bed, Asked], Reply]) -> Change:
    """The endpoint answers so."""
    return lambda bed: lambda again: again.mcp.routes.update({("POST", "/mcp"): lambda asked: answer(again, asked)})


def wanted(bed: Bed) -> Reply:
    return Reply(401, (("WWW-Authenticate", bed.challenge or ""),))


def token_gets(reply: Reply) -> Change:
    """Right without a token; with an invented one it answers so."""
    return speaks(lambda bed, asked: reply if "authorization" in asked.headers else wanted(bed))


def moved(where: str, status: int) -> Change:
    """The configured address redirects; the server itself is at `/v2`."""

    def change(bed: Bed) -> object:
        bed.path = "/v2"

        def lay(again: Bed) -> None:
            again.path = "/mcp"
            again.mcp.routes["POST", "/mcp"] = redirect(filled(again, where), status)

        return lay

    return change


def modern(code: int, then: Callable[[Bed, Asked], Reply]) -> Change:
    """It refuses the handshake with this error, and answers its own question so."""

    def answer(bed: Bed, asked: Asked) -> Reply:
        if asked.message.get("method") == "server/discover":
            return then(bed, asked)
        error = {"code": code, "message": "no", "data": {"supported": ["2026-07-28"]}}
        return document({"jsonrpc": "2.0", "id": asked.message.get("id"), "error": error}, 400)

    return speaks(answer)


def later(text: str | None, status: int = 401, *, token_opens: bool = False) -> Change:
    """It greets everybody, and wants a token for the list of its tools."""

    def answer(bed: Bed, asked: Asked) -> Reply:
        if asked.message.get("method") == "initialize" or (token_opens and "authorization" in asked.headers):
            return document(mcp_answer(asked.message))
        return Reply(status, (("WWW-Authenticate", filled(bed, text)),) if text is not None else ())

    return speaks(answer)


def modern_later(bed: Bed) -> object:
    def answer(bed: Bed, asked: Asked) -> Reply:
        if asked.message.get("method") == "tools/list":
            return Reply(401)
        return document(mcp_answer(asked.message, stateless=True))

    return speaks(answer)(bed)


def rpc_error(status: int, code: int = -32001) -> Reply:
    return document({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "Unauthorized"}}, status)


def stream_of(event: str, status: int = 200) -> Reply:
    return Reply(status, (("Content-Type", "text/event-stream"),), event.encode())


def hops(count: int) -> Change:
    """Server metadata behind so many redirects."""

    def lay(again: Bed) -> None:
        right = document(again.metadata)
        again.auth.routes["GET", SERVER] = redirect("/hop/1")
        for number in range(1, count):
            again.auth.routes["GET", f"/hop/{number}"] = redirect(f"/hop/{number + 1}")
        again.auth.routes["GET", f"/hop/{count}"] = right

    return lambda bed: lay


def one_site(bed: Bed) -> object:
    """The server is its own authorization server, and says so."""
    bed.prm["authorization_servers"] = [bed.mcp.url]
    bed.metadata["issuer"] = bed.mcp.url
    return lambda again: again.mcp.routes.update({("GET", SERVER): document(again.metadata)})


def origin_metadata(**parts: Any) -> Change:
    return lambda bed: (
        lambda again: again.mcp.routes.update(
            {("GET", SERVER): document(again.metadata | {"issuer": again.mcp.url} | parts)}
        )
    )


def at_the_root(bed: Bed) -> None:
    bed.path, bed.prm_at = "/", RESOURCE
    bed.challenge = f'Bearer resource_metadata="{bed.mcp.url}{RESOURCE}", scope="tools"'
    bed.prm["resource"] = bed.mcp.url
