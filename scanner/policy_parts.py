"""The parts that keys of a policy are made of, read from nodes: each fault with its line, and what was meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import TypeVar

from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Member, Node
from unsprawl.scanner.model import Problem

_HINT = "Nothing of this policy is in force until it is mended. docs/policy.md tells what it may say."
_WORD = re.compile(r"[A-Za-z_$-]{1,24}")
_T = TypeVar("_T")


def problem(path: str, what: str, line: int | None) -> Problem:
    """A fault of the policy at `path`."""
    return Problem(path, "policy", f"not a policy: {what}", _HINT, line)


class Parts:
    """Reads parts of one document and gathers the faults. No value of the file is quoted, only words like ours."""

    def __init__(self, document: Document, path: str) -> None:
        self.root = document.root
        self.faults: list[Problem] = []
        self.notes: list[tuple[int, str, str]] = []
        self._lines = document.lines
        self._path = path

    def pairs(self, node: Node, what: str, known: Collection[str]) -> dict[str, Node]:
        """The known keys of a mapping. Unknown ones, and keys written twice, are faults."""
        if node.kind is not Kind.OBJECT:
            self.fault(node, f"{what} is a mapping of {', '.join(known)}")
            return {}
        found: dict[str, Node] = {}
        for member in node.members:
            if member.key in found:
                self.fault_at(member, f"{member.key} is written twice")
            elif member.key not in known:
                self.fault_at(member, f"unknown key {_named(member.key)}{_meant(member.key, known)}")
            else:
                found[member.key] = member.value
        return found

    def by_name(
        self, node: Node, what: str, each: str, value: Callable[[Node], _T], known: Collection[str] = ()
    ) -> dict[str, tuple[_T, int]]:
        """A mapping of names to what `value` reads, with the line. `each`: what stands at a name, for people. `known`:
        the providers that there are; the names are folded then."""
        if node.kind is not Kind.OBJECT:
            self.fault(node, f"{what} is a mapping of names, each with {each}")
            return {}
        found: dict[str, tuple[_T, int]] = {}
        for member in node.members:
            name = member.key.casefold() if known else member.key
            if name in found:
                self.fault_at(member, f"a name of {what} is written twice")
            elif known and name not in known:
                self.fault_at(member, f"unknown provider{close(name, known)}")
            else:
                found[name] = value(member.value), self.line(member.value)
        return found

    def choice(self, node: Node, what: str, known: Sequence[str]) -> str | None:
        """One of the words."""
        text = node.text()
        if text not in known:
            self.fault(node, f"unknown value of {what}{_meant(text or '', known)}")
            return None
        return text

    def choices(self, node: Node, what: str, known: Sequence[str]) -> list[str]:
        """A list of such words."""
        if node.kind is not Kind.ARRAY:
            self.fault(node, f"{what} is a list of {', '.join(known)}")
            return []
        return [chosen for item in node.items if (chosen := self.choice(item, what, known)) is not None]

    def line(self, node: Node) -> int:
        """Where it begins."""
        return self._lines.position(node.span.start)[0]

    def fault(self, node: Node, what: str) -> None:
        """That something is wrong with a node."""
        self.fault_on(self.line(node), what)

    def fault_at(self, member: Member, what: str) -> None:
        """That something is wrong with a key."""
        self.fault_on(self._lines.position(member.key_span.start)[0], what)

    def fault_on(self, line: int, what: str) -> None:
        """That something is wrong in a line."""
        self.faults.append(problem(self._path, what, line))


def _named(key: str) -> str:
    """A key of the file, if it looks like a word."""
    return key if _WORD.fullmatch(key) else "<?>"


def _meant(written: str, known: Collection[str]) -> str:
    return close(written, known) or f"; known are {', '.join(known)}"


def close(written: str, known: Collection[str]) -> str:
    """A question after the known word that was probably meant; "" where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(written[:40], known, 1)
    return f"; did you mean {near[0]}?" if near else ""


@cache
def providers() -> frozenset[str]:
    """The providers of all rules, and the services of the catalogue by id and name, folded."""
    from unsprawl.rules.bundle_remotes import REMOTES
    from unsprawl.rules.load import load

    services = (raw[key] for raw in REMOTES for key in ("id", "name"))
    named = (rule.provider for rule in load() if rule.provider)
    return frozenset(name.casefold() for name in (*named, *services))
