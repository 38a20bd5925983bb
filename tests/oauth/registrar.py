"""A correct authorization server as far as a client can see without a login, and what makes it an incorrect one."""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.oauth.bed import Bed, judged, look
from tests.servers.sites import Asked, Reply, document, redirect
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.scanner.oauth.attempt import Attempt
from unsprawl.scanner.oauth.may_try import why_not
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.try_many import try_all
from unsprawl.scanner.report.probe_json import Probed
from unsprawl.scanner.secret import Secret

PAGE_HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "frame-ancestors 'none'"))


@dataclass
class Registrar:
    """Registers, shows its consent page, and deletes. The parts may be replaced."""

    origin: str
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Those that are there now."""
    made: list[dict[str, Any]] = field(default_factory=list)
    """All that ever were."""
    deleted: list[str] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Reply] | None = None
    """What a registration is answered with instead: gets the right answer."""
    refuses: Callable[[dict[str, Any]], str] = lambda wanted: ""
    """The error with which a registration is refused."""
    allow: Callable[[dict[str, str]], str] = lambda words: ""
    """An error of the authorization request that only this server has."""
    checks_redirect: bool = True
    checks_pkce: bool = True
    checks_port: bool = False
    goes: Callable[[dict[str, str], dict[str, Any]], Reply] | None = None
    """What a right authorization request is answered with instead of the consent page."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Of the answer to a registration; None takes a part away."""
    managed: bool = True
    delete_status: int = 204

    def register(self, asked: Asked) -> Reply:
        wanted = asked.message
        if error := self.refuses(wanted):
            return document({"error": error, "error_description": "not this one"}, 400)
        client_id = f"client-{len(self.made) + 1}"
        token = secrets.token_urlsafe(24)
        made = {**wanted, "client_id": client_id, "client_id_issued_at": 1}
        if self.managed:
            made |= {
                "registration_access_token": token,
                "registration_client_uri": f"{self.origin}/register/{client_id}",
            }
        made |= self.extra
        made = {name: value for name, value in made.items() if value is not None}
        self.clients[client_id] = made
        self.made.append(made)
        return self.answer(made) if self.answer is not None else document(made, 201)

    def manage(self, asked: Asked) -> Reply:
        """RFC 7592."""
        client_id = asked.path.rpartition("/")[2]
        known = self.clients.get(client_id)
        token = f"Bearer {known['registration_access_token']}" if known is not None else ""
        if known is None or asked.headers.get("authorization") != token:
            return Reply(401)
        if asked.method == "DELETE":
            if self.delete_status == 204:
                self.deleted.append(client_id)
                del self.clients[client_id]
            return Reply(self.delete_status)
        return document(known)

    def authorize(self, asked: Asked) -> Reply:
        words = dict(parse_qsl(urlsplit(asked.path).query))
        client = self.clients.get(words.get("client_id", ""))
        if client is None:
            return Reply(400, PAGE_HEADERS, b"<p>unknown client")
        where = words.get("redirect_uri", "")
        if self.checks_redirect and not any(self.same(where, each) for each in client["redirect_uris"]):
            return Reply(400, PAGE_HEADERS, b"<p>unknown redirect_uri")
        error = "" if not self.checks_pkce or words.get("code_challenge_method") == "S256" else "invalid_request"
        error = error or self.allow(words)
        if error:
            return redirect(f"{where}?{urlencode({'error': error, 'state': words['state'], 'iss': self.origin})}")
        return self.goes(words, client) if self.goes is not None else consent(words, client)

    def same(self, one: str, other: str) -> bool:
        if one == other:
            return True
        first, second = urlsplit(one), urlsplit(other)
        loopback = first.hostname == second.hostname == "127.0.0.1" and not self.checks_port
        return loopback and first.path == second.path


def consent(words: dict[str, str], client: dict[str, Any], *, leave: str = "") -> Reply:
    """The page, without the part that is to be left out."""
    name = "" if leave == "name" else html.escape(client["client_name"])
    where = "" if leave == "where" else urlsplit(words["redirect_uri"]).netloc
    scope = "" if leave == "scope" else words.get("scope", "")
    hidden = "" if leave == "token" else '<input type="hidden" name="csrf_token" value="abc">'
    text = f"<h1>{name} wants access</h1><p>{where}<p>{scope}<form method=post>{hidden}<button>Allow</button></form>"
    return Reply(200, PAGE_HEADERS[:1] if leave == "frame" else PAGE_HEADERS, text.encode())


Setting = Callable[[Registrar], object]


def registering(setting: Setting | None = None) -> Callable[[Bed], object]:
    """A change of the bed: its authorization server is a correct one, but for what `setting` makes of it."""

    def change(bed: Bed) -> object:
        made = Registrar(bed.auth.url)
        bed.registrar = made
        if setting is not None:
            setting(made)

        def later(again: Bed) -> None:
            again.auth.routes |= {
                ("POST", "/register"): made.register,
                ("GET", "/authorize"): made.authorize,
                ("GET", "*"): made.manage,
                ("DELETE", "*"): made.manage,
            }

        return later

    return change


def tried(url: str, learned: list[Secret] | None = None, **about: Any) -> Probed:
    """One server, looked at and tried."""
    return judged(attempted([look(url, **about)], learned)[0])


def attempted(
    servers: list[Observed], learned: list[Secret] | None = None, told: list[str] | None = None
) -> list[Observed]:
    """Those at which something can be tried, tried."""
    fit = [each for each in servers if not why_not(each, judged(each).verdict)]
    known: list[Secret] = learned if learned is not None else []
    lines: list[str] = told if told is not None else []
    done = iter(
        try_all(fit, lambda origin: None, lambda: trusted_roots(None), known.extend, lines.append, 50_000)
        if fit
        else []
    )
    result = []
    for each in servers:
        reason = why_not(each, judged(each).verdict)
        result.append(each._replace(attempt=Attempt(not_tried=reason)) if reason else next(done))
    return result
