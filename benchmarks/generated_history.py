"""A git repository of any number of commits, made by `git fast-import`, in whose history keys came and went.

Its code is what a repository is full of: two thousand files of a few kilobytes, of which each commit changes one to
four, and pictures. One commit in fifteen touches an MCP configuration: keys are added, rotated, kept while their file
changes, replaced by a variable, renamed and deleted with it; on the main branch, on branches that are merged (or
dropped by a merge), in merges themselves, in stashes, tags and notes. What is true of each key is worked out here from
the trees that were written, without git.
"""

from __future__ import annotations

import json
import os
import random
import string
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

Values = Mapping[str, frozenset[str]]
"""The keys in each path of a commit's tree, of those paths that hold any."""

WORDS = "value index result config session buffer handler request client target offset parser stream worker"
AREAS = ["api", "auth", "billing", "core", "db", "jobs", "mail", "net", "search", "ui", "util", "web"]
PARTS = [
    "",
    "/handlers",
    "/handlers/v1",
    "/handlers/v2",
    "/models",
    "/models/schema",
    "/views",
    "/views/parts",
    "/tests",
]
FOLDERS = [
    *(f"src/{area}{part}" for area in AREAS for part in PARTS),
    "docs",
    "docs/guides",
    "scripts",
    "deploy/charts",
]
ENDINGS = [".py", ".ts", ".go", ".md", ".css", ".html", ".json", ".yaml"]
HOMES = ["", "services/billing/", "services/search/", "tools/agent/", "apps/desktop/", "examples/one/", "ops/"]
CONFIGS = [
    (".mcp.json", "mcpServers"),
    (".cursor/mcp.json", "mcpServers"),
    (".vscode/mcp.json", "servers"),
    (".gemini/settings.json", "mcpServers"),
    ("mcp.json.bak", "mcpServers"),
    ("servers.json", "mcpServers"),  # a name that says nothing: only its content tells
]
_WORDS = WORDS.split()
_LETTERS = string.ascii_letters + string.digits
EPOCH = 1_700_000_000


class Planted(NamedTuple):
    """One key at one path, and what is true of it."""

    path: str
    value: str
    introduced: frozenset[str]
    """Ids of commits."""
    removed: frozenset[str]
    public: bool
    """Whether a remote-tracking branch reaches it."""
    present: bool
    """Whether the checked-out commit holds it."""


class Made(NamedTuple):
    """What the repository holds."""

    planted: tuple[Planted, ...]
    """All that its refs and stashes reach."""
    dropped: tuple[Planted, ...]
    """Those that no ref reaches."""


class _Commit(NamedTuple):
    mark: int
    parents: tuple[int, ...]
    values: Values


class _Line:
    """A branch while it grows: its files, and the keys in them."""

    def __init__(self, name: str, tip: int, files: dict[str, bytes], values: dict[str, frozenset[str]]) -> None:
        self.name, self.tip, self.files, self.values = name, tip, files, values
        self.changes: dict[str, bytes | None] = {}

    def fork(self, name: str) -> _Line:
        return _Line(name, self.tip, dict(self.files), dict(self.values))

    def write(self, path: str, data: bytes, values: frozenset[str] = frozenset()) -> None:
        self.files[path] = self.changes[path] = data
        self.values.pop(path, None)
        if values:
            self.values[path] = values

    def delete(self, path: str) -> None:
        del self.files[path]
        self.values.pop(path, None)
        self.changes[path] = None


class _Writer:
    """Writes the stream of fast-import, and keeps what each commit holds."""

    def __init__(self, stream: IO[bytes], chosen: random.Random) -> None:
        self._stream = stream
        self._chosen = chosen
        self.commits: dict[int, _Commit] = {}
        self._mark = 0

    def say(self, text: str) -> None:
        self._stream.write(text.encode())

    def _data(self, data: bytes) -> None:
        self._stream.write(b"data %d\n%s\n" % (len(data), data))

    def commit(self, line: _Line, *merged: int, message: str = "") -> int:
        """The line's changes as its next commit; answers the commit's mark."""
        self._mark += 1
        mark = self._mark
        parents = tuple(filter(None, (line.tip, *merged)))
        when = EPOCH + mark * 1800
        self.say(f"commit {line.name}\nmark :{mark}\n")
        self.say(f"author A <a@example.com> {when - self._chosen.randint(0, 9000)} +0100\n")
        self.say(f"committer C <c@example.com> {when} +0000\n")
        self._data((message or f"Change {mark}").encode())
        for word, parent in zip(("from", *["merge"] * 9), parents, strict=False):
            self.say(f"{word} :{parent}\n")
        for path, data in line.changes.items():
            if data is None:
                self.say(f"D {path}\n")
            else:
                self.say(f"M 100644 inline {path}\n")
                self._data(data)
        line.changes = {}
        line.tip = mark
        self.commits[mark] = _Commit(mark, parents, dict(line.values))
        return mark

    def tag(self, name: str, mark: int) -> None:
        self.say(f"tag {name}\nfrom :{mark}\ntagger T <t@example.com> {EPOCH} +0000\n")
        self._data(b"A release")

    def ref(self, name: str, mark: int) -> None:
        self.say(f"reset {name}\nfrom :{mark}\n\n")


class _Story:
    """Makes up what happens."""

    def __init__(self, writer: _Writer, chosen: random.Random) -> None:
        self._writer = writer
        self._chosen = chosen
        self._texts: dict[str, list[str]] = {}
        self._branches = 0

    def key(self) -> str:
        return "".join(self._chosen.choices(_LETTERS, k=32))

    def _sentence(self) -> str:
        words = self._chosen.choices(_WORDS, k=self._chosen.randint(3, 9))
        return "    " * self._chosen.randint(0, 3) + " ".join(words) + self._chosen.choice(["", ":", " = 0", "()", ","])

    def begin(self, line: _Line, files: int) -> None:
        for number in range(files):
            path = f"{self._chosen.choice(FOLDERS)}/{self._chosen.choice(_WORDS)}{number}{self._chosen.choice(ENDINGS)}"
            length = int(self._chosen.lognormvariate(4.6, 0.9)) + 5
            self._texts[path] = [self._sentence() for _ in range(length)]
            if number % 100 == 0 and path.endswith((".py", ".ts", ".go", ".md")):  # speaks of MCP, and holds no key
                self._texts[path].insert(length // 2, "from mcp import client  # see the mcpServers of .mcp.json")
            line.write(path, self._text(path))
        for number in range(files // 50):
            line.write(f"assets/picture{number}.png", self._picture())
        self._writer.commit(line)

    def _text(self, path: str) -> bytes:
        lines = self._texts[path]
        if path.endswith(".json"):
            return json.dumps([line.strip() for line in lines], indent=1).encode()
        return "\n".join(f"- {json.dumps(line.strip())}" if path.endswith(".yaml") else line for line in lines).encode()

    def _picture(self) -> bytes:
        return b"\x89PNG\r\n\x1a\n" + self._chosen.randbytes(self._chosen.randint(2_000, 60_000))

    def code(self, line: _Line) -> None:
        """One to four files of code change; now and then a picture, a new file, a removed one."""
        for path in self._chosen.sample(sorted(self._texts), self._chosen.choice([1, 1, 2, 2, 3, 4])):
            text = self._texts[path]
            at = self._chosen.randrange(len(text))
            text[at : at + self._chosen.randint(0, 2)] = [self._sentence() for _ in range(self._chosen.randint(1, 6))]
            line.write(path, self._text(path))
        if self._chosen.random() < 0.05:
            line.write(f"assets/picture{self._chosen.randrange(40)}.png", self._picture())

    def config(self, line: _Line) -> None:
        """Something happens to one configuration."""
        held = sorted(line.values)
        happens = self._chosen.choice(["add", "add", "rotate", "keep", "keep", "keep", "variable", "delete", "rename"])
        if happens == "add" or not held:
            name, _ = self._chosen.choice(CONFIGS)
            folder = self._chosen.choice(HOMES)
            self._put(line, folder + name if self._chosen.random() < 0.7 else f"{folder}v{line.tip}/{name}", self.key())
            return
        path = self._chosen.choice(held)
        (value,) = line.values[path]
        if happens == "rotate":
            self._put(line, path, self.key())
        elif happens == "keep":
            self._put(line, path, value)
        elif happens == "variable":
            line.write(path, _config(path, "${TICKETS_TOKEN}", self._sentence()))
        else:
            line.delete(path)
            if happens == "rename":
                self._put(line, f"old{line.tip}/{path.rpartition('/')[2]}", value)

    def _put(self, line: _Line, path: str, value: str) -> None:
        line.write(path, _config(path, value, self._sentence()), frozenset({value}))

    def branch(self, main: _Line) -> int:
        """A branch of a few commits, merged in one of four ways; answers how many commits it took."""
        self._branches += 1
        side = main.fork(f"refs/heads/topic{self._branches}")
        folder = f"topic{self._branches}/"
        first, second = self.key(), self.key()
        self._put(side, f"{folder}.mcp.json", first)
        self._writer.commit(side)
        ending = self._chosen.choice(["kept", "removed", "ours", "evil", "open"])
        if ending == "removed":
            side.write(f"{folder}.mcp.json", _config(folder, "${TOKEN}", ""))
            self._writer.commit(side)
        self.code(main)
        self.config(main)
        self._writer.commit(main)
        if ending == "open":  # never merged: its code would make the story's texts differ
            return 2
        if ending != "ours":
            for path in (f"{folder}.mcp.json",):
                main.write(path, side.files[path], side.values.get(path, frozenset()))
        if ending == "evil":  # the merge itself adds a key
            self._put(main, f"{folder}.cursor/mcp.json", second)
        self._writer.commit(main, side.tip, message=f"Merge topic {self._branches}")
        return 3

    def beside(self, main: _Line, name: str) -> int:
        """A commit of its own, with a key, on no branch that stays."""
        line = main.fork(f"refs/scratch/{name}")
        self._put(line, f"{name}/.mcp.json", self.key())
        return self._writer.commit(line)

    def aside(self, main: _Line) -> list[int]:
        """Three stashes: what was changed and not committed, one with a staged file and one with an untracked one."""
        made = []
        for number in range(3):
            index = main.fork("refs/scratch/index")
            if number == 1:
                self._put(index, "stashed/.mcp.json", self.key())
            staged = self._writer.commit(index, message="index on main")
            work = index.fork("refs/scratch/work")
            work.tip = main.tip
            self._put(work, f"stashed{number}/mcp.json", self.key())
            if number == 1:
                work.changes["stashed/.mcp.json"] = work.files["stashed/.mcp.json"]
            others = []
            if number == 2:
                untracked = _Line("refs/scratch/untracked", 0, {}, {})
                self._put(untracked, "untracked/.mcp.json", self.key())
                others.append(self._writer.commit(untracked, message="untracked files on main"))
            made.append(self._writer.commit(work, staged, *others, message=f"WIP on main: {number}"))
        return made


def _config(path: str, value: str, note: str) -> bytes:
    key = next((key for name, key in CONFIGS if path.endswith(name)), "mcpServers")
    server = {"command": "npx", "args": ["-y", "tickets-mcp"], "env": {"TICKETS_TOKEN": value, "NOTE": note.strip()}}
    return json.dumps({key: {"tickets": server}}, indent=2).encode()


def make(folder: Path, commits: int, files: int = 2000) -> Made:
    """Write a repository of about `commits` commits into `folder`, which must not exist; checked out at its newest."""
    chosen = random.Random(2026)
    _git(folder.parent, "init", "-q", "-b", "main", str(folder))
    marks = folder / ".git" / "marks"
    importing = subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--force", f"--export-marks={marks}"],
        stdin=subprocess.PIPE, env=_environment(),
    )  # fmt: skip
    assert importing.stdin is not None
    writer = _Writer(importing.stdin, chosen)
    story = _Story(writer, chosen)
    main = _Line("refs/heads/main", 0, {}, {})
    story.begin(main, files)
    remote: list[int] = []
    while len(writer.commits) < commits:
        if not remote and len(writer.commits) * 5 > commits * 4:  # the last fifth was not pushed
            remote = [main.tip, story.beside(main, "shared")]
        if chosen.random() < 0.01:
            story.branch(main)
            continue
        if chosen.random() < 0.07:
            story.config(main)
        if not main.changes or chosen.random() < 0.5:
            story.code(main)
        writer.commit(main)
    for name, mark in zip(("main", "shared"), remote, strict=True):
        writer.ref(f"refs/remotes/origin/{name}", mark)
    writer.tag("v1", story.beside(main, "tagged"))
    amended = story.beside(main, "amended")
    stashes = story.aside(main)
    importing.stdin.close()
    if importing.wait():
        raise RuntimeError("git fast-import failed")
    ids = dict(_marks(marks))
    marks.unlink()
    for mark in stashes:
        _git(folder, "update-ref", "--create-reflog", "-m", "WIP on main", "refs/stash", ids[mark])
    for name in ("index", "work", "untracked", "tagged", "shared", "amended"):
        _git(folder, "update-ref", "-d", f"refs/scratch/{name}")
    _git(folder, "reset", "-q", "--hard", "main")
    _git(folder, "repack", "-adkq")
    return _truth(writer.commits, ids, main.tip, remote, {amended}, set(stashes))


def _truth(
    commits: Mapping[int, _Commit],
    ids: Mapping[int, str],
    head: int,
    remote: list[int],
    lost: set[int],
    aside: set[int],
) -> Made:
    """A merge that drops what one of its parents had counts where nobody else removed it; a stash removes nothing."""
    public = _reached(commits, remote)
    introduced: dict[tuple[str, str], set[int]] = {}
    removed: dict[tuple[str, str], set[int]] = {}
    dropped: dict[tuple[str, str], set[int]] = {}
    for commit in commits.values():
        before = [set(_pairs(commits[parent].values)) for parent in commit.parents]
        now = set(_pairs(commit.values))
        for pair in now - set().union(*before):
            introduced.setdefault(pair, set()).add(commit.mark)
        for pair in set().union(*before) - now if commit.mark not in aside else ():
            everywhere = all(pair in held for held in before)
            (removed if everywhere else dropped).setdefault(pair, set()).add(commit.mark)
    present = set(_pairs(commits[head].values))
    made: dict[bool, list[Planted]] = {False: [], True: []}
    for pair, marks in introduced.items():
        gone = removed.get(pair) or dropped.get(pair, set())
        brought, taken = (frozenset(ids[mark] for mark in found) for found in (marks, gone))
        made[marks <= lost].append(Planted(*pair, brought, taken, bool(marks & public), pair in present))
    return Made(tuple(made[False]), tuple(made[True]))


def _reached(commits: Mapping[int, _Commit], tips: list[int]) -> set[int]:
    reached: set[int] = set()
    pending = list(tips)
    while pending:
        mark = pending.pop()
        if mark not in reached:
            reached.add(mark)
            pending += commits[mark].parents
    return reached


def _pairs(values: Values) -> Iterator[tuple[str, str]]:
    yield from ((path, value) for path, held in values.items() for value in held)


def _marks(path: Path) -> Iterator[tuple[int, str]]:
    for row in path.read_text().splitlines():
        mark, name = row.split()
        yield int(mark[1:]), name


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.com",
    }  # fmt: skip


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], env=_environment(), check=True, capture_output=True)
