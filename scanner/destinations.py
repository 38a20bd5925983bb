"""Where a credential of an entry is sent over HTTPS, as far as the rules and the entry itself tell. Pure.

What is found here bounds where the proxy of `unsprawl run --wire` may put the value in. In doubt there is no answer: a
host too few is a server that does not work, a host too many is a key that leaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from unsprawl.rules.load import compiled, load
from unsprawl.rules.sent import ADDRESS, TRUST, Client, Sent, clients, ignores_proxies, proven_servers, sent
from unsprawl.scanner.arguments import arguments
from unsprawl.scanner.model import Entry, Finding, SlotKind, Transport
from unsprawl.scanner.packages import started
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.record import NamedTuple

_NAME = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOCAL = ("localhost", "localhost.localdomain", "host.docker.internal", "ip6-localhost")
_GENERAL = ADDRESS | {"API", "MCP", "REST", "GRAPHQL", "HTTP", "HTTPS", "REMOTE"}
"""Words that name no vendor: a variable of these alone is about whatever server the entry calls."""
HTTPS_PORT = 443


class Sending(NamedTuple):
    """Hosts, as `Destination.hosts` has them, and the parts of a request."""

    hosts: tuple[str, ...]
    places: tuple[str, ...]


class Unsent(NamedTuple):
    """Why a value cannot be put in on the way. `reason` continues a sentence about it."""

    reason: str
    unknown: bool = False
    """Nobody knows where it goes, but whoever uses it may say so."""


Answer: TypeAlias = Sending | Unsent
Pairs: TypeAlias = Sequence[tuple[str, str]]


def settings(variables: Mapping[str, str], command: Sequence[str]) -> Pairs:
    """What the entry tells its server: its variables, and flags as if they were some (`--api-url` is `API_URL`)."""
    found = list(variables.items())
    for argument in arguments(command):
        if argument.name and argument.word < len(command):
            name = argument.name.lstrip("-/").replace("-", "_").upper()
            found.append((name, command[argument.word][argument.start : argument.end]))
    return found


def destination(finding: Finding, told: Pairs) -> Answer:
    """Where the value of one finding may go. `told`: the entry's `settings`."""
    return destination_of(finding.literal.rule, finding.slot.context.name, told)


def destination_of(rule_id: str, variable: str, told: Pairs) -> Answer:
    """Where a value of that rule may go which is called `variable`."""
    known = sent(rule_id)
    if known is None:
        return Unsent("no rule tells well enough where it is sent", unknown=True)
    if known.never:
        return Unsent(known.never)
    named: list[str] = []
    for variable, templates in known.address_in:
        for name, text in told:
            if name == variable and text.strip():
                made = _made(text, templates)
                if isinstance(made, Unsent):
                    return Unsent(f"{name} {made.reason}")
                named += made
    hosts = _bound(known, named)
    if not hosts:
        return Unsent("it goes to a server of its owner's, and no variable of the entry names that one", unknown=True)
    doubt = _doubt(rule_id, variable, known, told, hosts)
    return Unsent(doubt, unknown=True) if doubt else Sending(tuple(dict.fromkeys(hosts)), known.places)


def of_address(url: str) -> str | Unsent:
    """The host of an https address, with its port where that is not the usual one."""
    text = url.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return Unsent("is no address that is understood")
    if "$" in url or "{" in url:
        return Unsent("holds a reference, so its host is not known before the server starts")
    if parts.scheme.lower() != "https":
        return Unsent("is not https, and a key is put into encrypted requests only")
    if "@" in parts.netloc:
        return Unsent("holds a user name beside the host")
    if _is_local(host):
        return Unsent("is on this machine, and what stays on the machine goes past the proxy")
    if _is_number(host):
        return Unsent("is a number, and a key is bound to names only")
    if len(host) > 253 or compiled(_NAME).fullmatch(host) is None:
        return Unsent("is no address that is understood")
    return host if port in (None, HTTPS_PORT) else f"{host}:{port}"


def client_of(entry: Entry) -> Client:
    """What is known of the programs that start the server; of several the one that says no."""
    if ignoring := ignores_proxies(entry.package):
        return Client(False, False, ignoring, "")
    command = started(entry.command)
    plain = entry.command[len(entry.command) - len(command) :] == command
    around = entry.command[: -len(command)] if plain and command else " ".join(entry.command).split()
    for word in around:
        found = _client(word)
        if found is not None and found.elsewhere:
            return found
    last = _client(command[0]) if command else None
    return last or Client(False, False, "", "nobody has seen whether its program takes a proxy")


def _client(program: str) -> Client | None:
    """What is known of a program, also of one that has its version in its name (`python3.12`)."""
    name = base_name(program)
    return clients().get(name) or clients().get(name.rstrip("0123456789."))


def is_advised(entry: Entry, findings: Sequence[Finding], variables: Mapping[str, str]) -> bool:
    """Whether the proxy is what serves an entry best: somebody saw that this server takes one, its program is known to,
    and each of its keys is the whole of a variable and is sent where a rule says."""
    if entry.transport is not Transport.STDIO or not findings:
        return False
    if entry.package.lower() not in proven_servers() or not client_of(entry).works or TRUST & variables.keys():
        return False
    told = settings(variables, entry.command)
    return all(
        finding.slot.context.kind is SlotKind.ENV
        and variables.get(finding.slot.context.name) == finding.secret.reveal()
        and isinstance(destination(finding, told), Sending)
        for finding in findings
    )


def _made(text: str, templates: Iterable[str]) -> list[str] | Unsent:
    """The hosts that follow from what a variable says."""
    if "," in text:
        return Unsent("names several servers")
    bare = compiled(_NAME).fullmatch(text.strip().lower()) is not None and "." not in text
    made = []
    for template in templates:
        before, _, after = template.partition("{}")
        if bare != after.startswith("."):
            continue
        host = of_address(f"{text.strip()}{after}" if bare else text)
        if isinstance(host, Unsent):
            return host
        made.append(before + host)
    return made or Unsent("is no address that is understood")


def _bound(known: Sent, named: Sequence[str]) -> list[str]:
    """The hosts of the vendor, unless the entry names others: then those alone."""
    own = [host for host in known.hosts if not (known.customers and host.startswith("*."))]
    if not named:
        return own if len(own) == len(known.hosts) else []
    if any(covered(host, known.hosts) for host in named):
        return [*own, *(host for host in named if not covered(host, own))]
    return list(named)


def _doubt(rule_id: str, variable: str, known: Sent, told: Pairs, hosts: Sequence[str]) -> str:
    """What else of the entry may move the server to another host, or ""."""
    asked = {variable for variable, _ in known.address_in}
    own = set(_words(variable)[:1])
    rule = load().get(rule_id)
    own |= set(_words(rule.provider)) if rule is not None and rule.provider else set()
    for name, text in told:
        words = _words(name)
        about = words and words[-1] in ADDRESS and (own & set(words) or _GENERAL.issuperset(words))
        if not about or name in asked or name == variable or not text.strip():
            continue
        host = of_address(text)
        if isinstance(host, Unsent):
            if "reference" in host.reason or "://" in text:
                return f"{name} {host.reason}"
        elif "." in host and not covered(host, hosts):
            return f"{name} names another server, and no rule tells whether the key goes there"
    return ""


def covered(host: str, hosts: Iterable[str]) -> bool:
    """Whether `host` is one of `hosts`, or below a `*.` of them."""
    return any(host == each or (each.startswith("*.") and host.endswith(each[1:])) for each in hosts)


def _words(name: str) -> list[str]:
    return [word for word in name.upper().replace("-", "_").replace(" ", "_").split("_") if word]


def _is_local(host: str) -> bool:
    if host in _LOCAL or host.endswith((".localhost", ".local")):
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()  # 127.1 is an address too
    return True
