"""Every vendor on loopback: one server of real TLS under all their names, a way to it, and findings to ask about."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote_plus

import yaml

from tests.servers.mapping_proxy import proxy
from tests.servers.sites import Asked, Reply, site
from tests.servers.tls import Authority
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner.model import (
    Confidence,
    Context,
    Entry,
    Finding,
    Literal,
    Place,
    Severity,
    Slot,
    SlotKind,
    Transport,
    Verdict,
)
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.attempt import Attempt, Wanted, attempts
from unsprawl.scanner.validate.macaroons import location_of
from unsprawl.scanner.validate.questions import Question
from unsprawl.scanner.validate.run import Asked as Came
from unsprawl.scanner.validate.run import ask
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Pairs, Told

RULES = Path(__file__).parents[2] / "rules" / "providers"
REGISTRY = "https://registry.corp.example/npm"
ALL = Wanted(experimental=True, costly=True)
_MOST_NAMES = 400


@cache
def rule_file(rule_id: str) -> dict[str, Any]:
    """A rule as its file has it."""
    loaded: dict[str, Any] = yaml.load((RULES / f"{rule_id}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return loaded


def written(rule_id: str) -> list[dict[str, Any]]:
    """The checks of a rule as its file has them."""
    found = rule_file(rule_id).get("check", [])
    return found if isinstance(found, list) else [found]


def registries(tool: str, token: str) -> str:
    """Of twine the one that made the token, which names it."""
    return f"https://upload.{location_of(token)}/legacy/" if tool == "twine" else REGISTRY


def sample(format_: Mapping[str, Any], random: Random) -> str:
    """A credential of a format that nobody has."""
    return expand(format_["sample"], random, checksum_of(dict(format_)))


def finding(rule_id: str, text: str, name: str = "KEY", *, kind: SlotKind = SlotKind.ENV, line: int = 1) -> Finding:
    """A credential in an entry."""
    literal = Literal(rule_id, None, Severity.HIGH, Confidence.HIGH, "a key", 0, len(text))
    entry = Entry("/mcp.json", ("mcpServers", "x"), "x", ("cursor",), 1, Transport.STDIO, ("x",), "", "x")
    slot = Slot(Context(kind, name), ("mcpServers", "x", "env", name), 0, len(text), Secret(text))
    place = Place("/mcp.json", line, 1, line, 2, f"/mcpServers/x/env/{name}")
    return Finding(f"{line:024x}", literal, place, slot, ("cursor",), entry, Secret(text))


def question(
    rule_id: str, text: str, pairs: Pairs = (), wanted: Wanted = ALL, *, entry: bool = True, address: str = ""
) -> Question:
    """What is asked about a credential with these variables beside it."""
    found = attempts(finding(rule_id, text), Told(pairs, entry, address), wanted, registries)
    assert found is not None, rule_id
    assert not isinstance(found, Unasked), found
    return Question(found)


def refused(
    rule_id: str, text: str, pairs: Pairs = (), wanted: Wanted = ALL, *, entry: bool = True, address: str = ""
) -> Unasked:
    """Why nobody is asked about it."""
    found = attempts(finding(rule_id, text), Told(pairs, entry, address), wanted, registries)
    assert isinstance(found, Unasked), found
    return found


@dataclass(slots=True)
class Vendors:
    """All of them, and what they were asked."""

    answer: Callable[[Asked], Reply] = lambda asked: Reply(404)
    asked: list[Asked] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    """What the proxy was asked for."""
    announced: list[str] = field(default_factory=list)
    roots: Any = None

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.answer(asked)

    def ask(self, questions: Sequence[Question], progress: Callable[[], None] = lambda: None) -> Came:
        return ask(questions, self.announced.append, lambda: self.roots, progress)

    def verdict(self, question: Question) -> Verdict:
        return self.ask([question]).verdicts[0]


@contextmanager
def vendors(folder: Path, hosts: Iterable[str]) -> Iterator[tuple[Vendors, str]]:
    """The server, and the address of the proxy that leads these names to it."""
    names = sorted(set(hosts))
    authority = Authority(folder)
    running = Vendors()
    with site(authority.server(*names)) as one:
        one.routes |= {(method, "*"): running.reply for method in ("GET", "POST", "DELETE")}
        port = int(one.url.rpartition(":")[2])
        running.roots = trusted_roots(authority.root)
        with proxy(dict.fromkeys(names, port), running.ways) as way:
            yield running, f"http://127.0.0.1:{way}"


def sent(asked: Asked) -> str:
    """All of a request that could hold a value, decoded."""
    headers = " ".join(asked.headers.values())
    basic = [b64decode(each).decode() for each in re.findall(r"Basic ([A-Za-z0-9+/=]+)", headers)]
    return " ".join(
        (asked.path, unquote_plus(asked.path), headers, *basic, asked.body.decode(), unquote_plus(asked.body.decode()))
    )


def hosts_of(found: Iterable[Attempt]) -> set[str]:
    return {attempt.server.host for attempt in found}
