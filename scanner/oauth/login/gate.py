"""The only way out for the MCP SDK: every request of it passes our rules on addresses, sizes and times.

The SDK follows whatever metadata names. Here a request goes to the MCP server itself, reads a document at a safe
address, or posts to an endpoint that our own look has found and judged. Anything else is looked at first, or refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

import httpx
import httpx2

from unsprawl.scanner.oauth.addresses import origin_of
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.login.front import Endpoints, same_address
from unsprawl.scanner.oauth.login.ledger import Ledger, form_of
from unsprawl.scanner.oauth.visit import EVENTS, Visit

ANSWER_S = 30.0
MOST_BYTES = 16 << 20
"""That the MCP server may say in all."""
MOST_REQUESTS = 300
_MOST_LOOKS = 3
_NOT_FOR_IT = "another authorization server than the one that the client id is for"
_OWN = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding"})
"""Headers that a visit sets itself."""


class Refused(Exception):
    """A request that is not sent; the text is ours."""


@dataclass(slots=True)
class Passed:
    """What went through, and what did not."""

    status: int = 0
    """Of the last answer of the MCP server."""
    refusal: int = 0
    """What it last refused a token with, 401 or 403; 0 once it took one."""
    fault: Fault | None = None
    """Of the last request without an answer."""
    refused: str = ""
    too_much: bool = False
    bytes: int = 0
    requests: int = 0
    looks: int = 0


class Gate(httpx2.AsyncBaseTransport):
    """A transport of the SDK's HTTP client."""

    def __init__(
        self,
        visit: Visit,
        servers: tuple[str, ...],
        endpoints: Endpoints | None,
        look: Callable[[], Awaitable[Endpoints]],
        ledger: Ledger,
        *,
        events: bool = False,
        may_register: bool = True,
    ) -> None:
        """`servers`: the addresses of the MCP server. `look`: looks at it anew and raises Refused. `events`: it is of
        the older kind, which names the address to post to itself. `may_register`: no client id was given.
        """
        self._visit = visit
        self._servers = servers
        self.endpoints = endpoints
        self._look = look
        self.ledger = ledger
        self._events = events
        self._may_register = may_register
        self.passed = Passed()
        self.client_id = ""
        """That of the authorization request under way."""
        self.scopes: tuple[str, ...] = ()
        """Those that it asks for."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url, body = str(request.url), await request.aread()
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in _OWN}
        self.passed.requests += 1
        if self.passed.requests > MOST_REQUESTS:
            self._refuse("the server keeps asking for more requests")
        if self._is_server(url):
            return await self._to_server(request, url, headers, body)
        authorization = headers.pop("authorization", "")
        if request.method == "GET":
            return self._answer(request, await self._visit.send("GET", url, headers))
        if request.method != "POST":
            self._refuse("a request that no login needs")
        return await self._post(request, url, headers, body, authorization)

    async def approve(self, url: str, pick: Callable[[Endpoints], str], what: str) -> Endpoints:
        """The endpoints of the authorization server that the address belongs to. Raises Refused."""
        known = self.endpoints
        if known is not None and same_address(url, pick(known)):
            return known
        if known is not None and not self._may_register:
            self._refuse(_NOT_FOR_IT)
        if self.passed.looks >= _MOST_LOOKS:
            self._refuse("the server keeps naming other authorization servers")
        self.passed.looks += 1
        try:
            self.endpoints = found = await self._look()
        except Refused as refused:
            self._refuse(str(refused))
        if not same_address(url, pick(found)):
            self._refuse(f"{what} is not the one that our own look has found")
        return found

    def keep_home(self, client_id: str, endpoints: Endpoints) -> None:
        """Raises Refused for a client that was registered at another authorization server."""
        known = (each.endpoints for each in reversed(self.ledger.registered) if each.client_id == client_id)
        home = next(known, endpoints)
        if home.issuer != endpoints.issuer:
            self._refuse("another authorization server than the one that the client was registered at")

    def _refuse(self, why: str) -> NoReturn:
        self.passed.refused = self.passed.refused or why
        raise Refused(why)

    def _is_server(self, url: str) -> bool:
        if any(same_address(url, each) for each in self._servers):
            return True
        return self._events and "/.well-known/" not in url and not self._is_endpoint(url) and self._of_origin(url)

    def _of_origin(self, url: str) -> bool:
        return any(origin_of(url) == origin_of(each) for each in self._servers)

    def _is_endpoint(self, url: str) -> bool:
        known = self.endpoints
        named = (known.token, known.registration) if known is not None else ()
        return any(same_address(url, each) for each in named)

    async def _to_server(
        self, request: httpx2.Request, url: str, headers: dict[str, str], body: bytes
    ) -> httpx2.Response:
        if request.method == "GET" and not self._events:  # to listen for what the server wants: nothing is given to it
            return httpx2.Response(405, request=request)
        answer = await self._visit.stream(request.method, url, headers, body, ANSWER_S)
        if isinstance(answer, Answer):
            return self._answer(request, answer)
        self.passed.status = answer.status_code
        if "authorization" in headers and answer.status_code in (*range(200, 300), 401, 403):
            self.passed.refusal = answer.status_code if answer.status_code in (401, 403) else 0
        plain = [(name, value) for name, value in answer.headers.raw if name.lower() != b"content-encoding"]
        return httpx2.Response(answer.status_code, headers=plain, stream=_Counted(answer, self.passed), request=request)

    async def _post(
        self, request: httpx2.Request, url: str, headers: dict[str, str], body: bytes, authorization: str
    ) -> httpx2.Response:
        if headers.get("content-type", "").startswith("application/json"):
            if not self._may_register:
                self._refuse(_NOT_FOR_IT)
            endpoints = await self.approve(url, lambda each: each.registration, "the registration endpoint")
            answer = await self._visit.confide("POST", url, headers, body)
            self.ledger.note_registration(endpoints, answer)
            return self._answer(request, answer)
        form = form_of(body)
        self.ledger.before_token(form)
        endpoints = await self.approve(url, lambda each: each.token, "the token endpoint")
        client_id = form.get("client_id") or self.client_id
        self.keep_home(client_id, endpoints)
        sent = headers | ({"authorization": authorization} if authorization else {})
        answer = await self._visit.confide("POST", url, sent, body)
        self.ledger.note_token(endpoints, form, authorization, client_id, answer)
        return self._answer(request, answer)

    def _answer(self, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        """What came, for the SDK. Raises what its own transport would raise where nothing came."""
        if answer.fault is Fault.UNSAFE:
            self._refuse(f"the address {answer.reason}")
        if answer.fault is not None and (not answer.status or answer.fault in (Fault.SLOW, Fault.LONG)):
            self.passed.fault = answer.fault
            raise httpx2.ReadTimeout("") if answer.fault is Fault.SLOW else httpx2.ReadError("")
        left_out = ("content-encoding", "content-length", "transfer-encoding")
        headers = [(name, value) for name, value in answer.headers if name not in left_out]
        return httpx2.Response(answer.status, headers=headers, content=answer.body, request=request)


class _Counted(httpx2.AsyncByteStream):
    """The body of an answer of the MCP server, as it comes; it ends when it is too long."""

    def __init__(self, response: httpx.Response, passed: Passed) -> None:
        self._response = response
        self._passed = passed
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._end = None if kind == EVENTS else asyncio.get_running_loop().time() + ANSWER_S

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_raw():
                self._passed.bytes += len(chunk)
                late = self._end is not None and asyncio.get_running_loop().time() > self._end
                if self._passed.bytes > MOST_BYTES or late:
                    self._passed.too_much = True
                    raise httpx2.ReadError("")
                yield chunk
        except httpx.TimeoutException:
            self._passed.fault = Fault.SLOW
            raise httpx2.ReadTimeout("") from None
        except httpx.HTTPError:
            self._passed.fault = Fault.BROKEN
            raise httpx2.ReadError("") from None

    async def aclose(self) -> None:
        await self._response.aclose()
