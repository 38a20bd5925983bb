"""A vendor that ends credentials: what it documents for the request, and what it says before and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from tests.servers.sites import Asked, Reply, document
from tests.validate.bed import finding, registries, rule_file, sample
from unsprawl.rules.samples import expand
from unsprawl.scanner.validate.revoking import Way, way_of
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told


class Documented(NamedTuple):
    """What the vendor's documentation, or the tool whose source was read, says of the request. `{}` is the token."""

    method: str
    host: str
    path: str
    header: tuple[str, str] = ("", "")
    body: str = ""
    status: int = 204
    answer: Any = None
    first: tuple[str, Any] = ("", None)
    """(path, answer) of what is read before."""


_GITHUB = Documented("POST", "api.github.com", "/credentials/revoke", body='{"credentials": ["{}"]}', status=202)
_BEARER = ("authorization", "Bearer {}")
_SLACK = Documented("POST", "slack.com", "/api/auth.revoke", _BEARER, status=200, answer={"ok": True, "revoked": True})
DOCUMENTED = {
    "github-pat-classic": _GITHUB,
    "github-pat-fine-grained": _GITHUB,
    "github-oauth": _GITHUB,
    "github-app-user": _GITHUB,
    "gitlab-pat": Documented(
        "DELETE", "gitlab.com", "/api/v4/personal_access_tokens/self", ("private-token", "{}"), status=204
    ),
    "slack-bot": _SLACK,
    "slack-user": _SLACK,
    "slack-app": _SLACK,
    "miro-token": Documented("POST", "api.miro.com", "/v1/oauth/revoke?access_token={}"),
    "perplexity": Documented(
        "POST", "api.perplexity.ai", "/revoke_auth_token", _BEARER, '{"auth_token": "{}"}', 200, {}
    ),
    "vercel": Documented("DELETE", "api.vercel.com", "/v3/user/tokens/current", _BEARER, status=200, answer={}),
    "cloudflare-api-token": Documented(
        "DELETE",
        "api.cloudflare.com",
        "/client/v4/user/tokens/ed17574386854bf78a67040be0a770b0",
        _BEARER,
        status=200,
        answer={"success": True},
        first=(
            "/client/v4/user/tokens/verify",
            {"success": True, "result": {"id": "ed17574386854bf78a67040be0a770b0", "status": "active"}},
        ),
    ),
    "digitalocean": Documented("POST", "cloud.digitalocean.com", "/v1/oauth/revoke", _BEARER, "token={}", 200, {}),
    "heroku": Documented(
        "DELETE",
        "api.heroku.com",
        "/oauth/authorizations/01234567-89ab-cdef",
        _BEARER,
        status=200,
        answer={"id": "01234567-89ab-cdef"},
        first=(
            "/oauth/authorizations",
            [
                {"id": "99999999-0000-0000", "access_token": {"token": "another"}},
                {"id": "01234567-89ab-cdef", "access_token": {"token": "{}"}},
            ],
        ),
    ),
    "crates-io": Documented("DELETE", "crates.io", "/api/v1/tokens/current", ("authorization", "{}")),
    "buildkite": Documented("DELETE", "api.buildkite.com", "/v2/access-token", _BEARER),
    "posthog-personal": Documented(
        "POST", "us.posthog.com", "/api/revoke_leaked_key/", body='{"token": "{}"}', status=200, answer={"found": True}
    ),
    "doppler": Documented("POST", "api.doppler.com", "/v3/auth/revoke", body='{"token": "{}"}', status=200, answer={}),
    "twitch": Documented(
        "POST",
        "id.twitch.tv",
        "/oauth2/revoke",
        body="client_id=wbmytr93xzw8zbg0p1izqyzzc5mbiz&token={}",
        status=200,
        answer={},
        first=("/oauth2/validate", {"client_id": "wbmytr93xzw8zbg0p1izqyzzc5mbiz", "login": "acme", "scopes": []}),
    ),
}
LIVE = {
    "gitlab-pat": {"name": "ci", "revoked": False, "active": True, "scopes": ["api"]},
    "slack-bot": {"ok": True, "team": "Acme", "user": "bot"},
    "slack-user": {"ok": True, "team": "Acme", "user": "zoe"},
    "slack-app": {"ok": True, "team": "Acme", "app_name": "app"},
    "miro-token": {"user": {"name": "A"}, "team": {"name": "Acme"}},
    "cloudflare-api-token": {"result": {"id": "ed17574386854bf78a67040be0a770b0", "status": "active"}},
}
"""What the check is answered while the credential works, where any answer of 200 would not do."""
DEAD = {rule: document({"ok": False, "error": "token_revoked"}) for rule in ("slack-bot", "slack-user", "slack-app")}
"""The same afterwards, where it is not a 401."""
TEMPLATES = {"cloudflare-api-token": "cfut_{an:40}{h:8}", "vercel": "{an:24}"}


def token_of(rule: str, seed: int = 0) -> str:
    """A credential of that kind that nobody has."""
    random = Random(f"revoking {rule} {seed}")
    if rule in TEMPLATES:
        return expand(TEMPLATES[rule], random)
    return sample(rule_file(rule)["formats"][0], random)


def way(rule: str, token: str, pairs: tuple[tuple[str, str], ...] = (), allowed: frozenset[str] = frozenset()) -> Way:
    """How a credential in an entry with these variables is ended."""
    found = way_of([finding(rule, token)], lambda _: Told(pairs, True), allowed, registries)
    assert not isinstance(found, Unasked), found
    return found


@dataclass(slots=True)
class Vendor:
    """Who knows one credential, until it is told to forget it."""

    rule: str
    token: str
    live: bool = True
    answer: Callable[[], Reply] | None = None
    """To the request, in place of what is documented."""
    forgets_after: int = 0
    """So many more questions find it live after the request; -1: for ever."""
    requests: list[Asked] = field(default_factory=list)
    """Those that would end it."""
    asked: int = 0
    """How often its state was asked for."""

    @property
    def told(self) -> Documented:
        return DOCUMENTED[self.rule]

    def filled(self, text: str) -> str:
        return text.replace("{}", self.token)

    def reply(self, asked: Asked) -> Reply:
        told = self.told
        if (asked.method, asked.path) == (told.method, self.filled(told.path)) and asked.headers["host"] == told.host:
            return self._end(asked)
        if asked.method == "GET" and asked.path == told.first[0] and self.rule != "cloudflare-api-token":
            return self._state(json.loads(self.filled(json.dumps(told.first[1]))))
        return self._state(LIVE.get(self.rule, {"login": "octocat"}))

    def _end(self, asked: Asked) -> Reply:
        self.requests.append(asked)
        if self.answer is not None:
            return self.answer()
        self.live = False
        told = self.told
        return Reply(told.status) if told.answer is None else document(told.answer, told.status)

    def _state(self, live: Any) -> Reply:
        self.asked += 1
        if not self.live and self.forgets_after:
            self.forgets_after -= self.forgets_after > 0
            return document(live)
        return document(live) if self.live else DEAD.get(self.rule, document({"message": "Bad credentials"}, 401))
