"""What targets have in common whose planning may stop anywhere with a reason."""

from __future__ import annotations

from abc import ABC, abstractmethod

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.situation import Situation


class Refusing(ABC):
    """A target that raises `Refused` where an entry does not fit."""

    id: str

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        try:
            return self._plan(situation)
        except Refused as refused:
            reason, hint = refused.args
            return Refusal(situation.found, self.id, reason, hint)

    @abstractmethod
    def _plan(self, situation: Situation) -> EntryStep:
        """The step. Raises Refused."""
