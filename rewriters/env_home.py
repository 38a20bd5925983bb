"""Where each host loads variables from by itself, as it stands on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from unsprawl.rewriters import value_folder
from unsprawl.rewriters.host_env_file import HostEnvFile
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git
from unsprawl.scanner.surroundings import Surroundings


class EnvHome(NamedTuple):
    """The file of one host."""

    path: str
    values: Mapping[str, Secret] = {}
    refused: str = ""
    """Why nothing may be written into it, or read from it."""
    hint: str = ""

    def __repr__(self) -> str:
        return f"EnvHome({self.path})"


def env_homes(around: Surroundings) -> dict[str, EnvHome]:
    """The files of all hosts that have one, by the host's id."""
    return {host.id: _home(host, around) for host in hosts() if host.env_file is not None}


def values_for(hosts_asked: Iterable[Host], around: Surroundings) -> dict[str, Secret]:
    """The variables that these hosts load by themselves, and the files of ours that they read, by their paths."""
    known: dict[str, Secret] = {}
    for host in hosts_asked:
        if host.env_file is not None:
            spelled = host.env_file.write and f"{host.env_file.path}/"
            known |= {f"{spelled}{name}": value for name, value in _home(host, around).values.items()}
    return known


def with_values(taken: Mapping[str, Secret], homes: Iterable[EnvHome]) -> dict[str, Secret]:
    """`taken` and the variables of these files; a name that stands for two values is free for neither."""
    known = dict(taken)
    for home in homes:
        for name, value in home.values.items():
            known[name] = value if known.get(name, value) == value else Secret("\0")
    return known


def _home(host: Host, around: Surroundings) -> EnvHome:
    known = host.env_file
    assert known is not None
    path = known.path.replace("~", around.home, 1)
    if around.environ.get(known.moved_by):
        reason = f"{known.moved_by} is set here, and {host.name} may be started without it"
        return EnvHome(path, {}, reason, "Unset it.")
    if known.write:
        return _folder(path)
    if not os.path.isdir(os.path.dirname(path)):
        return EnvHome(path, {}, f"there is no folder {os.path.dirname(path)}", f"Start {host.name} once.")
    file = HostEnvFile(path)
    try:
        values = {name: value for name in file.names() if (value := file.get_variable(name)) is not None}
    except UnsprawlError as error:
        return EnvHome(path, {}, error.message, error.hint)
    return EnvHome(path, values, taken_by_git(path))


def _folder(path: str) -> EnvHome:
    if os.path.normpath(path) != str(value_folder.folder()):
        return EnvHome(path, {}, "the values would lie elsewhere on this system than the reference says")
    try:
        known = {name: value_folder.get_variable(name) for name in value_folder.names()}
    except UnsprawlError as error:
        return EnvHome(path, {}, error.message, error.hint)
    values = {name: value for name, value in known.items() if value is not None}
    return EnvHome(str(value_folder.folder()), values, taken_by_git(os.path.join(path, "NAME")))
