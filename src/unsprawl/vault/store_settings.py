"""What the user chose for the stores: which one is used, and where each program's own store is.

Kept in our configuration folder, since hosts strip PASSWORD_STORE_DIR, GNUPGHOME and the like: what was stored with
them can be fetched without them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unsprawl.scanner.errors import VaultError
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, write_private
from unsprawl.vault.locks import held
from unsprawl.vault.plain import shown
from unsprawl.vault.store_facts import Setting, program_facts
from unsprawl.vault.stores import State, StoreDown

_SCHEMA_VERSION = 1
_WAIT_S = 5.0


def path() -> Path:
    """Where they are kept."""
    return places.config_dir() / "stores.json"


def preferred() -> str:
    """The id of the store that the user chose, "" for none."""
    return str(_read().get("use", ""))


def prefer(store_id: str) -> None:
    """Use this store from now on; "" for the first that works."""
    with held("stores", _WAIT_S):
        _write({**_read(), "use": store_id})


def kept(store_id: str) -> dict[str, str] | None:
    """The settings with which values were stored there, None when nothing was."""
    settings = _read().get("settings", {}).get(store_id)
    return None if settings is None else dict(settings)


def keep(store_id: str, settings: Mapping[str, str]) -> None:
    """Use these settings for this store from now on."""
    if kept(store_id) == settings:
        return
    with held("stores", _WAIT_S):
        data = _read()
        _write({**data, "settings": {**data.get("settings", {}), store_id: dict(settings)}})


def restore(store_id: str, settings: Mapping[str, str] | None) -> None:
    """Take back what `keep` did: these were the settings before."""
    if settings is not None:
        keep(store_id, settings)
        return
    with held("stores", _WAIT_S):
        data = _read()
        _write({**data, "settings": {name: v for name, v in data.get("settings", {}).items() if name != store_id}})


def wanted(store_id: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings for storing something now: those that are kept, else those of the user's shell.

    Raises StoreDown when the shell says something else than what is kept: half of the values would be at one place and
    half at another, and only one of the two is looked at.
    """
    there = kept(store_id)
    if there is None:
        return of_environment(store_id, environ)
    for setting in program_facts(store_id).settings:
        says = normal(setting, environ.get(setting.variable, ""))
        keeps = there.get(setting.name) or normal(setting, setting.usual)
        if says and says != keeps:
            raise StoreDown(
                f"{setting.variable} says {shown(says)} here, and values are kept with {shown(keeps or 'none')}",
                State.MISSING,
                hint=f"Unset it, or `unsprawl vault use {store_id} --set {setting.name}={shown(says)}`.",
            )
    return there


def of_environment(store_id: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What the variables of the program itself say, where that is not the usual; empty ones mean nothing."""
    here = {
        setting: normal(setting, environ[setting.variable])
        for setting in program_facts(store_id).settings
        if environ.get(setting.variable)
    }
    return {setting.name: value for setting, value in here.items() if value != normal(setting, setting.usual)}


def normal(setting: Setting, value: str) -> str:
    """`value` as it is kept: paths absolute, since a server starts in another folder; "" stays."""
    return os.path.abspath(os.path.expanduser(value)) if setting.path and value else value


def _read() -> dict[str, Any]:
    try:
        data = json.loads(read_private(path()))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not _in_order(data):
        raise _damaged()
    return dict(data)


def _in_order(data: Any) -> bool:
    if not isinstance(data, dict) or data.get("schema_version") != _SCHEMA_VERSION:
        return False
    settings = data.get("settings", {})
    return (
        isinstance(data.get("use", ""), str)
        and isinstance(settings, dict)
        and all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in settings.values())
    )


def _damaged() -> VaultError:
    return VaultError(f"{path()} is damaged", hint="Restore it, or delete it and run `unsprawl vault use` again.")


def _write(data: dict[str, Any]) -> None:
    private_folder(path().parent)
    write_private(path(), json.dumps({**data, "schema_version": _SCHEMA_VERSION}, indent=2).encode("ascii") + b"\n")
