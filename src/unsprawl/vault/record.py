"""Which secrets a server gets, and what may ask for them: the record itself, and its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from unsprawl.scanner.errors import VaultError
from unsprawl.vault.plain import shown
from unsprawl.vault.stores import new_item_key

_REF = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?", re.ASCII)
OAUTH_MARK = '{"unsprawl_oauth": 1, '
"""Begins the text of an OAuth credential in a store, so that none is ever handed to a server as if it were a value."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))})


class Place(StrEnum):
    """A part of an HTTP request where the wire proxy puts a value in its placeholder's place."""

    HEADER = "header"
    BASIC = "basic"
    """Inside the user name or password of Basic credentials (RFC 7617)."""
    QUERY = "query"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the wire proxy may send the value of one variable, and in which parts of a request."""

    variable: str
    hosts: tuple[str, ...]
    """Lower-case names, `*.` before a name stands for one or more labels below it; `:port` where it is not 443."""
    places: tuple[Place, ...] = (Place.HEADER,)


class Scope(StrEnum):
    """Where a bound command may be started."""

    USER = "user"
    """In any folder."""
    PROJECT = "project"
    """Inside `Binding.root`."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One command line that gets the secrets, and the circumstances under which it was approved."""

    argv: tuple[str, ...]
    scope: Scope = Scope.USER
    root: str | None = None
    """Resolved folder, for project scope."""
    config: str = ""
    """The host's file that holds the entry, for people."""
    guarded: Mapping[str, str] = field(default_factory=dict)
    """Variables that must have this value (a keyed digest): those that the entry itself sets."""
    ambient: Mapping[str, str] = field(default_factory=dict)
    """Variables that may have this value, or be absent: those of the user's own environment."""
    programs: tuple[str, ...] = ()
    """Where the program and what it starts were found; only asked for places that are not trusted anyway."""
    prefix: bool = False
    """Whether more arguments may follow. Only made by hand."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Variables by which the host tells for which server it wants headers, and what they must say. Then there is no
    command line: such a binding starts nothing.
    """


@dataclass(frozen=True, slots=True)
class Record:
    """What `unsprawl run REF` needs to know."""

    ref: str
    entry: str
    hosts: tuple[str, ...]
    created_at: str
    """ISO 8601, UTC."""
    store: str
    variables: tuple[tuple[str, str], ...]
    """(environment variable, item key)."""
    bindings: tuple[Binding, ...]
    project: str | None = None
    """Resolved root of the project whose shared file names this record; None for a user-level entry.

    Two repositories may both say `unsprawl run github`: each has its own record.
    """
    headers: tuple[tuple[str, str], ...] = ()
    """(header, its text with a place for each variable), for a host that asks a command for headers."""
    wire: tuple[Destination, ...] = ()
    """For `run --wire`: a variable without a destination is handed to the server as plain `run` does."""
    oauth: tuple[tuple[str, str], ...] = ()
    """(variable, item key of its spare place), for each whose item is an OAuth credential: its access token is the
    value.
    """


def new_ref(name: str, *, shared: bool = False) -> str:
    """A reference for the entry `name`: with a random end that no repository can guess, plain when `shared`.

    A name that goes into a file shared through git cannot be random for each person; its record is tied to the project.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "server"
    if shared:
        return f"{plain}-server" if plain in _DEVICES else plain
    return f"{plain}-{new_item_key()[:8]}"


def check_ref(ref: str) -> str:
    """Returns `ref`. Raises VaultError unless it is a plain lower-case name: it becomes a file name."""
    if not _REF.fullmatch(ref) or ".." in ref or ref.split(".")[0] in _DEVICES:
        raise VaultError(f"`{shown(ref)}` cannot be a vault record", hint="`unsprawl vault list` shows what there is.")
    return ref
