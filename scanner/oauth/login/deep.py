"""What must be refused, tried: a code twice, a wrong verifier, another redirect address, a token for another server."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from unsprawl.scanner.oauth.addresses import joined
from unsprawl.scanner.oauth.login.ledger import Issued, Ledger, error_of
from unsprawl.scanner.oauth.login.seen import Attempt
from unsprawl.scanner.oauth.login.sign_in import NotSignedIn, SignIn
from unsprawl.scanner.oauth.login.trial import Door
from unsprawl.scanner.oauth.visit import REDIRECTS

QUESTION = (
    "Looking deeper asks for three more sign-ins, spoils their codes on purpose, and asks for a token that must not be "
    "given. The authorization server may log that as an attack. Go on?"
)
ELSEWHERE = "https://unsprawl-login-check.invalid/mcp"
"""A server that is not there: nobody's token is for it."""


class Deep:
    """The attempts, one after the other; each notes what it saw."""

    def __init__(
        self,
        ledger: Ledger,
        door: Door,
        redirect: str,
        scopes: tuple[str, ...],
        resource: str,
        sign_in: Callable[[], SignIn],
    ) -> None:
        """`sign_in` makes a new one: what these sign-ins see is no matter of the login itself."""
        self._ledger = ledger
        self._door = door
        self._visit = door.visit
        self._redirect = redirect
        self._scopes = scopes
        self._resource = resource
        self._sign_in = sign_in
        self._issued = ledger.issued[-1]
        self._used = dict(ledger.exchanged)
        self.seen: dict[str, Any] = {}

    async def all(self) -> None:
        """The refresh first, and the used code last: for that a server rightly ends every token of the login."""
        await self._refresh()
        await self._elsewhere()
        await self._wrong_verifier()
        await self._wrong_redirect()
        self.seen["replayed"], _ = await self._exchange(self._used)

    async def _refresh(self) -> None:
        old = self._issued.refresh
        if not old:
            return
        form = {"grant_type": "refresh_token", "refresh_token": old.reveal()}
        self.seen["refreshed"], issued = await self._exchange(form | self._about())
        self.seen["rotated"] = bool(issued is not None and issued.refresh and issued.refresh != old)

    async def _elsewhere(self) -> None:
        sign_in = self._sign_in()
        try:
            code, verifier = await self._code("for a token that is for another server", ELSEWHERE, sign_in)
        except NotSignedIn:
            if sign_in.seen.refused:
                self.seen["other_resource"] = Attempt(0, sign_in.seen.refused)
            return
        attempt, issued = await self._exchange(self._form(code, verifier) | {"resource": ELSEWHERE})
        self.seen["other_resource"] = attempt
        if issued is not None:
            self.seen["other_accepted"] = await self._door.shown(issued.access)

    async def _wrong_verifier(self) -> None:
        try:
            code, _ = await self._code("for a code that is spoilt with a wrong verifier", self._resource)
        except NotSignedIn:
            return
        self.seen["wrong_verifier"], _ = await self._exchange(self._form(code, secrets.token_urlsafe(48)))

    async def _wrong_redirect(self) -> None:
        """At the authorization endpoint, without a browser, and at the token endpoint."""
        other = f"{self._redirect}-other"
        url, _ = self._request(self._resource, other)
        answer = await self._visit.send("GET", url, {"Accept": "text/html"})
        onward = joined(answer.url, answer.header("location")) if answer.status in REDIRECTS else ""
        if onward.startswith(other):
            told = "the authorization endpoint sends its answer to an address that is not registered"
            self.seen["wrong_redirect"] = Attempt(answer.status, "", True, told)
            return
        try:
            code, verifier = await self._code("for a code that is spoilt with another redirect address", self._resource)
        except NotSignedIn:
            return
        form = self._form(code, verifier) | {"redirect_uri": other}
        self.seen["wrong_redirect"], _ = await self._exchange(form)

    async def _code(self, why: str, resource: str, sign_in: SignIn | None = None) -> tuple[str, str]:
        url, verifier = self._request(resource, self._redirect)
        code, _ = await (sign_in or self._sign_in()).code(url, self._issued.endpoints, why)
        return code.reveal(), verifier

    def _request(self, resource: str, redirect: str) -> tuple[str, str]:
        """The address of an authorization request, and its verifier."""
        verifier = secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).decode("ascii").rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self._issued.client_id,
            "redirect_uri": redirect,
            "state": secrets.token_urlsafe(32),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        asked |= {"resource": resource} if resource else {}
        asked |= {"scope": " ".join(self._scopes)} if self._scopes else {}
        base = self._issued.endpoints.authorization
        return f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}", verifier

    def _form(self, code: str, verifier: str) -> dict[str, str]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
        return form | {"code_verifier": verifier} | self._about()

    def _about(self) -> dict[str, str]:
        """Who asks, and for which server."""
        about = {"client_id": self._issued.client_id}
        if self._issued.client_secret:
            about["client_secret"] = self._issued.client_secret.reveal()
        return about | ({"resource": self._resource} if self._resource else {})

    async def _exchange(self, form: dict[str, str]) -> tuple[Attempt, Issued | None]:
        """Post to the token endpoint; what came of it goes into the ledger, to be revoked with the rest."""
        self._ledger.before_token(form)
        authorization = self._issued.authorization.reveal()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        headers |= {"Authorization": authorization} if authorization else {}
        endpoints = self._issued.endpoints
        answer = await self._visit.confide("POST", endpoints.token, headers, urlencode(form).encode("ascii"))
        issued = self._ledger.note_token(endpoints, form, authorization, self._issued.client_id, answer)
        return Attempt(answer.status, error_of(answer), issued is not None), issued
