"""What became of one entry: the answer of migrate, undo and verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from unsprawl.scanner.errors import UnsprawlError

Status: TypeAlias = Literal["done", "skipped", "refused", "restored", "failed", "todo"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry."""

    path: str
    pointer: str
    hosts: tuple[str, ...]
    entry: str
    target: str
    status: Status
    reason: str


def said(error: UnsprawlError) -> str:
    """The reason of a failure: what went wrong, and what to do about it."""
    return f"{error.message}. {error.hint}" if error.hint else error.message
