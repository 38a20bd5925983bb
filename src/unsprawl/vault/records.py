"""The records on this machine: one private JSON file each, without any secret."""

from __future__ import annotations

import os
from pathlib import Path

from unsprawl.scanner.errors import BindingRefused, SecretMissing, VaultError
from unsprawl.vault import places
from unsprawl.vault.files import create_private, private_folder, read_private, remove_private, sweep, write_private
from unsprawl.vault.plain import shown
from unsprawl.vault.record import Binding, Record, Scope, check_ref, new_ref
from unsprawl.vault.record_json import damaged, from_json, to_json

__all__ = [
    "Binding",
    "Record",
    "Scope",
    "check_ref",
    "delete",
    "inside",
    "list_records",
    "load",
    "new_ref",
    "read_record",
    "record_files",
    "record_path",
    "save",
]


def record_path(ref: str, project: str | None = None) -> Path:
    """The file of a record."""
    name = check_ref(ref)
    if project is not None:
        from hashlib import blake2b

        # Of a folder's name, which is no secret. `@` cannot be part of a ref.
        name += "@" + blake2b(os.fsencode(project), digest_size=8).hexdigest()
    return places.records_dir() / f"{name}.json"


def save(record: Record, *, new: bool = False) -> Path:
    """Writes `record`. With `new`, raises VaultError when one of that name exists."""
    import json

    path = record_path(record.ref, record.project)
    content = json.dumps(to_json(record), indent=2).encode("ascii") + b"\n"
    from_json(json.loads(content), path)  # never write what we would refuse to read
    private_folder(places.data_dir())
    sweep(private_folder(path.parent))
    if not new:
        write_private(path, content)
    elif not create_private(path, content):
        raise VaultError(f"a vault record `{record.ref}` exists already", hint="Choose another name.")
    return path


def load(ref: str, cwd: str | None = None) -> Record:
    """The record `ref`; of records tied to projects, the one around `cwd` (or the only one, without `cwd`).

    Raises SecretMissing when there is none, BindingRefused when it belongs to another project, VaultError when the
    reference or the file is not in order.
    """
    try:
        return _read(record_path(ref))
    except FileNotFoundError:
        pass
    tied = [_read(path) for path in _files(f"{ref}@*.json")]
    if cwd is None and len(tied) == 1:
        return tied[0]
    here = [record for record in tied if cwd is not None and _inside_any(record, cwd)]
    if here:
        return max(here, key=lambda record: len(record.project or ""))  # of nested projects the inner one
    if tied:
        roots = ", ".join(shown(record.project or "") for record in tied)
        raise BindingRefused(
            f"the record `{ref}` belongs to {roots}" + ("" if cwd is None else f", and this is {shown(cwd)}"),
            hint="Start it from there, or run `unsprawl migrate` here to store this project's own secret.",
        )
    raise SecretMissing(f"there is no vault record `{ref}`", hint="`unsprawl vault list` shows what there is.")


def list_records() -> tuple[Record, ...]:
    """All records, by name. Raises VaultError for the first damaged one; `record_files` still lists it."""
    return tuple(_read(path) for path in record_files())


def record_files() -> tuple[Path, ...]:
    """The files of all records, damaged ones too."""
    return tuple(_files("*.json"))


def read_record(path: Path) -> Record:
    """The record in one file of `record_files`."""
    try:
        return _read(path)
    except FileNotFoundError:
        raise SecretMissing(f"{path} is gone") from None


def delete(record: Record) -> bool:
    """Deletes the record's file, not its items; False when it was gone already."""
    return remove_private(record_path(record.ref, record.project))


def _files(pattern: str) -> list[Path]:
    return sorted(places.records_dir().glob(pattern))


def _inside_any(record: Record, cwd: str) -> bool:
    roots = [record.project, *(binding.root for binding in record.bindings)]
    return any(root is not None and inside(cwd, root) for root in roots)


def inside(path: str, root: str) -> bool:
    """Whether `path`, all links resolved, is `root` or lies in it."""
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


def _read(path: Path) -> Record:
    import json

    try:
        data = json.loads(read_private(path))
    except (ValueError, RecursionError):
        raise damaged(path, "it is not valid JSON") from None
    record = from_json(data, path)
    if record_path(record.ref, record.project) != path:
        raise damaged(path, "it is the record of another name")
    return record
