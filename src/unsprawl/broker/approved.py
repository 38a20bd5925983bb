"""What may be started with a record's secrets: decided before any of them is read, for `run` and for `run --wire`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from unsprawl.broker.fill import fill, has_places
from unsprawl.scanner.errors import BindingRefused, UnsprawlError
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.binding import fitting
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.programs import path_without_project, resolve
from unsprawl.vault.record import Binding, Record
from unsprawl.vault.records import load


class Approved(NamedTuple):
    """A command that the record is bound to, in circumstances that fit."""

    record: Record
    binding: Binding
    program: str | None
    """The file that is started; None when there is none."""
    command: list[str]
    """As it stands in the entry: places are not filled."""
    environ: dict[str, str]
    """As the host made it, and for a server of all projects without the open project's folders on PATH."""


def approve(ref: str, command: list[str], *, wired: bool) -> Approved:
    """The command with what it may be started in. Raises BindingRefused and what `load` raises.

    `wired`: the server will get placeholders. A record that was made for that gives its values in no other way, so that
    a change of a shared file, `--wire` taken out, does not lower what its owner chose.
    """
    try:
        cwd = os.getcwd()
    except OSError:
        raise UnsprawlError("the current folder does not exist any more") from None
    environ = _given_environment()
    record = load(ref, cwd)
    if record.wire and not wired:
        raise BindingRefused(
            f"`{record.ref}` is kept from its server, and without --wire the server would get the key itself",
            hint="Put `--wire` back before the record's name, or undo the migration and choose `--to run`.",
        )
    binding = fitting(record, command, cwd, environ, machine_key())
    program = resolve(command[0], environ, cwd)
    if program is not None and binding.root is None and "PATH" in environ:
        environ["PATH"] = path_without_project(environ["PATH"], cwd, binding.programs)
    return Approved(record, binding, program, command, environ)


def completed(approved: Approved, values: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Command line and environment with the values of the record's variables (or what stands for them)."""
    command, environ = approved.command, dict(approved.environ)
    if has_places(command):
        # What may follow a bound prefix was never approved to show a value.
        known = (binding.argv for binding in approved.record.bindings)
        bound = max(len(argv) for argv in known if tuple(command[: len(argv)]) == argv)
        filled, shown = fill(command[:bound], values)
        command = filled + command[bound:]
        values = {name: value for name, value in values.items() if name not in shown}
    environ.update(values)
    return command, environ


def _given_environment() -> dict[str, str]:
    """The environment as the host made it.

    Without a locale (hosts strip LANG too) Python itself adds LC_CTYPE=C.UTF-8 at its start; it is not for the server.
    """
    environ = dict(os.environ)
    if "LC_CTYPE" in environ:
        try:
            with open("/proc/self/environ", "rb") as file:
                given = file.read()
        except OSError:
            return environ
        if not any(line.startswith(b"LC_CTYPE=") for line in given.split(b"\0")):
            del environ["LC_CTYPE"]
    return environ
