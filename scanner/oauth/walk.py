"""The requests of a passive probe, in the order of the specification. Nothing is created, no credential is sent."""

from __future__ import annotations

import secrets
from typing import Any

from unsprawl.scanner.oauth import greeting, metadata
from unsprawl.scanner.oauth.addresses import Unsafe, joined, origin_of, place_of
from unsprawl.scanner.oauth.answer import PROBE_S, Answer, Fault
from unsprawl.scanner.oauth.challenge import challenges
from unsprawl.scanner.oauth.metadata import Tried, read, strings
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.oauth.visit import EVENTS, NOT_SECURE, REDIRECTS, Visit

_NOT_HERE = (400, 404, 405)


async def walk(target: Target, network: Network, *, pretend: bool = True) -> Observed:
    """Ask one server, and all that it names. Never raises for what they answer. `pretend`: also with a token that
    nobody issued.
    """
    import asyncio

    steps = _Walk(target, Visit(network, target.url, trusted=target.trusted), pretend)
    try:
        async with asyncio.timeout(PROBE_S):
            await steps.all()
        ended = True
    except TimeoutError:
        ended = False
    finally:
        await steps.visit.close()
    return steps.seen._replace(answers=tuple(steps.visit.answers), ended=ended)


class _Walk:
    """One probe; `seen` is what is known so far."""

    def __init__(self, target: Target, visit: Visit, pretend: bool) -> None:
        self.visit = visit
        self._pretends = pretend
        self.seen = Observed(target, endpoint=target.url)
        self._greeting = greeting.initialize()

    def _note(self, **found: Any) -> None:
        self.seen = self.seen._replace(**found)

    async def all(self) -> None:
        """Every step for which the one before gives a reason."""
        await self._greet()
        if self.seen.first.status == 0:
            return
        self._note(challenges=challenges(text for name, text in self.seen.first.headers if name == "www-authenticate"))
        if self._pretends and self.seen.first.status in (401, 403):
            await self._pretend()
        if self.seen.transport == "unknown" or self.seen.first.status == 429 or self.seen.first.status >= 500:
            return
        await self._find_resource()
        servers = strings(self.seen.prm.get("authorization_servers"))
        if servers:
            await self._find_server(servers[0])
        elif self._may_be_old() and not any(metadata.is_abuse(tried.answer) for tried in self.seen.tried_resource):
            await self._look_at_the_origin()
        self._judge_endpoints()

    async def _greet(self) -> None:
        """The endpoint, in either era and either transport."""
        answer = await self._post(self._greeting)
        self._note(first=answer, posted=answer)
        if answer.status in (307, 308) and (onward := self._onward(answer)):
            self._note(endpoint=onward, moved=answer)
            answer = await self._post(self._greeting)
            self._note(first=answer)
        elif answer.status in REDIRECTS:
            self._note(moved=answer)
        if greeting.is_modern_error(answer):
            self._greeting = greeting.discover()
            answer = await self._post(self._greeting)
            self._note(first=answer, era="stateless", transport="http")
        elif greeting.is_result(answer):
            self._note(era="handshake", transport="http")
            await self._leave(answer)
        elif answer.status in (401, 403) or greeting.message_of(answer) is not None:
            self._note(transport="http")
        elif answer.status in _NOT_HERE:
            older = await self._listen({})
            bearer = challenges(text for name, text in older.headers if name == "www-authenticate").bearer
            if greeting.is_stream(older) or (older.status == 401 and bearer is not None):
                self._note(first=older, transport="sse", era="handshake")

    def _onward(self, answer: Answer) -> str:
        """Where a redirect leads, when that is the same origin."""
        onward = joined(answer.url, answer.header("location"))
        return onward if origin_of(onward) == origin_of(answer.url) and onward != answer.url else ""

    async def _post(self, request: greeting.Request, token: str = "") -> Answer:
        headers = {**request.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return await self.visit.send("POST", self.seen.endpoint, headers, request.body, greeting.has_event)

    async def _listen(self, headers: dict[str, str]) -> Answer:
        return await self.visit.send("GET", self.seen.endpoint, {"Accept": EVENTS, **headers}, b"", greeting.has_event)

    async def _leave(self, answer: Answer) -> None:
        """Close the session that the handshake opened."""
        session = answer.header("mcp-session-id")
        if session and session.isascii() and session.isprintable():
            headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": greeting.HANDSHAKE}
            await self.visit.send("DELETE", self.seen.endpoint, headers)

    async def _pretend(self) -> None:
        """The same question with a token that nobody issued."""
        token = f"unsprawl-probe-{secrets.token_urlsafe(24)}"
        if self.seen.transport == "sse":
            answer = await self._listen({"Authorization": f"Bearer {token}"})
        else:
            answer = await self._post(self._greeting, token)
        self._note(invented=answer)

    async def _find_resource(self) -> None:
        """Protected resource metadata: where the challenge says; only without that, at the well-known places."""
        bearer = self.seen.challenges.bearer
        named = bearer.get("resource_metadata") if bearer is not None else None
        if named is not None and await self._try_resource("header", joined(self.seen.endpoint, named)):
            return
        for source, url in metadata.resource_places(self.seen.endpoint):
            if any(metadata.is_abuse(tried.answer) for tried in self.seen.tried_resource):
                break
            if await self._try_resource(source, url):
                return
        without = next((tried for tried in self.seen.tried_resource if tried.document is not None), None)
        self._note(resource=without)

    async def _try_resource(self, source: str, url: str) -> bool:
        if any(metadata.same_place(url, tried.answer.url) for tried in self.seen.tried_resource):
            return False
        tried = await self._read(source, url, "protected resource metadata")
        self._note(tried_resource=(*self.seen.tried_resource, tried))
        if tried.document is None or not isinstance(tried.document.get("resource"), str):
            return False
        self._note(resource=tried)
        return True

    async def _find_server(self, issuer: str) -> None:
        """Authorization server metadata; the first whose issuer is spelt alike, else the first that is there."""
        self._note(issuer=issuer)
        place = place_of(issuer)
        if isinstance(place, Unsafe):
            self._refuse("the authorization server", place.reason)
            return
        places = metadata.server_places(issuer)
        for source, url in places:
            if await self._try_server(source, url, issuer):
                return
            if metadata.is_abuse(self.seen.tried_server[-1].answer):
                return
        first = next((tried for tried in self.seen.tried_server if tried.document is not None), None)
        if first is None and metadata.has_path(issuer) and not self.seen.unsafe:
            # No client has to look here; some do, and the owner learns what is wrong.
            tried = await self._read("wrong-root", metadata.root_place(issuer), "the authorization server")
            self._note(tried_server=(*self.seen.tried_server, tried))
            return
        self._note(server=first)

    async def _try_server(self, source: str, url: str, issuer: str) -> bool:
        tried = await self._read(source, url, "the authorization server")
        self._note(tried_server=(*self.seen.tried_server, tried))
        if tried.document is None or tried.document.get("issuer") != issuer:
            return False
        self._note(server=tried)
        return True

    def _may_be_old(self) -> bool:
        return self.seen.asks or bool(self.seen.prm)

    async def _look_at_the_origin(self) -> None:
        """As revision 2025-03-26 does it."""
        tried = await self._read("origin", metadata.origin_place(self.seen.endpoint), "the authorization server")
        self._note(tried_origin=tried)
        if tried.document is not None:
            self._note(server=tried)
        elif not self.seen.prm:
            url = metadata.default_endpoint(self.seen.endpoint, "authorize")
            self._note(authorize=await self.visit.send("GET", url, {"Accept": "text/html"}))

    async def _read(self, source: str, url: str, what: str) -> Tried:
        answer = await self.visit.get(url)
        if answer.fault is Fault.UNSAFE and not (answer.hops and answer.reason == NOT_SECURE):
            self._refuse(what, answer.reason)  # a mere redirect to http is how sites answer for what is not there
        return read(source, answer)

    def _refuse(self, what: str, reason: str) -> None:
        told = f"{what}: the address {reason}"
        if told not in self.seen.unsafe:
            self._note(unsafe=(*self.seen.unsafe, told))

    def _judge_endpoints(self) -> None:
        """The endpoints that a login would use: looked at, never called."""
        for name in metadata.ENDPOINTS:
            url = self.seen.metadata.get(name)
            if isinstance(url, str) and (reason := self.visit.judge(url)):
                self._note(endpoints=(*self.seen.endpoints, (name, reason)))
