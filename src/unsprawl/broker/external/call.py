"""Call a broker's program or its API on this machine: bounded, quiet, values on standard input or in a body only."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from unsprawl.broker.external.facts import BrokerFacts
from unsprawl.broker.external.here import Here, State
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.vault.store_call import Answer, call, quiet_environment

_LARGEST = 1 << 20


def run(
    facts: BrokerFacts, program: str, words: Sequence[str], given: bytes = b"", more: Mapping[str, str] | None = None
) -> Answer:
    """What the program says to `words`, with `given` on standard input. Raises StoreDown when it does not answer."""
    environ = quiet_environment({facts.programs[0]: program}, {**facts.environment, **(more or {})})
    return call([program, *words], given, environ, facts.limit_s)


def done(facts: BrokerFacts, answer: Answer, what: str) -> Answer:
    """`answer`, when the program did what it was asked. Its own words are never passed on: they may quote a value."""
    if answer.code:
        raise StoreUnavailable(f"{facts.name} could not {what} (exit code {answer.code})", hint=facts.needs)
    return answer


def secret_of(facts: BrokerFacts) -> str:
    """The credential for a broker's own API, from the user's shell. Raises StoreUnavailable."""
    for name in facts.secrets:
        if os.environ.get(name):
            return os.environ[name]
    raise StoreUnavailable(f"{facts.secrets[0]} is not set here", hint=facts.needs)


def exposed(here: Here, address: str) -> Here | None:
    """`here` as it is told when a value would go to that API in clear over a network, else None."""
    if scheme_of(address) == "https" or (scheme_of(address) == "http" and host_of(address) in LOOPBACK):
        return None
    reason = "its address is plain http on another machine, where a value would go in clear"
    return here._replace(state=State.STOPPED, reason=reason, hint="Use https.")


def without_key(facts: BrokerFacts, here: Here) -> Here | None:
    """`here` as it is told when the credential for the broker's own API is not set, else None."""
    if any(os.environ.get(name) for name in facts.secrets):
        return None
    reason = f"{facts.secrets[0]} is not set, which its API needs"
    return here._replace(state=State.LOCKED, reason=reason, hint=facts.needs)


class Reply:
    """The answer of an API."""

    __slots__ = ("code", "data")

    def __init__(self, code: int, data: Any) -> None:
        self.code = code
        self.data = data

    def __repr__(self) -> str:  # the data may hold values
        return f"Reply({self.code})"


def ask(
    method: str, url: str, body: Any = None, *, token: str = "", limit_s: float = 5.0, proxy: str = ""
) -> Reply | None:
    """The answer of an API, None when nobody answers. No redirect is followed, no proxy of the environment used."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    via = urlsplit(proxy) if proxy else parts
    kind = HTTPSConnection if via.scheme == "https" else HTTPConnection
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = None
    if body is not None:
        content = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection = kind(via.hostname or "", via.port, timeout=limit_s)
        try:
            connection.request(method, url if proxy else path, content, headers)
            answer = connection.getresponse()
            text = answer.read(_LARGEST)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        return None
    try:
        return Reply(answer.status, json.loads(text) if text else None)
    except ValueError:
        return Reply(answer.status, None)
