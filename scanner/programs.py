"""The bundled knowledge of how some programs take names and values on their command line."""

from __future__ import annotations

from functools import cache

from unsprawl.rules.bundle import PROGRAMS
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.shell import Shell


class Program(NamedTuple):
    """One program's habits; see rules/programs.yaml for each."""

    name: str
    flags: dict[str, str]
    glued: tuple[str, ...]
    fields: bool
    shell: Shell | None
    wraps: bool
    takes: frozenset[str]
    operands: int

    def meaning(self, flag: str) -> str:
        """What the word behind `flag` is, or "" when the flag means nothing special to this program."""
        if self.shell is Shell.POSIX and flag.startswith("-") and flag[1:].isalpha() and flag.endswith("c"):
            return self.flags.get("-c", "")  # `-lc`
        known = self.flags.get(flag)
        if known is None and self.shell in (Shell.CMD, Shell.POWERSHELL):
            known = self.flags.get(flag.lower())
        return known or ""


def base_name(program: str) -> str:
    """The program's name without folder and Windows ending."""
    name = program.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    return name


def program_of(word: str) -> Program | None:
    """What is known of the program, package or image that a word of a command line names."""
    if len(word) > 200 or "=" in word or "://" in word:
        return None
    head, at, _ = word.rpartition("@")
    return _all().get(base_name(head if at and head else word).partition(":")[0])


@cache
def _all() -> dict[str, Program]:
    return {
        name: Program(
            name,
            raw.get("flags", {}),
            tuple(raw.get("glued", ())),
            raw.get("fields", False),
            Shell(raw["shell"]) if "shell" in raw else None,
            raw.get("wraps", False),
            frozenset(raw.get("takes", ())),
            raw.get("operands", 0),
        )
        for raw in PROGRAMS["programs"]
        for name in raw["names"]
    }
