"""Adds a binding to a record, by hand of its owner: `unsprawl vault allow REF -- CMD…`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from unsprawl.scanner.above import nearest
from unsprawl.scanner.errors import BindingRefused, UsageError
from unsprawl.vault.binding import bind
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.records import Binding, Record, load, save


def allow(
    ref: str,
    argv: Sequence[str],
    cwd: str,
    environ: Mapping[str, str],
    *,
    here: bool = False,
    env: Sequence[str] = (),
    program: Sequence[str] = (),
    prefix: bool = False,
    config: str = "",
) -> Record:
    """Saves and returns the record with one more binding.

    `here` ties it to the project around `cwd`; without it the command may start anywhere, unless the record belongs to
    a project. `env` are words `NAME:DIGEST` as a refusal prints them (`NAME:` for "not set"), `program` paths likewise.
    `prefix` lets more arguments follow. Raises UsageError, or what `load` and `save` raise.
    """
    if not argv:
        raise UsageError("which command?", hint="unsprawl vault allow REF -- COMMAND …")
    record = _record(ref, cwd, here=here)
    root = project_root(cwd) if here or record.project is not None else None
    known = [b for b in record.bindings if b.argv == tuple(argv)]
    added = bind(argv, key=machine_key(), cwd=cwd, environ=environ, root=root, config=config, prefix=prefix)
    bindings = [_with(added, base, env, program) for base in known] or [_with(added, None, env, program)]
    new = tuple(binding for binding in bindings if binding not in record.bindings)
    changed = replace(record, bindings=record.bindings + new)
    save(changed)
    return changed


def project_root(cwd: str) -> str:
    """The nearest folder at or above `cwd` (links resolved) that holds `.git`, else `cwd` itself."""
    folder = os.path.realpath(cwd)
    return nearest(folder, ".git") or folder


def _with(added: Binding, base: Binding | None, env: Sequence[str], program: Sequence[str]) -> Binding:
    """`added` with what was approved before for the same command, and with what the user named now."""
    guarded = dict(base.guarded) if base else {}
    ambient = {**(base.ambient if base else {}), **added.ambient}
    for word in env:
        name, _, digest = word.rpartition(":")
        if not name:
            raise UsageError("--env takes NAME:DIGEST, as a refusal prints it")
        guarded.pop(name, None)
        ambient.pop(name, None)
        if digest:
            guarded[name] = digest
    # What the entry sets wins: the terminal's own value of such a variable says nothing about the host.
    ambient = {name: value for name, value in ambient.items() if name not in guarded}
    seen = dict.fromkeys([*(base.programs if base else ()), *added.programs, *(os.path.abspath(p) for p in program)])
    return replace(added, guarded=guarded, ambient=ambient, programs=tuple(seen))


def _record(ref: str, cwd: str, *, here: bool) -> Record:
    try:
        return load(ref, cwd)
    except BindingRefused:
        if not here:
            raise
        return load(ref)  # another clone or work tree of the one project that has this record
