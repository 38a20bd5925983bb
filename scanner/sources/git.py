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
}
_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
_OF_THE_CALLER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""Set by a git that runs us as its hook. They speak of the repository that is being committed, relative to its top."""


def command(top: str, *words: str) -> list[str]:
    """The command line of a git command in the work tree, or the bare repository, at `top`."""
    return ["git", "-C", top, *_OPTIONS, *words]


def environment(*, current: bool) -> dict[str, str]:
    """What git gets as its environment. `current`: it is the repository that git started us for, if it did."""
    guarded = {**os.environ, **_ENVIRONMENT}
    for name in _OF_THE_CALLER:
        if name in guarded and current:
            guarded[name] = os.path.abspath(guarded[name])
        else:
            guarded.pop(name, None)
    return guarded
