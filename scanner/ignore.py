"""Ignore lists: fingerprints and path globs that silence findings below the list's own folder. Pure.

A list can only silence: there is no `!` that takes back, and no way out of its folder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from unsprawl.scanner.model import Problem, Silence
from unsprawl.scanner.record import NamedTuple

NAME = ".unsprawlignore"
MAX_LINES = 10_000
LONGEST_LINE = 1000
MOST_STEPS = 64
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_PRINT = re.compile(r"[0-9a-f]{24}")
_ALMOST_PRINT = re.compile(r"[0-9A-Fa-f]{16,}")
_SPECIAL = re.compile(r"[*?\[]")
_TOLD = 20
"""So many broken lines are told one by one."""


class Glob(NamedTuple):
    """A path pattern as steps from the list's folder: `*` within a name, `**` for any number of folders."""

    steps: tuple[str, ...]
    line: int
    note: str


class IgnoreList(NamedTuple):
    """One list. `folder` is where its paths begin, in the spelling of `Surroundings.comparable`; "" for everything."""

    path: str
    folder: str
    prints: dict[str, tuple[int, str]]
    globs: tuple[Glob, ...]

    @property
    def reason(self) -> Silence:
        return Silence.IGNORED

    @property
    def insists(self) -> bool:
        return False

    def silences(self, fingerprint: str, file: str) -> tuple[int, str] | None:
        """The line and the note that silence this place in `file` (a comparable real path); None when none does."""
        prefix = self.folder.rstrip("/") + "/"
        if not file.startswith(prefix) and self.folder:
            return None
        if fingerprint in self.prints:
            return self.prints[fingerprint]
        parts = [part for part in (file[len(prefix) :] if self.folder else file).split("/") if part]
        return next(((glob.line, glob.note) for glob in self.globs if covers(glob.steps, parts)), None)


def parse(
    text: str, path: str, folder: str, *, homes: Sequence[str] = (), folded: bool = False
) -> tuple[IgnoreList, list[Problem]]:
    """The list in `text`, and a problem for each line that is none.

    `homes`: the user's own list, whose paths begin with `~/` or `/` and which holds everywhere. `folded`: case does not
    count in paths.
    """
    prints: dict[str, tuple[int, str]] = {}
    globs: list[Glob] = []
    wrong: list[tuple[int, str]] = []
    rows = text.removeprefix("\ufeff").splitlines()
    for number, row in enumerate(rows[:MAX_LINES], 1):
        cut = _COMMENT.search(row)
        entry, note = (row[: cut.start()].strip(), row[cut.end() :].strip()) if cut else (row.strip(), "")
        if not entry:
            continue
        first, _, rest = entry.partition(" ")
        if _PRINT.fullmatch(first):
            prints.setdefault(first, (number, note or rest.strip()))
            continue
        steps = path_steps(entry.lower() if folded else entry, homes)
        if isinstance(steps, str):
            wrong.append((number, steps))
        else:
            globs += (Glob(each, number, note) for each in steps)
    if len(rows) > MAX_LINES:
        wrong.append((MAX_LINES + 1, f"more than {MAX_LINES} lines, the rest was not read"))
    problems = [
        Problem(path, "ignore-list", what, "Mend the line or take it out; it silences nothing.", line)
        for line, what in wrong[:_TOLD]
    ]
    if len(wrong) > _TOLD:
        problems.append(Problem(path, "ignore-list", f"{len(wrong) - _TOLD} more lines are not understood"))
    return IgnoreList(path, folder, prints, tuple(globs)), problems


def path_steps(entry: str, homes: Sequence[str]) -> list[tuple[str, ...]] | str:
    """The patterns that one path stands for, or why it is none. `homes`: as for `parse`."""
    if entry.startswith("!"):
        return "an ignore list only silences: nothing is taken back with !"
    if _ALMOST_PRINT.fullmatch(entry):
        return "a fingerprint has 24 hex digits in lower case"
    names = [name for name in entry.split("/") if name not in ("", ".")]
    if ".." in names:
        return "leads out of the folder of this list"
    if len(entry) > LONGEST_LINE or len(names) > MOST_STEPS:
        return "longer than a path pattern may be"
    if not names:
        return "names no path"
    within = entry.rstrip("/").count("/") > 0
    if names[-1] == "**":
        names[-1] = "*"  # what is covered takes all below it along
    elif entry.endswith("/"):
        names.append("*")  # a folder: what is in it, no file of that name
    steps = tuple(_step(name) for name in names)
    if entry.startswith("~/"):
        if not homes:
            return "paths begin at the folder of this list; ~ is for your own"
        return [(*map(_literal, filter(None, home.split("/"))), *steps[1:]) for home in homes]
    if not within:
        return [("**", *steps)]
    if not homes:
        return [steps]
    if not entry.startswith(("/", "**/")) and not re.match(r"[A-Za-z]:/", entry):
        return "paths of your own list begin with ~/ or / or **/"
    return [steps]


def _step(name: str) -> str:
    r"""One name as `fnmatch` wants it: a backslash makes the next character plain."""
    return name if "\\" not in name else re.sub(r"\\(.)", lambda match: _literal(match[1]), name)


def _literal(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def covers(steps: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the path, or a folder above it, fits the pattern. Time grows with the product of the two lengths."""
    reached = {0}
    for step in steps:
        if step == "**":
            reached = set(range(min(reached), len(parts) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(parts) and _fits(parts[at], step)}
    return any(at > 0 for at in reached)


def _fits(name: str, step: str) -> bool:
    return fnmatchcase(name, step) if _SPECIAL.search(step) else name == step
