"""Whether a command may have a record's secrets: it must be what was bound, in circumstances that cannot bend it.

The attacker is the author of a repository whose configuration says `unsprawl run REF -- CMD`, with an environment and a
working folder of their choice. What it cannot stop: a program that already runs as this user without our help.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unsprawl.scanner.above import nearest as nearest_above
from unsprawl.scanner.errors import BindingRefused
from unsprawl.vault.guarded import Guards, changed, guards, reason, value_digest
from unsprawl.vault.plain import shown, shown_command
from unsprawl.vault.programs import foreign_program, programs, resolve
from unsprawl.vault.records import Binding, Record, Scope, inside
from unsprawl.vault.traps import trap


@dataclass(frozen=True, slots=True)
class _Objection:
    """Why one binding does not fit. `stage` tells how near it came; the nearest one is what the user hears about."""

    stage: int
    message: str
    options: tuple[str, ...] = ()
    here: bool = False


def bind(
    argv: Sequence[str],
    *,
    key: bytes,
    cwd: str,
    environ: Mapping[str, str],
    entry_environ: Mapping[str, str] | None = None,
    root: str | None = None,
    config: str = "",
    prefix: bool = False,
) -> Binding:
    """A binding of `argv` to the circumstances of now.

    `entry_environ`: variables that the entry sets (as the server will see them: references expanded, secrets left out).
    `environ`: the environment of this process. `root`: the project's folder, or None for any folder. `cwd`: where the
    host will start it, for finding the program; the project's folder when in doubt.
    """
    # As os.environ does on Windows, where names of variables have no case.
    entry = {name.upper() if os.name == "nt" else name: value for name, value in (entry_environ or {}).items()}
    known = guards(entry, environ, key)
    return Binding(
        argv=tuple(argv),
        scope=Scope.USER if root is None else Scope.PROJECT,
        root=None if root is None else os.path.realpath(root),
        config=config,
        guarded=known.guarded,
        ambient=known.ambient,
        programs=programs(argv, {**environ, **entry}, cwd),
        prefix=prefix,
    )


def check(record: Record, argv: Sequence[str], cwd: str, environ: Mapping[str, str], key: bytes) -> str | None:
    """The path of the program to start (None when there is no such program).

    Raises BindingRefused, with the command that would allow it, unless some binding of `record` fits.
    """
    fitting(record, argv, cwd, environ, key)
    return resolve(argv[0], environ, cwd)


def fitting(record: Record, argv: Sequence[str], cwd: str, environ: Mapping[str, str], key: bytes) -> Binding:
    """The binding of `record` that fits. Raises BindingRefused as `check` does."""
    nearest = _Objection(-1, "the record is bound to no command")
    for binding in record.bindings:
        objection = _objection(record, binding, tuple(argv), cwd, environ, key)
        if objection is None:
            return binding
        if objection.stage > nearest.stage:
            nearest = objection
    raise BindingRefused(
        f"`{record.ref}` was refused: {nearest.message}",
        hint=f"If you want this: {allow_command(record, argv, cwd, nearest.options, here=nearest.here)}",
    )


def check_headers(record: Record, environ: Mapping[str, str]) -> None:
    """Raises BindingRefused unless the host tells in `environ` that it wants headers for the server of `record`.

    Another address would be sent the secrets; another name is another entry, which nobody approved.
    """
    if not record.headers:
        raise BindingRefused(
            f"`{record.ref}` was refused: it is for a command, and holds no headers",
            hint=f"unsprawl run {record.ref} -- COMMAND",
        )
    told = [binding.told for binding in record.bindings if binding.told]
    if any(all(environ.get(name) == value for name, value in each.items()) for each in told):
        return
    wrong = [name for each in told for name, value in each.items() if environ.get(name) != value]
    name = next(iter(wrong), "")
    how = (
        f"its host asks for another server ({name})"
        if environ.get(name)
        else f"no host asks for it ({name} is not set)"
    )
    raise BindingRefused(
        f"`{record.ref}` was refused: {how}",
        hint="Was the entry renamed, or its address changed? Put its key back with `unsprawl undo`, and migrate again.",
    )


def _in_another_project(cwd: str, root: str) -> bool:
    """Whether `cwd` is in a repository of its own within the project, as a submodule or a clone in `vendor` is.

    Its files are by other authors.
    """
    inner = nearest_above(os.path.realpath(cwd), ".git")
    return inner is not None and inner != os.path.realpath(root) and inside(inner, root)


def allow_command(
    record: Record, argv: Sequence[str], cwd: str, options: Sequence[str] = (), *, here: bool = False
) -> str:
    """What to type to allow `argv`; quoted for a POSIX shell, and with literal keys hidden."""
    known = [word for binding in record.bindings for word in binding.argv]
    options = (*options, "--here") if here else tuple(options)
    typed = shown_command(["unsprawl", "vault", "allow", record.ref, *options, "--", *argv], [*known, *options])
    return f"cd {shown_command([cwd], [cwd])} && {typed}" if here else typed


def _objection(
    record: Record, binding: Binding, argv: tuple[str, ...], cwd: str, environ: Mapping[str, str], key: bytes
) -> _Objection | None:
    if binding.told:
        return _Objection(0, "it gives headers to a host, and no value to a command")
    if argv != binding.argv and not (binding.prefix and argv[: len(binding.argv)] == binding.argv):
        return _Objection(0, "it is bound to another command line", here=binding.scope is Scope.PROJECT)
    if binding.root is not None and not inside(cwd, binding.root):
        return _Objection(1, f"it may only be used in {shown(binding.root)}, not in {shown(cwd)}", here=True)
    ours = frozenset(name for name, _ in record.variables)
    for name, is_set in changed(Guards(binding.guarded, binding.ambient), environ, key, ours):
        how = "is not what it was at migration" if is_set else "was set by the entry at migration and is not now"
        value = f"{name}:{value_digest(key, name, environ[name])}" if is_set else f"{name}:"
        message = f"the variable {shown(name)} {how}, and it {reason(name) or 'was set by the entry'}"
        return _Objection(2, message, ("--env", value), here=binding.root is not None)
    foreign = foreign_program(argv, environ, cwd, binding.programs)
    if foreign is not None:
        message = f"{shown(foreign)} would be started, which is not where programs are installed"
        return _Objection(3, message, ("--program", foreign), here=binding.root is not None)
    caught = trap(argv, cwd) if binding.root is None or _in_another_project(cwd, binding.root) else ""
    if caught:
        return _Objection(4, f"{shown(caught)} takes part in what `{shown(argv[0])}` runs here", here=True)
    return None
