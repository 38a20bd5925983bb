"""Whether the user's shell loads the file of variables, and what to type so that it does. Never edits a profile."""

from __future__ import annotations

import os
from collections.abc import Mapping

from unsprawl.vault import env_file

_PROFILES = {"zsh": ".zshrc", "bash": ".bashrc"}


def loading_hint(home: str, environ: Mapping[str, str]) -> str | None:
    """The command that makes the shell load the variables, or None when a start-up file names them already."""
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
        return f"start the host from a POSIX shell that has loaded the variables: . {shown}"
    then = "(then open a new terminal: the hosts you start from it see the variables)"
    return f"echo '. {shown}' >> ~/{profile}   {then}"
