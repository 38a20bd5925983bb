"""A correct authorization server that signs in whoever comes, on the bed, and what to change to make it incorrect."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.oauth.bed import Bed, Change, bed
from tests.servers.follow import follow
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document, page, redirect
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.scanner.oauth.login.options import Options, Talk
from unsprawl.scanner.oauth.login.outcome import LoggedIn
from unsprawl.scanner.oauth.login.run import log_in
from unsprawl.scanner.oauth.observed import Target
from unsprawl.scanner.secret import Secret

FORM = "application/x-www-form-urlencoded"


def jwt(**claims: Any) -> str:
    """A token whose claims can be read. Its signature is nobody's."""
    parts = ({"alg": "RS256", "typ": "at+jwt"}, claims)
    texts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join((*texts, "c2lnbmF0dXJlLW9mLW5vYm9keQ"))


@dataclass(slots=True)
class Provider:
    """The authorization server, and the MCP server's view of its tokens."""

    bed: Bed
    number: int = 0
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    refreshes: dict[str, dict[str, str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    """All that must never be shown."""
    tools: tuple[str, ...] = ("say_hello",)
    # what can be wrong
    respond: Callable[[dict[str, str], dict[str, str]], dict[str, str]] = lambda asked, given: given
    """Changes the authorization response."""
    answer: Callable[[dict[str, Any]], Any] = lambda body: body
    """Changes the answer of the token endpoint."""
    token_text: Callable[[dict[str, str], str], str] = lambda grant, text: text
    checks_pkce: bool = True
    checks_redirect: bool = True
    checks_redirect_early: bool = True
    codes_once: bool = True
    rotates: bool = True
    checks_resource: bool = True
    takes_resource: bool = True
    forgets_revoked: bool = True

    def serve(self) -> None:
        """Take over the routes."""
        routes, auth = self.bed.auth.routes, self.bed.auth.url
        self.bed.metadata |= {"revocation_endpoint": f"{auth}/revoke"}
        routes["POST", "/register"] = self.register
        routes["GET", "/authorize"] = self.authorize
        routes["POST", "/token"] = self.token
        routes["POST", "/revoke"] = self.revoke
        self.bed.mcp.routes["POST", self.bed.path] = self.endpoint
        self.bed.serve()
        self.bed.mcp.routes["POST", self.bed.path] = self.endpoint

    def text(self, kind: str) -> str:
        """A new secret text."""
        self.number += 1
        made = f"{kind}{self.number}-" + "zQ8rT2"[: 1 + self.number % 6] + "vK4mX9wL7pB3nD6"
        self.secrets.append(made)
        return made

    def register(self, asked: Asked) -> Reply:
        name, token = f"client-{len(self.clients) + 1}", self.text("registration")
        self.clients[name] = asked.message
        uri = f"{self.bed.auth.url}/register/{name}"

        def delete(again: Asked) -> Reply:
            if again.headers.get("authorization") != f"Bearer {token}":
                return Reply(401)
            self.clients.pop(name, None)
            return Reply(204)

        self.bed.auth.routes["DELETE", f"/register/{name}"] = delete
        told = {**asked.message, "client_id": name, "registration_client_uri": uri, "registration_access_token": token}
        return document(told, 201)

    def authorize(self, asked: Asked) -> Reply:
        known = dict(parse_qsl(asked.path.partition("?")[2]))
        if "redirect_uri" not in known:
            return page(400)
        registered = self.clients.get(known.get("client_id", ""), {}).get("redirect_uris")
        if self.checks_redirect_early and registered is not None and known["redirect_uri"] not in registered:
            return Reply(400)
        if not self.takes_resource and known.get("resource"):
            given = {"error": "invalid_target", "state": known["state"], "iss": self.bed.issuer}
        else:
            code = self.text("code")
            self.codes[code] = known
            given = {"code": code, "state": known["state"], "iss": self.bed.issuer}
        mark = "&" if "?" in known["redirect_uri"] else "?"
        return redirect(f"{known['redirect_uri']}{mark}{urlencode(self.respond(known, given))}")

    def token(self, asked: Asked) -> Reply:
        form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
        self.secrets += [form[name] for name in ("code_verifier",) if name in form]
        if form.get("grant_type") == "refresh_token":
            grant = self.refreshes.get(form.get("refresh_token", ""))
            if grant is None:
                return document({"error": "invalid_grant"}, 400)
            if self.rotates:
                del self.refreshes[form["refresh_token"]]
            return self.issue(grant, "" if self.rotates else form["refresh_token"])
        code = form.get("code", "")
        grant = self.codes.get(code)
        if grant is None or (self.codes_once and code in self.used):
            return document({"error": "invalid_grant"}, 400)
        self.used.add(code)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if self.checks_pkce and challenge != grant["code_challenge"]:
            return document({"error": "invalid_grant"}, 400)
        if self.checks_redirect and form.get("redirect_uri") != grant["redirect_uri"]:
            return document({"error": "invalid_grant"}, 400)
        return self.issue(grant, "")

    def issue(self, grant: dict[str, str], refresh: str) -> Reply:
        access = self.token_text(grant, self.text("access"))
        refresh = refresh or self.text("refresh")
        self.secrets.append(access)
        self.tokens[access], self.refreshes[refresh] = grant, grant
        body = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh}
        told = self.answer(body | ({"scope": grant["scope"]} if "scope" in grant else {}))
        return told if isinstance(told, Reply) else document(told)

    def revoke(self, asked: Asked) -> Reply:
        form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
        self.revoked.append(form["token"])
        if self.forgets_revoked:
            self.tokens.pop(form["token"], None)
            self.refreshes.pop(form["token"], None)
        return Reply(200)

    def endpoint(self, asked: Asked) -> Reply:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        grant = self.tokens.get(token)
        wrong = grant is not None and self.checks_resource and grant.get("resource") != self.bed.prm["resource"]
        if grant is None or wrong:
            headers = (("WWW-Authenticate", self.bed.challenge),) if self.bed.challenge else ()
            return Reply(401, headers)
        return document(mcp_answer(asked.message, self.tools))


@contextmanager
def provider(change: Callable[[Provider], object] | None = None, about: Change | None = None) -> Iterator[Provider]:
    """The correct pair, changed: `about` before its documents are published, `change` then."""
    with bed(about) as made:
        it = Provider(made)
        it.serve()
        if change is not None:
            change(it)
        yield it


@dataclass(slots=True)
class Person:
    """Who sits at the browser, and all that they were told."""

    said: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    learned: list[Secret] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    goes: Callable[[str], object] = follow
    answers: bool = True

    def talk(self) -> Talk:
        def sign_in(url: str, why: str) -> None:
            self.opened.append(url)
            threading.Thread(target=self.goes, args=(url,), daemon=True).start()

        return Talk(self.said.append, sign_in, self.learned.extend, lambda question: self.answers)

    def knows(self, text: str) -> bool:
        """Whether the redactor was told of a text."""
        return Secret(text) in self.learned


def login(it: Provider | str, person: Person | None = None, *, trusted: bool = True, **options: Any) -> LoggedIn:
    """One login."""
    person = person or Person()
    url = it if isinstance(it, str) else it.bed.url
    given = Options(**{"timeout_s": 10, "grace_s": 0.3, **options})
    return log_in(
        Target(url, trusted=trusted), given, person.talk(), person.origins.append, lambda: trusted_roots(None)
    )


def results(done: LoggedIn) -> dict[str, str]:
    """Check by check."""
    return {each.check.id: each.result for each in done.results}


def failed(done: LoggedIn) -> set[str]:
    """The ids of what failed."""
    return {each.check.id for each in done.results if each.failed}


def without_query(url: str) -> str:
    """An address without what is asked."""
    return urlsplit(url)._replace(query="").geturl()
