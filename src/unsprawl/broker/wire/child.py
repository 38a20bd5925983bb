"""The environment of a server behind the wire proxy: it goes through the proxy, trusts it, and knows placeholders."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from unsprawl.broker.wire.clients import EXCEPTIONS, FOLDERS, PROXIES, SWITCHES
from unsprawl.scanner.parts import LOOPBACK
from unsprawl.vault.record import Destination

SHIM = Path(__file__).with_name("node_proxy.cjs")


def environment(
    given: Mapping[str, str], certificates: Mapping[str, str], proxy: str, wire: Iterable[Destination]
) -> dict[str, str]:
    """`given` with what makes the known clients use `proxy` (an address with the run's credential).

    `certificates`: variables that name files, of `bundles`. `wire`: which hosts no exception may name.
    """
    environ = {name: value for name, value in given.items() if name not in FOLDERS}
    environ |= certificates
    environ |= dict.fromkeys(PROXIES, proxy)
    environ |= SWITCHES
    inherited = [given[name] for name in EXCEPTIONS if name in given]
    bound = [host for destination in wire for host in destination.hosts]
    environ |= dict.fromkeys(EXCEPTIONS, ",".join(exceptions(inherited, bound)))
    environ["NODE_OPTIONS"] = node_options(given.get("NODE_OPTIONS", ""))
    return environ


def node_options(inherited: str, shim: Path = SHIM) -> str:
    """What is there already, and our own module. Node splits at blanks, except between double quotes."""
    quoted = str(shim).replace("\\", "\\\\").replace('"', '\\"')
    return f'{inherited} --require "{quoted}"'.lstrip()


def exceptions(inherited: Iterable[str], bound: Iterable[str]) -> list[str]:
    """The hosts that are called without a proxy: this machine, and those of `inherited` lists that cover no bound host.

    Clients differ in what an entry covers, so whatever one of them might take for a bound host is left out.
    """
    bound = [host.partition(":")[0] for host in bound]
    entries = dict.fromkeys(LOOPBACK)
    for text in inherited:
        for entry in text.replace(",", " ").split():
            if not any(_may_cover(entry.lower(), host) for host in bound):
                entries.setdefault(entry)
    return list(entries)


def _may_cover(entry: str, host: str) -> bool:
    name = entry.rpartition("://")[2].rstrip(".")
    head, colon, port = name.rpartition(":")
    if colon and port.isdigit() and ":" not in head:
        name = head
    names = list(_spellings(name))
    any_below = host.startswith("*.")
    host = host.removeprefix("*.")
    if any(not each or host.endswith(each) or fnmatch.fnmatchcase(host, each) for each in names):
        return True  # requests compares ends, without a look at the dot
    return any_below and any(each.endswith(f".{host}") for each in names)


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield name.removeprefix("*").removeprefix(".")
