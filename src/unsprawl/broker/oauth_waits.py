"""What all our processes know of a token endpoint that said no: why, and when it may be asked again. No secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from unsprawl.broker.oauth_answer import LONGEST_WAIT_S, Denied, Why
from unsprawl.scanner.errors import VaultError
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, remove_private, sweep, write_private

_FIRST_S = 5
_USUAL_S = 300
"""Of a fault that grows: 5, 10, 20 … up to this. Also of a refusal that somebody may have mended at the server."""
_ENDED_S = LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class Wait:
    """The last no for one generation of a credential."""

    generation: int
    why: Why
    failures: int
    until: float
    """Seconds since 1970, UTC."""

    def holds(self, generation: int, now: float) -> bool:
        """Whether the endpoint should be left alone. A clock that was set back must not make it last."""
        return self.generation == generation and 0 < self.until - now <= LONGEST_WAIT_S


def after(denied: Denied, generation: int, before: Wait | None, now: float) -> Wait:
    """The wait that follows from a no."""
    failures = before.failures + 1 if before is not None and before.generation == generation else 1
    usual = {Why.ENDED: _ENDED_S, Why.CLIENT: _USUAL_S, Why.UNFIT: _USUAL_S}
    grown = usual.get(denied.why, min(_USUAL_S, _FIRST_S * 2 ** min(failures - 1, 10)))
    asked = 0.0 if denied.wait_s is None else denied.wait_s
    return Wait(generation, denied.why, failures, now + min(LONGEST_WAIT_S, max(asked, grown)))


def read(item: str) -> Wait | None:
    """The last no for the credential at `item`, if any is known; what cannot be read is none."""
    try:
        data = json.loads(read_private(_path(item)))
        return Wait(int(data["generation"]), Why(data["why"]), int(data["failures"]), float(data["until"]))
    except (OSError, VaultError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def write(item: str, wait: Wait) -> None:
    """Tells the others. Raises VaultError."""
    data = {"generation": wait.generation, "why": wait.why.value, "failures": wait.failures, "until": wait.until}
    sweep(private_folder(_path(item).parent))
    write_private(_path(item), json.dumps(data).encode("ascii") + b"\n")


def clear(item: str) -> None:
    """Forgets it."""
    remove_private(_path(item))


def _path(item: str) -> Path:
    return places.state_dir() / "oauth" / f"{item}.json"
