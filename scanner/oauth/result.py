"""The result of one check, and the facts of it that stand in rules/oauth_checks.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from unsprawl.scanner.record import NamedTuple

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
_MOST_SHOWN = 160
_NOTHING = "nothing was there to see it from"


class Check(NamedTuple):
    """What is checked; see rules/oauth_checks.yaml."""

    id: str
    title: str
    level: str
    actor: str
    revisions: tuple[str, ...]
    specification: tuple[str, ...]
    phase: str
    severity: str
    remedy: str


class Found(NamedTuple):
    """What a check found. `seen` quotes servers: foreign text, to be escaped before it is shown."""

    result: str
    seen: str = ""
    severity: str = ""
    """Where it is not that of the check."""


class Result(NamedTuple):
    """A check with what it found."""

    check: Check
    result: str
    seen: str
    severity: str

    @property
    def failed(self) -> bool:
        return self.result == FAIL


def passed(seen: str = "") -> Found:
    """It is as it should be."""
    return Found(PASS, seen)


def failed(seen: str, severity: str = "") -> Found:
    """It is not."""
    return Found(FAIL, seen, severity)


def unknown(seen: str = "") -> Found:
    """It was not seen; `seen` says why, where there is more to say than that it did not come so far."""
    return Found(UNKNOWN, seen or _NOTHING)


def quoted(text: object) -> str:
    """Foreign text for `seen`, cut to what a reader needs."""
    shown = text if isinstance(text, str) else type(text).__name__ if text is not None else "nothing"
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}... ({len(shown)} characters)"


def flag(metadata: Mapping[str, object] | None, name: str) -> Found:
    """Whether something is said to be supported: true and nothing like it."""
    if metadata is None:
        return unknown()
    value = metadata.get(name)
    return passed("true") if value is True else failed("absent" if value is None else f"{quoted(value)}, not true")


@cache
def known_checks() -> tuple[Check, ...]:
    """All checks, in the order of the rules."""
    from unsprawl.rules.bundle_oauth import OAUTH

    return tuple(
        Check(
            raw["id"],
            raw["title"],
            raw["level"],
            raw["actor"],
            tuple(raw["revisions"]),
            tuple(raw["specification"]),
            raw["phase"],
            raw["severity"],
            raw.get("remedy", ""),
        )
        for raw in OAUTH["checks"]
    )
