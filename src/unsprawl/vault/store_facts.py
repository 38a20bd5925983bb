"""What is known of each store: rules/stores.yaml as records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unsprawl.scanner.record import NamedTuple


class Setting(NamedTuple):
    """What a program must be told to find the user's own store."""

    name: str
    about: str
    variable: str
    """The program's own environment variable for it, "" when it goes onto the command line."""
    usual: str
    """What it is without the variable, "" where there is no such thing."""
    path: bool
    needed: bool


class ProgramFacts(NamedTuple):
    """How a program that keeps values is called; rules/stores.yaml says what each field means."""

    programs: tuple[str, ...]
    folders: tuple[str, ...]
    limit_s: int
    largest: int
    """In bytes; 0 for no limit."""
    one_line: bool
    settings: tuple[Setting, ...]
    passes: tuple[str, ...]
    environment: Mapping[str, str]
    calls: Mapping[str, tuple[str, ...]]
    missing: str


class StoreFacts(NamedTuple):
    """One store, in words for people; `program` only where another program does the work."""

    id: str
    title: str
    automatic: bool
    protects: str
    opens: str
    run: str
    read: str
    locked: str
    program: ProgramFacts | None


@cache
def known() -> Mapping[str, StoreFacts]:
    """All stores by id, in the order in which they are tried."""
    from unsprawl.rules.bundle_stores import STORES

    return {record["id"]: _made(record) for record in STORES}


def program_facts(store_id: str) -> ProgramFacts:
    """How the program of that store is called."""
    facts = known()[store_id].program
    assert facts is not None
    return facts


def _made(record: dict[str, Any]) -> StoreFacts:
    program = record.get("program")
    return StoreFacts(**{**record, "program": None if program is None else _program(program)})


def _program(record: dict[str, Any]) -> ProgramFacts:
    settings = record.get("settings", {})
    return ProgramFacts(
        programs=tuple(record["programs"]),
        folders=tuple(record.get("folders", ())),
        limit_s=record["limit_s"],
        largest=record.get("largest", 0),
        one_line=record.get("one_line", False),
        settings=tuple(_setting(name, setting) for name, setting in settings.items()),
        passes=tuple(record.get("passes", ())),
        environment=record.get("environment", {}),
        calls={name: tuple(words) for name, words in record["calls"].items()},
        missing=record.get("missing", ""),
    )


def _setting(name: str, record: dict[str, Any]) -> Setting:
    return Setting(
        name=name,
        about=record["about"],
        variable=record.get("variable", ""),
        usual=record.get("usual", ""),
        path=record.get("path", False),
        needed=record.get("needed", False),
    )
