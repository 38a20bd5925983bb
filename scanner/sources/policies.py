"""The policies that hold for a file: the user's own, then those of the folders from the top of its tree down to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.tree_files import Content, of_tree, of_user
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.policy import Demands, Policy

NAME = ".unsprawl.yaml"
MAX_BYTES = 64 * 1024


class Note(NamedTuple):
    """A part of a policy that has no effect, and why."""

    path: str
    line: int
    code: str
    message: str


def on_disk(path: str) -> Content:
    """A tree's policy, as it lies there."""
    link = Problem(path, "policy", "a policy that is a link is not followed", "Put the file itself there.")
    return of_tree(path, MAX_BYTES, link)


def own_policy(path: str, around: Surroundings) -> Policy | list[Problem] | None:
    """The user's own policy at a path, or its faults; None when there is none. It may be a link."""
    data = of_user(path, MAX_BYTES)
    return None if data is None else _parsed(path, data, None, around)


def checked(path: str, around: Surroundings, *, own: bool) -> Policy | list[Problem]:
    """The policy at a path, read for its own sake: as the user's own, or as one of its folder."""
    found = own_policy(path, around) if own else None
    if found is not None:
        return found
    data = on_disk(path)
    missing = Problem(path, "missing", "is not there any more")
    return _parsed(path, missing if data is None else data, around.comparable(os.path.dirname(path)), around)


def _parsed(path: str, data: bytes | Problem, folder: str | None, around: Surroundings) -> Policy | list[Problem]:
    from unsprawl.scanner.policy_reader import Place, read_policy

    if isinstance(data, Problem):
        return [data._replace(code="policy")]
    place = Place(path, folder, around.comparable_homes if folder is None else (), around.folds_case)
    found = read_policy(data, place, time.strftime("%Y-%m-%d"))
    return found if isinstance(found, list) else found._replace(called=around.called(path))


def stands_above(paths: Iterable[str]) -> bool:
    """Whether a tree's policy lies beside one of the files, or above it in its work tree."""
    seen: set[str] = set()
    for path in paths:
        folder = os.path.dirname(os.path.realpath(path))
        top = repository_of(folder)
        for each in _down(top, folder) if top is not None else ():
            if each not in seen and os.path.lexists(os.path.join(each, NAME)):
                return True
            seen.add(each)
    return False


class PolicyFiles:
    """Reads each policy once, when a file below it is first asked for. What is wrong with one goes to `problems`."""

    def __init__(
        self,
        around: Surroundings,
        own: Policy | None,
        problems: list[Problem],
        content: Callable[[str], Content] = on_disk,
        paths: RealPaths | None = None,
    ) -> None:
        """`content`: gives a tree's policy."""
        self._around = around
        self._own = own
        self._problems = problems
        self._content = content
        self._paths = paths or RealPaths()
        self._read: dict[str, Policy | None] = {}
        self._demands: dict[str, Demands] = {}
        self.notes: list[Note] = [] if own is None else [Note(own.path, *note) for note in own.notes]

    def demands(self, path: str) -> Demands:
        """What the policies demand of the file at `path`, or of what is wrong with it."""
        folder = os.path.dirname(self._paths.real(path))
        if folder not in self._demands:
            from unsprawl.scanner.policy import Demands

            top = self._top(folder)
            own = [] if self._own is None else [self._own]
            found = (self._of(each) for each in _down(top, folder)) if top else ()
            self._demands[folder] = Demands((*own, *(policy for policy in found if policy is not None)))
        return self._demands[folder]

    def _top(self, folder: str) -> str:
        """Where the tree of a folder begins: its work tree, or what is scanned around it; "" outside of both."""
        top = self._paths.work_tree(folder)
        tops = self._paths.scanned(folder) if top is None else [top, *self._paths.scanned(folder)]
        return min(tops, key=len, default="")

    def _of(self, folder: str) -> Policy | None:
        if folder not in self._read:
            path = os.path.join(folder, NAME)
            # Nothing is asked of git for the many folders that have none.
            data = self._content(path) if os.path.lexists(path) else None
            found = None if data is None else _parsed(path, data, self._around.comparable(folder), self._around)
            if isinstance(found, list):
                from unsprawl.scanner.policy import Policy, Targets

                self._problems += found
                # What it forbids is not known, so nothing moves.
                forbidden = Targets(frozenset(), found[0].line or 1)
                called = self._around.called(path)
                found = Policy(path, self._around.comparable(folder), targets=forbidden, called=called)
            if found is not None:
                self.notes += [Note(path, *note) for note in (*found.notes, *self._without_effect(found))]
            self._read[folder] = found
        return self._read[folder]

    def _without_effect(self, policy: Policy) -> Iterator[tuple[int, str, str]]:
        """What fails can only be more than the user's own policy lets fail: of itself everything does."""
        from unsprawl.scanner.policy import laxer

        if laxer(policy, self._own):
            yield 1, "policy-without-effect", "`fail` is laxer than your own policy, or than none, so it has no effect"


def _down(top: str, folder: str) -> list[str]:
    """The folders from `top` down to `folder`."""
    found = [folder]
    while found[-1] != top and (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found[::-1]
