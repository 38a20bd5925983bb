"""How a host starts a server: in which folder, with which variables, and with which references expanded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from unsprawl.rewriters.env_home import values_for
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.entry_parts import body
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.model import Entry
from unsprawl.scanner.placeholders import default_of, references
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.project import project_folder
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file


def working_folder(entry: Entry, around: Surroundings) -> str:
    """Where the host starts the server: the project of the entry, else the home folder."""
    file = named(entry.path, around)
    if file is not None and file.shared:
        return project_folder(file)
    if len(entry.key_path) > 2 and entry.key_path[0] == "projects" and os.path.isdir(str(entry.key_path[1])):
        return str(entry.key_path[1])
    return around.home


def readers(file: ConfigFile, entry: Entry) -> tuple[Host, ...]:
    """The hosts that the entry is meant for, each as it reads this very file."""
    patterns = {reading.host: reading.pattern for reading in reversed(file.readings)}
    return tuple(host(host_id).at(patterns[host_id]) for host_id in entry.owners)


def dialects(hosts: Iterable[Host]) -> frozenset[str]:
    """The spellings of references that at least one of the hosts expands."""
    return frozenset(dialect for host in hosts for way in host.references for dialect in way.reads)


def variables(around: Surroundings, hosts: Iterable[Host] = ()) -> dict[str, Secret]:
    """The variables that a host sees when it is started from a shell that has loaded ours, and what these load."""
    known = {name: Secret(value) for name, value in around.environ.items()}
    known |= {name: value for name in env_file.names() if (value := env_file.get_variable(name)) is not None}
    return known | values_for(hosts, around)


def started_environment(hosts: Iterable[str], around: Surroundings) -> dict[str, str]:
    """The user's environment with what these hosts set for every server that they start, whatever it was before."""
    added = {name: value for host_id in hosts for name, value in host(host_id).child_sets.items()}
    homely = {name: around.home + value[1:] if value.startswith("~/") else value for name, value in added.items()}
    return {**around.environ, **homely}


def expanded(text: str, hosts: Iterable[Host], known: Mapping[str, Secret]) -> str:
    """`text` as the host passes it on: references that it expands replaced, as far as their variables are known."""
    read = dialects(hosts)
    for dialect, name, start, end in sorted(references(text), key=lambda found: found[2], reverse=True):
        if dialect not in read:
            continue
        default = default_of(text[start:end])
        if name in known:
            text = text[:start] + known[name].reveal() + text[end:]
        elif default is not None:
            text = text[:start] + text[start + default[0] : start + default[1]] + text[end:]
    return text


def unknown_names(text: str, hosts: Iterable[Host], known: Mapping[str, Secret]) -> list[str]:
    """What the references in `text` name that is not known here: unset variables, answers to prompts."""
    read = dialects(hosts)
    return [
        name
        for dialect, name, start, end in references(text)
        if dialect in read and name not in known and default_of(text[start:end]) is None
    ]


def unseen_places(hosts: Iterable[Host]) -> str:
    """Where these hosts may find a variable that is not set: in their own keyring, for example. "" where nowhere."""
    places = (
        f"{host.name} may find it in {way.elsewhere}" for host in hosts for way in host.references if way.elsewhere
    )
    return " and ".join(dict.fromkeys(places))


def told_by(hosts: Iterable[Host], entry: Entry) -> dict[str, str]:
    """What the entry's hosts tell a command that they ask for its headers."""
    ways = [each.remote.helper for each in hosts if each.remote is not None and each.remote.helper is not None]
    return {name: text for way in ways for name, text in ((way.address, entry.url), (way.name, entry.name))}


def entry_headers(found: ExaminedEntry, hosts: Iterable[Host]) -> dict[str, str]:
    """The headers that the entry's hosts send, as written. As secret as the entry."""
    known: dict[str, str] = {}
    for each in hosts:
        node: Node | None = body(found.server.node)
        for step in each.remote.headers.split(".") if each.remote is not None else ():
            node = node.get(step) if node is not None else None
        for member in node.members if node is not None else ():
            if (text := member.value.text()) is not None:
                known[member.key] = text
        for line in (item.text() for item in (node.items if node is not None else ())):  # MCPHost: "Name: value"
            name, colon, value = (line or "").partition(":")
            if colon:
                known[name.strip()] = value.strip()
    return known
