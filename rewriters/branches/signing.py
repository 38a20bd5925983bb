"""Whether commits are to be signed, and that only a program of the user's own does it."""

from __future__ import annotations

from unsprawl.rewriters.branches.repository import Repository
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.record import NamedTuple

_PROGRAMS = {
    "openpgp": ("gpg.program", "gpg.openpgp.program"),
    "x509": ("gpg.x509.program",),
    "ssh": ("gpg.ssh.program", "gpg.ssh.defaultKeyCommand"),
}
"""Settings of each format that name what is started."""
_USUAL = {"openpgp": "gpg"}
"""What must be said again, since it is switched off everywhere else."""
_OF_THE_REPOSITORY = ("local", "worktree")


class Signing(NamedTuple):
    """How a commit is signed."""

    format: str
    settings: tuple[str, ...]
    """For git: the programs that the user's own configuration names."""


def signing_of(repository: Repository) -> Signing | None:
    """How its commits are signed; None where they are not. Raises NotApplied for a program that its own configuration
    names: whoever made the repository may have written that.
    """
    if not repository.is_on("commit.gpgSign"):
        return None
    format_ = next((value for _, value in reversed(repository.settings("gpg.format"))), "openpgp")
    if format_ not in _PROGRAMS:
        raise NotApplied("its commits are to be signed, in an unknown format (gpg.format)")
    settings: list[str] = []
    program = _USUAL.get(format_, "")
    for key in _PROGRAMS[format_]:
        named = repository.settings(key)
        if any(scope in _OF_THE_REPOSITORY for scope, _ in named):
            raise NotApplied(
                f"its own configuration names a program that signs commits ({key}), and none that a "
                "repository names is started",
                hint=f"If it is yours: git config --global {key} …, and take it out of .git/config.",
            )
        if named and key.lower().endswith(".program"):
            program = named[-1][1]
        elif named:
            settings.append(f"{key}={named[-1][1]}")
    if program:
        settings += [f"{key}={program}" for key in _PROGRAMS[format_] if key.lower().endswith(".program")]
    return Signing(format_, tuple(settings))
