"""What the variables of a migrated entry are in: the file that shells load, a host's own, one of the entry's own, or a
file for each value."""

from __future__ import annotations

from pathlib import Path

from unsprawl.rewriters import value_folder
from unsprawl.rewriters.entry_env_file import entry_file, is_entry_file
from unsprawl.rewriters.host_env_file import HostEnvFile
from unsprawl.rewriters.replace_file import Watch
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file
from unsprawl.vault.files import private_folder


def names_in(file: str | None) -> frozenset[str]:
    """The variables that are in it. `file`: the host's own, None for that of the shell. Raises UnsprawlError."""
    if file is None:
        return frozenset(env_file.names())
    return frozenset(value_folder.names() if _is_folder(file) else _file(file).names())


def variable_in(file: str | None, name: str) -> Secret | None:
    """The value of one. Raises UnsprawlError."""
    if file is None:
        return env_file.get_variable(name)
    return value_folder.get_variable(name) if _is_folder(file) else _file(file).get_variable(name)


def add_variable(file: str | None, name: str, secret: Secret, watch: Watch) -> None:
    """Add one. Raises UnsprawlError."""
    if file is None:
        env_file.set_variable(name, secret)
    elif _is_folder(file):
        value_folder.set_variable(name, secret)
    else:
        if is_entry_file(file):
            private_folder(Path(file).parent)
        _file(file).set_variable(name, secret, lambda step: watch(f"variable: {step}"))


def drop_variable(file: str | None, name: str, *, made: bool) -> None:
    """Take one out again; with `made`, the host's file too once nothing else is in it. Raises UnsprawlError."""
    if file is None:
        env_file.remove_variable(name)
    elif _is_folder(file):
        value_folder.remove_variable(name)
    else:
        _file(file).remove_variable(name, made=made)


def _file(file: str) -> HostEnvFile:
    return entry_file(file) if is_entry_file(file) else HostEnvFile(file)


def _is_folder(file: str) -> bool:
    return file == str(value_folder.folder())
