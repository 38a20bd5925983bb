"""How git is started: so that a scanned repository's own configuration runs nothing and fetches nothing."""

from __future__ import annotations

import os

_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replacement is shown here, but the commit holds the original
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "",
    "GIT_EXTERNAL_DIFF": "",
    "GIT_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",  # a file may be called `:(glob)*`
}
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
    # What only other commands than ours would start. Should one ever be used, it must start nothing either.
    "core.alternateRefsCommand=false",
    "core.askPass=",
    "core.editor=false",
    "core.gitProxy=",
    "core.pager=",
    "core.sshCommand=false",
    "credential.helper=",
    "gpg.program=false",
    "log.showSignature=false",
    "submodule.recurse=false",
)
_OPTIONS = tuple(word for setting in _SETTINGS for word in ("-c", setting))
_NO_BARE = ("-c", "safe.bareRepository=explicit")
_OF_THE_CALLER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""Set by a git that runs us as its hook. They speak of the repository that is being committed, relative to its top."""
_NEVER = ("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""Would change what we ask, or where git looks."""


def command(top: str, *words: str) -> list[str]:
    """The command line of a git command in the work tree, or the bare repository, at `top`.

    A work tree may be laid out like a bare repository too, with a configuration of its own: its `.git` is meant.
    """
    own = _NO_BARE if os.path.lexists(os.path.join(top, ".git")) else ()
    return [_program(), "-C", top, *_OPTIONS, *own, *words]


def _program() -> str:
    """Windows would take a `git.exe` in the current folder, which may be the repository's, before the one on PATH."""
    if os.name == "nt":
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, "git.exe")
            if os.path.isabs(folder) and os.path.isfile(path):
                return path
    return "git"


def environment(*, current: bool, top: str = "") -> dict[str, str]:
    """What git gets as its environment. `current`: it is the repository that git started us for, if it did.

    With `top` git looks for a repository there and in no folder above, should what is there be none.
    """
    guarded = {**os.environ, **_ENVIRONMENT}
    for name in _OF_THE_CALLER:
        if name in guarded and current:
            guarded[name] = os.path.abspath(guarded[name])
        else:
            guarded.pop(name, None)
    if not current:
        guarded.pop("GIT_ALTERNATE_OBJECT_DIRECTORIES", None)
    for name in _NEVER:
        guarded.pop(name, None)
    if top:
        above = os.path.dirname(top)
        guarded["GIT_CEILING_DIRECTORIES"] = os.pathsep.join(dict.fromkeys((above, os.path.realpath(above))))
    return guarded
