"""What became of one entry: the answer of migrate, undo and verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
