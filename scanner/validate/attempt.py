"""From a finding to what would be asked about it: the check of its rule, the values beside it, the servers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from unsprawl.rules.check import RECALLED, Check, Second, checks
from unsprawl.rules.load import compiled, load
from unsprawl.scanner.destinations import Sending, Unsent, covered, destination
from unsprawl.scanner.model import Finding
from unsprawl.scanner.names import normalised
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.credential import credential_of, is_identifier, is_of_its_kind, values_inside
from unsprawl.scanner.validate.macaroons import location_of
from unsprawl.scanner.validate.server import HTTPS_PORT, LABEL, Server, Tools, Unasked, servers
from unsprawl.scanner.validate.sigv4 import account_of
from unsprawl.scanner.validate.told import Told

_LONGEST_SECOND = 4000
MOST_TOGETHER = 4
"""So many values beside a credential are tried with it, one after the other."""
_PARTED = re.compile(r"[\s/:@=,;]+")
"""What stands between values that are joined in one text."""


class Wanted(NamedTuple):
    """What the user allows."""

    experimental: bool = False
    """Also checks that are only recalled."""
    costly: bool = False
    """Also checks that cost something or leave something behind."""
    allowed: frozenset[str] = frozenset()
    """Hosts, with their port where it is not the usual one."""


class Attempt(NamedTuple):
    """One request that could be made. Values are secrets, whether they are or not."""

    check: Check
    server: Server
    values: tuple[tuple[str, Secret], ...]
    lookup: Server | None = None
    """Where the vendor tells anybody what the request needs besides."""

    @property
    def texts(self) -> dict[str, str]:
        """The values by name, for one request."""
        return {name: secret.reveal() for name, secret in self.values}

    @property
    def secrets(self) -> Iterator[Secret]:
        """What the answer is about."""
        yield from (value for name, value in self.values if name in self.check.secret_names)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal where the same would be sent to the same place, whichever of the values the finding was of."""
        return (
            self.server,
            self.lookup,
            self.check.method,
            self.check.url,
            frozenset(value for _, value in self.values),
        )


def attempts(
    finding: Finding, told: Told, wanted: Wanted, tools: Tools, known: tuple[Check, ...] | None = None
) -> tuple[Attempt, ...] | Unasked | None:
    """What to ask, one after the other while the answer means that nothing is known of it; None where no check is.

    Asking about half of a pair says nothing: then it is Unasked. `known`: other requests than the checks of its kind.
    """
    known = checks(finding.literal.rule) if known is None else known
    if not known:
        return None
    if is_identifier(finding):
        return Unasked("it names the key of a pair, and its other half is not beside it")
    token, user = credential_of(finding)
    if not is_of_its_kind(finding, token) and not any(check.inside for check in known):
        return Unasked("it is written in a way that hides the credential itself")
    made: list[Attempt] = []
    why: Unasked | None = None
    for check in known:
        found = _of(check, finding, token, user, told, wanted, tools)
        if isinstance(found, Unasked):
            why = why or found
        elif found is not None:
            made += found
            if not check.then_next:
                break
    return tuple(made) or why or Unasked("no way to ask about one of this form is known")


def _of(
    check: Check, finding: Finding, token: str, user: str, told: Told, wanted: Wanted, tools: Tools
) -> tuple[Attempt, ...] | Unasked | None:
    """None where the check is for others of its kind."""
    values = {"token": token}
    if check.parts:
        fits = compiled(check.parts).fullmatch(token)
        if fits is None:
            return None
        values |= fits.groupdict()
    if check.inside:
        inside = values_inside(token, check.inside)
        if inside is None:
            return None
        values |= inside
    only = dict(check.only)
    if any(name in values and compiled(pattern).fullmatch(values[name]) is None for name, pattern in only.items()):
        return None
    if any(name in check.not_with and text.strip() for name, text in told.pairs):
        return Unasked("the entry names another service that it is for", named=True)
    missing, several = "", ""
    beside: list[list[str]] = []
    for second in check.seconds:
        own = user if user and check.basic.startswith(f"{{{second.name}}}:") else ""
        texts = [own] if own else candidates(second, told, finding.slot.context.name)
        if second.name in only and texts:
            texts = [text for text in texts if compiled(only[second.name]).fullmatch(text)]
            if not texts:
                return None
        missing = missing or ("" if texts else second.names[0])
        several = several or (second.names[0] if len(texts) > 1 else "")
        beside.append(texts)
    if missing:
        return Unasked(f"{missing} belongs to it, and the entry has none")
    together = list(product(*beside))
    if len(together) > MOST_TOGETHER:
        return Unasked(f"{several} belongs to it, and the entry has too many that could be it")
    if check.evidence == RECALLED and not wanted.experimental:
        return Unasked("nobody has confirmed how its vendor is asked: --experimental asks all the same")
    if check.asks_first and not wanted.costly:
        return Unasked(f"asking {check.cost or check.traces}: --costly asks all the same")
    names = [second.name for second in check.seconds]
    sets = [{**values, **dict(zip(names, texts, strict=True))} for texts in together]
    if any(account_of(each.get("id", "")) in check.canaries for each in sets):
        return Unasked("it was planted by a service that raises an alarm when it is used")
    made: list[Attempt] = []
    for each in sets:
        placed = _placed(check, finding, told, each, wanted, tools)
        if isinstance(placed, Unasked):
            return placed
        made += placed
    return tuple(made)


def candidates(second: Second, told: Told, name: str) -> list[str]:
    """The values beside a credential that may belong to it, each once; [] where it is missing.

    Of several those come first whose variables are named most alike: `PROD_KEY_ID` belongs to `PROD_SECRET`.
    """
    pattern = compiled(second.pattern) if second.pattern else None
    found = [
        (variable, text.strip())
        for named in second.names
        for variable, text in told.pairs
        if variable == named and "$" not in text and 0 < len(text.strip()) <= _LONGEST_SECOND
    ]
    if pattern is not None:
        found = [each for each in found if pattern.fullmatch(each[1])]
        if not found:
            parted = ((variable, _PARTED.split(text[:_LONGEST_SECOND])) for variable, text in told.pairs)
            found = [(variable, word) for variable, words in parted for word in words if pattern.fullmatch(word)]
    mine = set(normalised(name).split("_"))
    found.sort(key=lambda each: -len(mine.intersection(normalised(each[0]).split("_"))))
    texts = list(dict.fromkeys(text for _, text in found))
    return texts or ([second.default] if second.default or second.optional else [])


def _placed(
    check: Check, finding: Finding, told: Told, values: Mapping[str, str], wanted: Wanted, tools: Tools
) -> tuple[Attempt, ...] | Unasked:
    rule = load().get(finding.literal.rule)
    vendors = rule.hosts if rule is not None else ()
    named: tuple[Server, ...] = ()
    if check.host is not None:
        answer = servers(check.host, told, vendors, wanted.allowed, lambda tool: tools(tool, values["token"]))
        if isinstance(answer, Unasked):
            return answer
        maker = location_of(values["token"]) if check.host.macaroon else ""
        if check.host.macaroon and not covered(answer[0].host, (maker, f"*.{maker}")):
            return Unasked("it was made by another service than the one that is named")
        named = answer
    if "{host}" in check.url:
        port = check.url.partition("{host}:")[2].partition("/")[0]
        found = tuple(_at(server, port) for server in named)
    else:
        host, _, port = check.url.partition("://")[2].partition("/")[0].partition(":")
        for name, text in values.items():
            if f"{{{name}}}" in host:
                if compiled(LABEL).fullmatch(text.lower()) is None:
                    return Unasked("a value beside it cannot be part of the name of a host")
                host = host.replace(f"{{{name}}}", text.lower())
        found = (Server(host, int(port) if port else HTTPS_PORT, presumed=True),)
    if found[0].presumed and (doubt := _elsewhere(finding, told, found[0].host, vendors)) is not None:
        return doubt
    if check.own:
        found = tuple(server._replace(trusted=True) for server in found)
    secrets = tuple((name, Secret(text)) for name, text in values.items())
    return tuple(Attempt(check, server, secrets, named[0] if check.lookup[0] else None) for server in found)


def _at(server: Server, port: str) -> Server:
    """At the port where such servers usually are, unless another is named."""
    return server._replace(port=int(port)) if port and server.port == HTTPS_PORT else server


def _elsewhere(finding: Finding, told: Told, host: str, vendors: tuple[str, ...]) -> Unasked | None:
    """Why the usual host is not the one that the entry means; None where it is."""
    answer = destination(finding, told.pairs)
    if isinstance(answer, Sending):
        if not any(covered(each, vendors) for each in answer.hosts) and not covered(host, answer.hosts):
            return Unasked("the entry sends it to another server", named=True)
    elif isinstance(answer, Unsent) and "another server" in answer.reason:
        return Unasked(answer.reason)
    return None
