"""Whether a commit can be made in a repository as its owner would make it. Looks only; every reason is told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator

from unsprawl.rewriters.branches.hooks import Hooks, Way, hooks_of
from unsprawl.rewriters.branches.repository import CALLER, Repository
from unsprawl.rewriters.branches.signing import Signing, signing_of
from unsprawl.rewriters.branches.written import check_read, check_written
from unsprawl.scanner.errors import NotApplied, UsageError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.git import command, environment
from unsprawl.scanner.sources.plumbing import PATIENCE_S, refusal
from unsprawl.scanner.sources.repository import repository_of

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase, or `git am`,",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
    "sequencer": "a series of cherry-picks or reverts",
}
_LOCKS = ("index.lock", "HEAD.lock")
_SHOWN = 3


class Facts(NamedTuple):
    """What is known of a repository that the commit can be made in."""

    repository: Repository
    git: str
    """Its folder for this work tree."""
    common: str
    """The folder that all its work trees share."""
    was: str
    """The branch that is checked out, as `refs/heads/…`, or the commit where there is none."""
    base: str
    """The commit that is checked out."""
    signing: Signing | None
    hooks: Hooks
    notes: tuple[str, ...] = ()
    """What else its owner should know."""

    @property
    def branch(self) -> str:
        """The branch that is checked out, for people; "" where none is."""
        return self.was.removeprefix("refs/heads/") if self.was.startswith("refs/") else ""


def check_name(branch: str, top: str) -> None:
    """Raises UsageError for what cannot be the name of a branch."""
    said = subprocess.run(
        command(top, "check-ref-format", "--branch", branch),
        env=environment(current=False),
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    # `@{-1}` is taken for the branch before this one.
    if (
        said.returncode != 0
        or said.stdout.rstrip(b"\n") != os.fsencode(branch)
        or branch in ("@", "HEAD")
        or _is_whole(branch)
    ):
        raise UsageError("--branch: this is no name for a branch", hint="Name a new one, such as mcp-keys.")


def _is_whole(branch: str) -> bool:
    """`refs/heads/x` would become `refs/heads/refs/heads/x`, which nobody means."""
    return branch.startswith("refs/")


def check_surroundings() -> None:
    """Raises UsageError where a variable makes git speak of another repository than the one that is named."""
    told = next((name for name in CALLER if name in os.environ), "")
    if told:
        raise UsageError(f"--branch: {told} is set, so git would not look at the repositories that you name",
                         hint=f"Try again without it: env -u {told} unsprawl …")  # fmt: skip


def checked(folder: str, branch: str, way: Way | None) -> Facts:
    """What is known of the repository of `folder`. Raises NotApplied with the first reason why nothing can be done.

    `way`: what the user said is to be done about hooks.
    """
    top = _work_tree(folder)
    check_read(top)
    repository = Repository(top)
    try:
        git, common = _folders(repository)
        was, base = _head(repository)
        facts = Facts(repository, git, common, was, base, None, Hooks("", ()))
        for check in _CHECKS:
            check(facts, branch)
        repository.repo.commit(base)  # GitPython can open it
        signing, hooks = signing_of(repository), hooks_of(repository, common, way)
        return facts._replace(signing=signing, hooks=hooks, notes=tuple(_notes(facts, branch)))
    except BaseException:
        repository.close()
        raise


def _work_tree(folder: str) -> str:
    if not os.path.isdir(folder):
        raise NotApplied("no such folder", hint="Name the folder of a repository.")
    top = repository_of(os.path.realpath(folder))
    if top is None:
        inside = all(os.path.lexists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs"))
        if inside:
            raise NotApplied("it is a bare repository, without files", hint="Name a clone of it.")
        raise NotApplied("it is in no git repository", hint="Name the folder of a repository.")
    return os.path.realpath(top)


def _folders(repository: Repository) -> tuple[str, str]:
    top = repository.top
    said = repository.ask("rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-bare-repository")
    if said is None:
        raise NotApplied("git does not answer", hint=refusal(top, current=False))
    lines = [os.fsdecode(line) for line in said.split(b"\n")]
    if len(lines) != 4:
        raise NotApplied("a path of it holds a line end", hint="Move it elsewhere.")
    git, common = os.path.realpath(lines[0]), os.path.realpath(os.path.join(top, lines[1]))
    if lines[2] == "true":
        raise NotApplied("it is a bare repository, without files", hint="Name a clone of it.")
    if os.path.realpath(repository.line("rev-parse", "--show-toplevel")) != top:
        raise NotApplied("its configuration says that its files lie elsewhere (core.worktree)")
    if git != os.path.join(top, ".git") and not _leads_back(repository, git):
        raise NotApplied(f"its .git leads to the repository of another folder ({git})", hint="Name that folder itself.")
    return git, common


def _leads_back(repository: Repository, git: str) -> bool:
    """Whether the repository elsewhere knows of this folder: a linked work tree, a submodule, `--separate-git-dir`."""
    link = os.path.join(git, "gitdir")
    if os.path.isfile(link):
        with open(link, "rb") as file:
            return os.path.realpath(os.fsdecode(file.read(1 << 16).rstrip(b"\n"))) == os.path.join(
                repository.top, ".git"
            )
    return any(scope in ("local", "worktree") for scope, _ in repository.settings("core.worktree"))


def _head(repository: Repository) -> tuple[str, str]:
    base = repository.commit_of("HEAD^{commit}")
    was = repository.checked_out()
    if not base:
        raise NotApplied("it has no commit yet", hint="Make the first one, then try again.")
    return was or base, base


def _format(facts: Facts, branch: str) -> None:
    kind = facts.repository.line("rev-parse", "--show-object-format")
    if kind != "sha1":
        raise NotApplied(f"GitPython cannot open repositories with {kind or 'other'} objects",
                         hint="Migrate it without --branch, and commit it yourself.")  # fmt: skip
    storage = [value for _, value in facts.repository.settings("extensions.refStorage")]
    if storage and storage[-1] != "files":
        raise NotApplied(f"GitPython cannot read its refs ({storage[-1]})",
                         hint="Migrate it without --branch, and commit it yourself.")  # fmt: skip


def _own_files(facts: Facts, branch: str) -> None:
    check_written(facts.git, facts.common, branch)


def _at_rest(facts: Facts, branch: str) -> None:
    for name, what in _UNDER_WAY.items():
        if os.path.lexists(os.path.join(facts.git, name)):
            raise NotApplied(f"{what} is under way", hint="Finish it, or stop it, first.")
    for name in _LOCKS:
        if os.path.lexists(os.path.join(facts.git, name)):
            raise NotApplied(f"another git is at work ({name})",
                             hint="Wait for it. If none is, delete that file.")  # fmt: skip


def _clean(facts: Facts, branch: str) -> None:
    """A submodule counts by its commit alone: git would start another git in it to tell more."""
    words = ("--porcelain", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=dirty")
    said = facts.repository.do("status", *words)
    changed = [os.fsdecode(record[3:]) for record in said.split(b"\0") if record]
    if changed:
        shown = ", ".join(one_line(name) for name in changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        raise NotApplied(
            f"not everything is committed ({shown}{more})",
            hint="Commit or stash it first. For what only a filter (git-lfs) calls the same, run `git status`.",
        )


def _branch(facts: Facts, branch: str) -> None:
    ref = f"refs/heads/{branch}"
    listed = facts.repository.do("for-each-ref", "--format=%(refname)", "refs/heads")
    known = [os.fsdecode(name) for name in listed.splitlines()]
    folds = facts.repository.is_on("core.ignoreCase")
    for each in known:
        one, other = (each.lower(), ref.lower()) if folds else (each, ref)
        if one == other:
            raise NotApplied(f"it has a branch {branch} already", hint="Choose another name.")
        if one.startswith(f"{other}/") or other.startswith(f"{one}/"):
            clash = each.removeprefix("refs/heads/")
            raise NotApplied(f"git cannot have {branch} beside its branch {clash}",
                             hint="Choose another name.")  # fmt: skip
    trees = facts.repository.ask("worktree", "list", "--porcelain") or b""
    if b"branch " + os.fsencode(ref) in trees.split(b"\n"):
        raise NotApplied(f"{branch} is checked out in another work tree, without a commit",
                         hint="Choose another name.")  # fmt: skip


def _identity(facts: Facts, branch: str) -> None:
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if facts.repository.run("var", who, settings=("user.useConfigOnly=true",)).code != 0:
            raise NotApplied(
                "git does not know who commits",
                hint="git config --global user.name NAME, and user.email ADDRESS",
            )


_CHECKS: tuple[Callable[[Facts, str], None], ...] = (_format, _own_files, _at_rest, _clean, _branch, _identity)


def _notes(facts: Facts, branch: str) -> Iterator[str]:
    repository = facts.repository
    if not facts.branch:
        yield "no branch is checked out: the new one begins at the commit that is"
    if os.path.isfile(os.path.join(facts.common, "shallow")):
        yield "it is a shallow clone: what came before is not here, and was not looked at"
    if f"{os.sep}modules{os.sep}" in facts.git and facts.git != os.path.join(repository.top, ".git"):
        yield "it is a submodule: the repository around it will show it as changed"
    if repository.settings("commit.template"):
        yield "its template for messages (commit.template) is for people, and was not used"
    if repository.remotes_have(branch):
        yield f"a remote has a branch {branch} too, as of the last fetch"
