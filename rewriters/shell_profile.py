"""Whether the user's shell loads the file of variables, and what to type so that it does. Never edits a profile."""

from __future__ import annotations

import os
from collections.abc import Mapping

from unsprawl.vault import env_file

_PROFILES = {"zsh": ".zshrc", "bash": ".bashrc"}


def loading_command(home: str, environ: Mapping[str, str]) -> str | None:
    """The command that makes new shells load the variables, or None when a start-up file names them already.

    fish reads no POSIX exports: for its users it is the command that starts a shell which has them.
    """
    path = str(env_file.path())
    shown = path.replace(home, "~", 1) if path.startswith(home + os.sep) else path
    for name in (".bashrc", ".zshrc", ".zshenv", ".profile", ".bash_profile", ".zprofile"):
        try:
            with open(os.path.join(home, name), encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        if shown in text or path in text or shown.replace("~", "$HOME", 1) in text:
            return None
    shell = os.path.basename(environ.get("SHELL", "")) or "sh"
    profile = _PROFILES.get(shell, ".profile")
    if shell == "fish":
        return f"sh -c '. {shown}; exec fish'"
    return f"echo '. {shown}' >> ~/{profile}"
