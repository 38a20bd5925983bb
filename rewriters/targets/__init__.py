"""The places a secret can move to, one small class each."""

from __future__ import annotations

from typing import Protocol

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.targets.situation import Situation


class Target(Protocol):
    """Plans one entry; pure."""

    @property
    def id(self) -> str: ...

    @property
    def by_hand(self) -> bool:
        """Whether only the user may choose it, since it leaves something open that other targets close."""
        ...

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step that moves the entry's secrets, or why it cannot be done."""
        ...
