"""What is shown of a shared entry before it counts: all of it, with nothing left out, and a digest of just that."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from unsprawl.rewriters.joining.model import Route, Wanted, Way
from unsprawl.rewriters.joining.oddities import Oddity, vendors_of
from unsprawl.rewriters.operations import plain
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.machine_key import digest, machine_key
from unsprawl.vault.plain import printable


class Line(NamedTuple):
    """One thing that is said of it."""

    what: str
    text: str
    notice: bool = False
    """It is unusual."""


def command_shown(argv: Sequence[str]) -> str:
    """A whole command line, every character of it visible."""
    return " ".join(shlex.quote(printable(word)) for word in argv)


def description(wanted: Wanted, unusual: Sequence[Oddity]) -> tuple[Line, ...]:
    """What its user has to know of the entry."""
    return tuple(_lines(wanted, unusual))


def digest_of(wanted: Wanted, lines: Sequence[Line]) -> str:
    """What `--confirm` takes: it is another one as soon as anything else would be shown, and on every machine."""
    path, where = wanted.place
    ref = wanted.run.ref if wanted.run is not None else ""
    texts = (text for line in lines for text in (line.what, line.text))
    # The entry as it is too: what is shown escaped could be spelled in two ways, and not all of it is shown.
    whole = json.dumps(plain(wanted.found.server.node), sort_keys=True)
    return digest(machine_key(), "join", path, where, wanted.way.value, ref, *texts, *wanted.argv, whole)


def _lines(wanted: Wanted, unusual: Sequence[Oddity]) -> Iterator[Line]:
    entry = wanted.found.entry
    if entry.url:
        yield Line("calls", printable(entry.url))
    if any(wanted.argv):
        yield Line("starts", command_shown(wanted.argv))
    yield Line("which is", _whose(wanted))
    for name, text in entry_variables(wanted.found.server.node).items():
        yield Line("sets", printable(f"{name}={text}"))
    for name in wanted.variables:
        yield Line("wants", f"{printable(name)}{_kind(name)}, as {wanted.said_by}")
    if wanted.way is Way.RUN and not wanted.variables:
        yield Line("wants", f"a variable that nobody names: --variable {printable(entry.name)}=NAME")
    if wanted.way is Way.VARIABLE:
        for slot, reference in wanted.found.references:
            where = f"{slot.context.kind.value} {slot.context.name}".strip()
            yield Line("puts", printable(f"{', '.join(reference.names) or reference.dialect} into {where}"))
    if wanted.way is Way.RUN and wanted.run is not None:
        if not wanted.run.wire:
            yield Line("gets", "the value itself, when its host starts it in this repository")
        for route in wanted.routes:
            yield Line("gets", _routed(route))
    if wanted.way is Way.VARIABLE and wanted.variables:
        yield Line("gets", "the value that you export; so does everything else that is started from your shell")
    if wanted.way is Way.LOGIN:
        yield Line("gets", "a login of yours, in your browser, which its host keeps")
    for each in unusual:
        yield Line("unusual", each.says, notice=True)


def _whose(wanted: Wanted) -> str:
    entry = wanted.found.entry
    name = wanted.package
    if entry.url or not name:
        return f"an address of {wanted.service.name}" if wanted.service is not None else "unknown to the catalogue"
    known = f"known to the catalogue: {wanted.service.name}" if wanted.service is not None else "not in the catalogue"
    return f"{printable(name)}, {known}"


def _kind(name: str) -> str:
    whose = dict.fromkeys(rule.provider for rule in vendors_of(name) if rule.provider)
    return f" (a key of {' or '.join(whose)}, by its name)" if whose else ""


def _routed(route: Route) -> str:
    if not route.hosts:
        return f"a placeholder for {printable(route.variable)}; where the key may go you are asked: {route.reason}"
    hosts = ", ".join(map(printable, route.hosts))
    return f"a placeholder for {printable(route.variable)}; the key goes to {hosts} only ({', '.join(route.places)})"
