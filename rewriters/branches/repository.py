"""One repository, through GitPython, guarded: nothing that its own configuration names runs, nothing is fetched.

GitPython's own classes write the index and the refs themselves, and lose what they do not know (sparse checkouts, ref
tables) or run what they find. So what changes anything is git's plumbing, started by GitPython in a guarded
environment.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.git import command, environment
from unsprawl.scanner.sources.plumbing import PATIENCE_S

if TYPE_CHECKING:
    from git import Repo

CALLER = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"),
)
"""Variables that make git speak of another repository than the one in its folder."""
_PATIENCE_S = 2 * PATIENCE_S
"""How long a command may take that waits for nobody: files that git reads may be pipes that nobody writes to."""
_OFF = ("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_DISCOVERY_ACROSS_FILESYSTEM")


class Said(NamedTuple):
    """How a git command ended."""

    code: int
    out: bytes
    complaint: str
    """The first line that it wrote to standard error. Foreign text."""


class Repository:
    """A work tree with its repository. What it runs is guarded, see `scanner.sources.git`."""

    def __init__(self, top: str) -> None:
        """`top`: the work tree's folder, links resolved. Raises NotApplied where GitPython or git is missing."""
        self.top = top
        self._repo: Repo | None = None
        self._environment = _guarded(top)
        try:
            from git import Git
        except ImportError:  # also what GitPython raises where it finds no git
            raise NotApplied("git was not found", hint="Is git installed, and on PATH?") from None
        self._git = Git(top)
        self._environment |= self._switched_off()

    @property
    def repo(self) -> Repo:
        """GitPython's own view: for what only reads. Raises NotApplied for what it cannot open."""
        if self._repo is None:
            from git import Repo

            try:
                self._repo = Repo(self.top, search_parent_directories=False)
            except Exception:  # a configuration that is not well-formed raises whatever its parser does
                raise NotApplied("GitPython cannot open it", hint="Look at its .git/config.") from None
            self._repo.git.update_environment(**self._environment)
        return self._repo

    def close(self) -> None:
        """End what GitPython keeps running."""
        if self._repo is not None:
            self._repo.close()

    def run(
        self,
        *words: str,
        stdin: bytes = b"",
        settings: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        guarded: bool = True,
        waits: bool = False,
    ) -> Said:
        """One git command. `settings`: `key=value`, counting after the guard's own. Not `guarded`: without these, for
        `git config`, which starts nothing and shall tell what is set. `waits`: for somebody who types a passphrase.

        Raises NotApplied where it does not end in time.
        """
        options = [word for each in settings for word in ("-c", each)]
        line = command(self.top, *options, *words) if guarded else [command(self.top)[0], "-C", self.top, *words]
        reading, writing = os.pipe()
        # Through a pipe: content never lies in a temporary file.
        feeder = threading.Thread(target=_feed, args=(writing, stdin), daemon=True)
        feeder.start()
        try:
            with os.fdopen(reading, "rb") as source:
                code, out, err = self._execute(line, source, {**self._environment, **(variables or {})}, waits=waits)
        finally:
            feeder.join()
        return Said(code, out, _first_line(err))

    def _execute(
        self, line: list[str], source: Any, variables: Mapping[str, str], *, waits: bool
    ) -> tuple[int, bytes, bytes]:
        try:
            process = self._git.execute(line, istream=source, as_process=True, env=variables)
        except Exception as error:  # GitCommandNotFound, a NUL in a word
            raise NotApplied(f"git could not be started ({type(error).__name__})", hint="Is it on PATH?") from None
        try:
            out, err = process.communicate(timeout=None if waits else _PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise NotApplied("git does not answer", hint="Is a file that its configuration names a pipe?") from None
        return process.returncode, out, err

    def run_hook(self, folder: str, name: str, words: Sequence[str], variables: Mapping[str, str]) -> Said:
        """Start one hook as `git commit` does, in the user's own environment: they have said so."""
        line = [command(self.top)[0], "-C", self.top, "-c", f"core.hooksPath={folder}"]
        line += ["hook", "run", "--ignore-missing", name, "--", *words]
        kept = {each: os.environ.get(each, "") for each in ("LC_ALL", "LANGUAGE")}
        code, out, err = self._execute(line, None, {**kept, **variables}, waits=True)
        return Said(code, out, _first_line(err) or _first_line(out))

    def ask(self, *words: str, guarded: bool = True) -> bytes | None:
        """What a command prints; None where it fails."""
        said = self.run(*words, guarded=guarded)
        return said.out if said.code == 0 else None

    def line(self, *words: str) -> str:
        """What a command prints, without the line end; "" where it fails."""
        return os.fsdecode((self.ask(*words) or b"").rstrip(b"\r\n"))

    def do(self, *words: str, stdin: bytes = b"", **more: Any) -> bytes:
        """What a command prints. Raises NotApplied where it fails."""
        said = self.run(*words, stdin=stdin, **more)
        if said.code != 0:
            name = next(word for word in words if not word.startswith("-"))
            raise NotApplied(f"`git {name}` failed ({said.complaint})" if said.complaint else
                             f"`git {name}` failed")  # fmt: skip
        return said.out

    def settings(self, key: str) -> list[tuple[str, str]]:
        """(scope, value) of each place where a key is set, the one that counts last."""
        said = self.ask("config", "--show-scope", "--null", "--get-all", key, guarded=False) or b""
        fields = said.split(b"\0")
        return [
            (scope.decode("ascii", "replace"), os.fsdecode(value))
            for scope, value in zip(fields[0:-1:2], fields[1::2], strict=False)
        ]

    def is_on(self, key: str) -> bool:
        """Whether a setting says yes."""
        said = self.ask("config", "--type=bool", "--get", key, guarded=False) or b""
        return said.strip() == b"true"

    def remotes_have(self, branch: str) -> bool:
        """Whether a remote has a branch of that name, as of the last fetch."""
        refs = self.ask("for-each-ref", "--format=%(refname)", "refs/remotes") or b""
        return any(os.fsdecode(ref).split("/", 3)[3:] == [branch] for ref in refs.splitlines())

    def commit_of(self, name: str) -> str:
        """The object that a name stands for, a commit if it is a branch; "" for none."""
        return self.line("rev-parse", "--quiet", "--verify", name)

    def checked_out(self) -> str:
        """The branch that HEAD names, as `refs/heads/…`; "" where it names none."""
        return self.line("symbolic-ref", "--quiet", "HEAD")

    def _switched_off(self) -> dict[str, str]:
        """Variables that take the programs away that the configuration names for filters, and for hooks of its own."""
        said = self.ask("config", "--null", "--name-only", "--get-regexp", r"^(filter|hook)\..", guarded=False) or b""
        names = {os.fsdecode(key).rpartition(".")[0].partition(".")[::2] for key in said.split(b"\0") if key}
        off: list[tuple[str, str]] = []
        for section, name in sorted(each for each in names if each[1]):  # without a name it is nobody's filter
            if section.lower() == "hook":
                off.append((f"hook.{name}.enabled", "false"))
                continue
            off += [(f"filter.{name}.{what}", "") for what in ("clean", "smudge", "process")]
            off.append((f"filter.{name}.required", "false"))
        begin = os.environ.get("GIT_CONFIG_COUNT", "")
        first = int(begin) if begin.isdigit() else 0
        told = {"GIT_CONFIG_COUNT": str(first + len(off))} if off else {}
        for number, (key, value) in enumerate(off, first):
            told |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return told


def _guarded(top: str) -> dict[str, str]:
    """What GitPython, which begins with this process's own variables, must add to them."""
    wanted = environment(current=False, top=top)
    kept = {name: os.environ.get(name, "") for name in ("LC_ALL", "LANGUAGE")}  # which GitPython sets for itself
    return {**{name: value for name, value in wanted.items() if os.environ.get(name) != value},
            **dict.fromkeys(_OFF, "0"), **kept}  # fmt: skip


def _feed(descriptor: int, content: bytes) -> None:
    try:
        with os.fdopen(descriptor, "wb") as pipe:
            pipe.write(content)
    except BrokenPipeError:
        pass  # it ended before it had read everything, and its exit code tells why


def _first_line(err: bytes) -> str:
    text = err.decode("utf-8", "replace")
    return one_line(next((line.strip() for line in text.splitlines() if line.strip()), ""))[:200]
