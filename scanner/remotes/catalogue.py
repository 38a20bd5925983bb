"""The vendors' remote servers as records, and the ways to reach one: by package, image, program, variable, address."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.registering import Registering, registering

KINDS = ("npm", "pypi", "images", "programs")
"""What a local server can be known by."""
OAUTH = frozenset({"dcr", "dcr-and-cimd", "cimd", "dcr-listed", "preregistered", "unknown"})
"""Ways of registration that end in a login. `unknown`: the vendor offers one, nobody saw how clients register."""
LISTED = frozenset({"dcr-listed", "preregistered"})
"""Those that let only known clients in."""
SETTLED = frozenset({"current", "beta", "preview"})
"""States of an address that may be written into a file."""
_NEEDS = re.compile(r"\{([^{}]+)\}")


class Condition(NamedTuple):
    """What must be in an entry; see `keep_local.holds`. `kind` names the reason that it is, or ""."""

    kind: str = ""
    variables: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    unless_prefixes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Endpoint(NamedTuple):
    """One address of a service. `use` is what alone it is for, or ""."""

    url: str
    transport: str
    state: str
    use: str = ""
    region: str = ""
    where: tuple[Condition, ...] = ()
    note: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """What only the user can tell: names of organizations, workspaces, hosts."""
        return tuple(_NEEDS.findall(self.url))

    @property
    def host(self) -> str:
        return self.url.partition("://")[2].partition("/")[0].lower()

    @property
    def path(self) -> str:
        return "/" + self.url.partition("://")[2].partition("/")[2].partition("?")[0]


class Carry(NamedTuple):
    """A limit of the local server that the remote takes in its address (`query`) or in a header."""

    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    query: str = ""
    header: str = ""
    switch: bool = False


class KnownClient(NamedTuple):
    """A client id that the vendor publishes for one host."""

    host: str
    client_id: str
    callback_port: int | None = None


class LocalLogin(NamedTuple):
    """How the vendor's local server logs in by itself where it gets no key."""

    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    """Images and programs, by kind as in `KINDS`, of which that is known."""
    unless: tuple[str, ...]
    """Variables that keep it from a login."""
    publish: str
    """The port that a container must publish; "" where none."""
    says: str


class Service(NamedTuple):
    """One row of the catalogue; rules/remotes.schema.json says what each field means."""

    id: str
    name: str
    official: bool
    status: str
    migration: str
    registration: str
    endpoints: tuple[Endpoint, ...]
    packages: dict[str, tuple[str, ...]]
    """By kind, see `KINDS`."""
    variables: tuple[str, ...]
    settings: tuple[str, ...]
    unseen: frozenset[str]
    key_accepted: str
    key_form: str
    servers: tuple[str, ...]
    scopes: tuple[str, ...]
    clients: tuple[KnownClient, ...]
    works_in: tuple[str, ...]
    host_notes: tuple[str, ...]
    domains: tuple[str, ...]
    keep_local_when: tuple[Condition, ...]
    carry: tuple[Carry, ...]
    caveats: tuple[str, ...]
    evidence: tuple[str, ...]
    register: Registering
    local_login: LocalLogin | None = None

    @property
    def has_oauth(self) -> bool:
        """Whether there is a login at all that could take the place of a key."""
        return self.registration in OAUTH and self.migration not in ("keep-key", "keep-local", "no-auth")

    def owns(self, host: str) -> bool:
        """Whether a host is in the vendor's own cloud."""
        return inside(host, self.domains)


def inside(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of the domains or lies in one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


@cache
def services() -> tuple[Service, ...]:
    """All rows, by id."""
    from unsprawl.rules.bundle_remotes import REMOTES  # nothing but explain and migration needs it

    return tuple(map(_service, REMOTES))


@cache
def by_id() -> dict[str, Service]:
    return {each.id: each for each in services()}


@cache
def by_package() -> dict[tuple[str, str], Service]:
    """By kind and whole name; a package of PyPI in its normal spelling."""
    return {
        (kind, normal(kind, name)): each
        for each in services()
        for kind in KINDS
        for name in each.packages.get(kind, ())
    }


@cache
def by_variable() -> dict[str, Service]:
    """By the variables that name one vendor alone."""
    from unsprawl.rules.bundle_remotes import KEEP_LOCAL

    found: dict[str, list[Service]] = {}
    for each in services():
        for name in each.variables:
            found.setdefault(name, []).append(each)
    shared = frozenset(KEEP_LOCAL["shared_names"])
    return {name: rows[0] for name, rows in found.items() if len(rows) == 1 and name not in shared}


def normal(kind: str, name: str) -> str:
    """The name as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower() if kind == "pypi" else name


def _service(raw: dict[str, Any]) -> Service:
    replaces, oauth = raw.get("replaces", {}), raw.get("oauth", {})
    endpoints = tuple(map(_endpoint, raw["endpoints"]))
    own = (".".join(each.host.split(".")[-2:]) for each in endpoints if "}" not in each.host.split(".", 1)[-1])
    return Service(
        raw["id"],
        raw["name"],
        raw["official"],
        raw["status"],
        raw["migration"],
        raw["registration"],
        endpoints,
        {kind: tuple(replaces[kind]) for kind in KINDS if kind in replaces},
        tuple(replaces.get("variables", ())),
        tuple(replaces.get("settings", ())),
        frozenset(replaces.get("unseen", ())),
        raw["key"]["accepted"],
        raw["key"].get("form", ""),
        tuple(oauth.get("servers", ())),
        tuple(oauth.get("scopes", ())),
        tuple(
            KnownClient(each["host"], each["client_id"], each.get("callback_port")) for each in oauth.get("clients", ())
        ),
        tuple(raw.get("works_in", ())),
        tuple(raw.get("host_notes", ())),
        tuple(dict.fromkeys((*raw.get("domains", ()), *(domain for domain in own if "." in domain)))),
        tuple(map(_condition, raw.get("keep_local_when", ()))),
        tuple(map(_carry, raw.get("carry", ()))),
        tuple(raw.get("caveats", ())),
        tuple(raw["evidence"]),
        registering(raw.get("register", {})),
        _local_login(oauth["local"]) if "local" in oauth else None,
    )


def _local_login(raw: dict[str, Any]) -> LocalLogin:
    kinds = tuple((kind, tuple(raw[kind])) for kind in KINDS if kind in raw)
    return LocalLogin(kinds, tuple(raw["unless"]), raw.get("publish", ""), raw["says"])


def _endpoint(raw: dict[str, Any]) -> Endpoint:
    where = tuple(map(_condition, raw.get("where", ())))
    said = (raw.get("use", ""), raw.get("region", ""), where, raw.get("note", ""))
    return Endpoint(raw["url"], raw["transport"], raw["state"], *said)


def _condition(raw: dict[str, Any]) -> Condition:
    lists = [tuple(raw.get(field, ())) for field in Condition._fields[1:]]
    return Condition(raw.get("kind", ""), *lists)


def _carry(raw: dict[str, Any]) -> Carry:
    named = tuple(raw.get("flags", ())), tuple(raw.get("variables", ()))
    return Carry(*named, raw.get("query", ""), raw.get("header", ""), raw.get("switch", False))
