"""What a host does where a remote server asks for a login: facts from the rules, as typed records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unsprawl.scanner.record import NamedTuple

_GOOD_EVIDENCE = frozenset({"observed", "source", "docs"})


class OptIn(NamedTuple):
    """One key that an entry must have before its host thinks of a login."""

    path: tuple[str, ...]
    """Keys from the entry downwards."""
    value: str | bool | tuple[()]


class Unless(NamedTuple):
    """One key that keeps a host from a login."""

    path: tuple[str, ...]
    """Keys from the entry downwards. The name of a header fits in any case."""
    value: bool | None
    """None: whatever it says."""


class HostOAuth(NamedTuple):
    """One host, or one of its files. Empty: not known, or there is none."""

    native: bool | None
    """Whether it logs in by itself; None where nobody knows."""
    evidence: str
    cimd: bool | None
    """Whether it sends the address of a client metadata document."""
    dcr: bool | None
    """Whether it registers itself dynamically."""
    static: bool | None
    """Whether it takes the id of a client that a human registered."""
    cimd_url: str
    http_only: bool
    """It logs in over streamable HTTP only."""
    opt_in: tuple[OptIn, ...]
    unless: tuple[Unless, ...]
    client_id: tuple[str, ...]
    """Keys from the entry downwards, as those below; () where it is told elsewhere, or where is not known."""
    document: tuple[str, ...]
    """The key that takes the address of a client metadata document of one's own."""
    client_elsewhere: str
    client_secret: tuple[str, ...]
    """Where a client secret would stand in the file. It is never written there."""
    secret_apart: str
    """How the host takes a client secret without its file: a sentence. "": only in the file, if at all."""
    callback_port: tuple[str, ...]
    port_setting: str
    redirect_uri: tuple[str, ...]
    """The key that takes a whole redirect address."""
    redirects: tuple[str, ...]
    """What to register, the present one first; `<port>` and the like where it is chosen."""
    login: tuple[str, ...]
    """The host's own command for a login, with NAME."""
    in_app: str
    """What to do inside the application, with NAME."""

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to move an entry there unasked."""
        return self.native is not None and self.evidence in _GOOD_EVIDENCE

    @property
    def client_id_told(self) -> str:
        """Where a client id is written, for people; "" where it is not known."""
        return ", or ".join(filter(None, (".".join(self.client_id), self.client_elsewhere)))

    @property
    def callback_port_told(self) -> str:
        """What fixes the port of the redirect address, for people; "" where nothing is known to."""
        return ", or ".join(filter(None, (".".join(self.callback_port), self.port_setting)))

    @property
    def port_told(self) -> str:
        """The same, or the key that takes the whole address."""
        return self.callback_port_told or ".".join(self.redirect_uri)

    def login_command(self, name: str) -> tuple[str, ...]:
        """The host's own command for a login at the entry of this name; () where it has none."""
        return tuple(name if word == "NAME" else word for word in self.login)

    def written(self, origin: str) -> tuple[OptIn, ...]:
        """What to write into the entry of a server with this origin (`https://host`)."""
        return tuple(
            each._replace(value=each.value.replace("{origin}", origin)) if isinstance(each.value, str) else each
            for each in self.opt_in
        )


def host_oauth(raw: Mapping[str, Any]) -> HostOAuth:
    """Made of a block `oauth` of hosts.yaml, whose cimd and dcr may be those of its library."""
    client = raw.get("client", {})
    library = _library(raw.get("behaviour", {}).get("builds_on", ""))
    return HostOAuth(
        native=raw["native"],
        evidence=raw["evidence"],
        cimd=raw.get("cimd", library.get("cimd")),
        dcr=raw.get("dcr", library.get("dcr")),
        static=raw.get("static", True if "id" in client or "elsewhere" in client else None),
        cimd_url=raw.get("cimd_url", ""),
        http_only=raw.get("http_only", False),
        opt_in=tuple(OptIn(tuple(each["path"]), _frozen(each["value"])) for each in raw.get("opt_in", ())),
        unless=tuple(Unless(tuple(each["path"]), each.get("value")) for each in raw.get("unless", ())),
        client_id=tuple(client.get("id", ())),
        document=tuple(client.get("document", ())),
        client_elsewhere=client.get("elsewhere", ""),
        client_secret=tuple(client.get("secret", ())),
        secret_apart=client.get("secret_apart", ""),
        callback_port=tuple(client.get("port", ())),
        port_setting=client.get("port_setting", ""),
        redirect_uri=tuple(client.get("redirect", ())),
        redirects=tuple(raw.get("redirects", ())),
        login=tuple(raw.get("login", ())),
        in_app=raw.get("in_app", ""),
    )


def _frozen(value: str | bool | list[Any]) -> str | bool | tuple[()]:
    return () if isinstance(value, list) else value


def _library(name: str) -> Mapping[str, Any]:
    if not name:
        return {}
    from unsprawl.rules.bundle_oauth import OAUTH

    found: Mapping[str, Any] = next(each for each in OAUTH["clients"] if each["id"] == name)
    return {**_library(found.get("builds_on", "")), **found}
