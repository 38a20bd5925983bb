"""How configurations spell the home folder and the project folder: `~`, `${userHome}`, `${workspaceFolder}`."""

from __future__ import annotations

import re

from unsprawl.rules.bundle import READERS

_HOME: tuple[str, ...] = tuple(READERS["folders"]["home"])
_PROJECT: tuple[str, ...] = tuple(READERS["folders"]["project"])
_NAMED = re.compile(r"\$\{(workspaceFolder|workspaceRoot):[^{}]*\}")
"""One of several folders of a workspace, by its name: which one that is, only the editor knows."""
SPELLINGS = _HOME + _PROJECT[1:]


def expanded(text: str, home: str, project: str) -> str | None:
    """The path with the folder that it begins with put in, `/` between the names below; None for other variables."""
    text = _NAMED.sub(r"${\1}", text, count=1)
    for spellings, folder in ((_HOME, home), (_PROJECT, project)):
        for spelling in spellings:
            if text == spelling or text.startswith((f"{spelling}/", f"{spelling}\\")):
                return folder + text[len(spelling) :].replace("\\", "/")
    return None if "$" in text or "%" in text else text
