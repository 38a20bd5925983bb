"""How a vendor is asked about a credential, and what its answers mean: typed records of what the bundle holds.

Only `scan --validate` loads them. See `check` in rules/provider.schema.json for the meaning of each field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

from unsprawl.scanner.record import NamedTuple

Scalar: TypeAlias = "str | int | float | bool | None"
Pairs: TypeAlias = tuple[tuple[str, str], ...]
RECALLED = "recalled"
"""The evidence that is none: such a check runs only when the user says so."""


class Second(NamedTuple):
    """A value that stands beside the credential in the same entry and is sent with it."""

    name: str
    names: tuple[str, ...]
    """The variables that hold it."""
    secret: bool
    pattern: str
    """What the whole of it fits; "" for anything."""
    default: str
    optional: bool
    """Without it and without a default the check cannot be made, unless it is optional."""


class HostRule(NamedTuple):
    """Whose server it is, where the entry says so."""

    names: tuple[str, ...]
    """The variables that say it."""
    default: str
    also: tuple[str, ...]
    """Further ones of the vendor, where the default is meant."""
    below: tuple[str, ...]
    """Domains of the vendor. A bare label is one below the first of them."""
    never_below: tuple[str, ...]
    """Domains whose servers never take it."""
    free: bool
    """Whether it may be any server, once the user allows that one."""
    careful: bool
    """Whether the default counts only for a credential that stands in an entry."""
    path: tuple[str, ...] | None
    """The path of such an address is kept, without these endings; None: it is dropped."""
    forms: Pairs
    """(server, where its API is): the first that fits counts; `*` fits any."""
    macaroon: bool
    """Whether the credential names the service that made it, which this must be."""
    tool: str
    """The program whose own configuration names the server."""


class Condition(NamedTuple):
    """What an answer must be like, all of it, to mean something."""

    means: str
    status: tuple[int, ...]
    has: tuple[str, ...]
    """One of them is in the body."""
    lacks: tuple[str, ...]
    json: tuple[tuple[str, tuple[Scalar, ...]], ...]
    """By JSON pointer, one of the values that stands there."""
    there: tuple[str, ...]
    """JSON pointers to what is there and not null."""
    missing: tuple[str, ...]
    certificate: str
    """A JSON pointer, with names, to a certificate of the private key in the credential; "" for none."""
    headers: Pairs
    """By name in lower case, a word of it; "" for any."""
    why: str
    stop: bool
    """Whether the host must not be asked any further."""

    @property
    def reads_body(self) -> bool:
        """Whether it looks at the body."""
        return bool(self.has or self.lacks or self.json or self.there or self.missing or self.certificate)

    @property
    def reads(self) -> bool:
        """Whether it looks at more than the status."""
        return bool(
            self.has or self.lacks or self.json or self.there or self.missing or self.certificate or self.headers
        )


class More(NamedTuple):
    """A further request, about a credential that is live."""

    url: str
    query: Pairs
    body: tuple[str, Any]
    """As that of a check; it asks to be told, and makes nothing."""
    tells: tuple[tuple[str, tuple[str, ...]], ...]
    gives: Pairs = ()
    """Names and JSON pointers of what the first answer gives to this request."""


class Check(NamedTuple):
    """One way to ask about one kind of credential."""

    evidence: str
    method: str
    url: str
    query: Pairs
    headers: Pairs
    basic: str
    digest: str
    sigv4: Pairs
    hs256: Pairs
    body: tuple[str, Any]
    """(kind, content); ("", None) for no body."""
    seconds: tuple[Second, ...]
    host: HostRule | None
    only: Pairs
    """By name, what the whole of a value must fit; otherwise the next check of the kind is tried."""
    parts: str
    """What the whole credential fits; its named groups are values too."""
    then_next: bool
    """Whether the next check of the kind has a say where this one's answer means invalid."""
    control: bool
    """Whether a good answer counts only when a made-up credential is refused."""
    inside: Pairs
    """Names and JSON pointers into the credential."""
    not_with: tuple[str, ...]
    """Variables that say that the credential is for another service."""
    cost: str
    traces: str
    conditions: tuple[Condition, ...]
    pages: bool
    """Whether a web page is an answer of this API."""
    wrong_at_most: int
    """After so many wrong credentials the host is asked no more; 0 for no limit."""
    tells: tuple[tuple[str, tuple[str, ...]], ...]
    lookup: tuple[str, Pairs]
    """(address, names and JSON pointers of what it tells anybody); ("", ()) for none."""
    more: tuple[More, ...]
    canaries: frozenset[str]
    """Accounts of services that plant keys and raise an alarm when one is used."""
    own: bool
    """Whether it is in a rule of the user's own, who says then where it goes."""
    rule: str
    """Of which kind it is."""

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Which of the values that are sent nobody else may see."""
        return ("token", *(second.name for second in self.seconds if second.secret))

    @property
    def asks_first(self) -> bool:
        """Whether asking costs something or leaves something behind."""
        return bool(self.cost or self.traces)


_own: dict[str, list[Mapping[str, Any]]] = {}


@cache
def checks(rule_id: str) -> tuple[Check, ...]:
    """The ways to ask about that kind, in the order in which they are tried; () for none."""
    from unsprawl.rules.bundle_checks import CHECKS  # the build makes records before there is one

    return tuple(
        made(raw, own=rule_id in _own, rule=rule_id) for raw in (*CHECKS.get(rule_id, ()), *_own.get(rule_id, ()))
    )


def extend(rules: Iterable[Mapping[str, Any]]) -> None:
    """Add those of rules of the user's own, as their files have them, which have ids of their own."""
    _own.update({rule["id"]: listed(rule["check"]) for rule in rules if "check" in rule})
    checks.cache_clear()


def listed(written: Any) -> list[Mapping[str, Any]]:
    """`check` of a rule file, which is one or a list of them."""
    return written if isinstance(written, list) else [written]


def made(raw: Mapping[str, Any], *, own: bool = False, rule: str = "") -> Check:
    """The record of one `check` of a rule file."""
    body = raw.get("body", {})
    host = raw.get("host")
    return Check(
        raw["evidence"],
        raw.get("method", "GET"),
        raw["url"],
        tuple(raw.get("query", {}).items()),
        tuple(raw.get("headers", {}).items()),
        raw.get("basic", ""),
        raw.get("digest", ""),
        tuple(raw.get("sigv4", {}).items()),
        tuple(raw.get("hs256", {}).items()),
        next(iter(body.items()), ("", None)),
        tuple(
            Second(
                name,
                tuple(each["names"]),
                each.get("secret", False),
                each.get("pattern", ""),
                each.get("default", ""),
                each.get("optional", False),
            )
            for name, each in raw.get("with", {}).items()
        ),
        None if host is None else _host(host),
        tuple(raw.get("only", {}).items()),
        raw.get("parts", ""),
        raw.get("then_next", False),
        raw.get("control", False),
        tuple(raw.get("inside", {}).items()),
        tuple(raw.get("not_with", ())),
        raw.get("cost", ""),
        raw.get("traces", ""),
        tuple(map(_condition, raw["answers"])),
        raw.get("pages", False),
        raw.get("wrong_at_most", 0),
        _tells(raw),
        (lookup["url"], tuple(lookup["gives"].items())) if (lookup := raw.get("lookup")) else ("", ()),
        tuple(map(_more, raw.get("more", ()))),
        frozenset(raw.get("canaries", ())),
        own,
        rule,
    )


def _more(raw: Mapping[str, Any]) -> More:
    body = next(iter(raw.get("body", {}).items()), ("", None))
    return More(raw["url"], tuple(raw.get("query", {}).items()), body, _tells(raw), tuple(raw.get("gives", {}).items()))


def _tells(raw: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((field, _texts(places)) for field, places in raw.get("tells", {}).items())


def _host(raw: Mapping[str, Any]) -> HostRule:
    return HostRule(
        tuple(raw.get("names", ())),
        raw.get("default", ""),
        tuple(raw.get("also", ())),
        tuple(raw.get("below", ())),
        tuple(raw.get("never_below", ())),
        raw.get("free", False),
        raw.get("careful", False),
        tuple(raw["path"]) if "path" in raw else None,
        tuple(raw.get("forms", {}).items()),
        raw.get("macaroon", False),
        raw.get("tool", ""),
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    status = raw["status"]
    return Condition(
        raw["means"],
        tuple(status) if isinstance(status, list) else (status,),
        _texts(raw.get("has", ())),
        _texts(raw.get("lacks", ())),
        tuple((at, tuple(v) if isinstance(v, list) else (v,)) for at, v in raw.get("json", {}).items()),
        _texts(raw.get("there", ())),
        _texts(raw.get("missing", ())),
        raw.get("certificate", ""),
        tuple((name.lower(), text) for name, text in raw.get("headers", {}).items()),
        raw.get("why", ""),
        raw.get("stop", False),
    )


def _texts(raw: Any) -> tuple[str, ...]:
    return (raw,) if isinstance(raw, str) else tuple(raw)
