"""A private file of variables for one entry alone, which names it: where it lies, and what is in it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable

from unsprawl.rewriters.host_env_file import HostEnvFile
from unsprawl.scanner.approach import own_env_file
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.hosts import EntryEnv, Host
from unsprawl.scanner.own_files import entry_env_files
from unsprawl.scanner.secret import Secret

_SAME_TO_ALL = re.compile(r"[A-Za-z0-9_./+@%,~^=:-]+", re.ASCII)


def path_for(config: str, pointer: str, entry: str) -> str:
    """The file for one entry: always the same for the same place, and telling whose it is."""
    plain = re.sub(r"[^a-z0-9]+", "-", entry.lower()).strip("-")[:40].strip("-") or "server"
    place = hashlib.sha256(f"{config}\0{pointer}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return os.path.join(entry_env_files(), f"{plain}-{place}.env")


def is_entry_file(path: str) -> bool:
    """Whether a file of variables is one of these."""
    return os.path.dirname(path) == entry_env_files()


def entry_file(path: str) -> HostEnvFile:
    """The file. Its values stand there without quotes: how each host takes those apart is not known."""
    return HostEnvFile(path, quote="")


def spoken_alike(secret: Secret) -> bool:
    """Whether every reader of such files takes the value for what it is, without quotes around it."""
    return _SAME_TO_ALL.fullmatch(secret.reveal()) is not None


def common_way(hosts: Iterable[Host]) -> EntryEnv | None:
    """How all of the hosts let an entry name its file; None where they differ, or one has no proven way."""
    ways = [host.entry_env_file for host in hosts]
    first = next(iter(ways), None)
    alike = all(way is not None and first is not None and way.key == first.key and way.proven for way in ways)
    return first if alike else None


def values_of(found: ExaminedEntry) -> dict[str, Secret]:
    """The variables that a migrated entry's server gets from its own file. Raises UnsprawlError for one that others can
    read, or that is gone.
    """
    path = own_env_file(found.server.node)
    if not path:
        return {}
    file = entry_file(path)
    return {name: value for name in file.names() if (value := file.get_variable(name)) is not None}
