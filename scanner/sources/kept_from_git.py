"""Whether git would take a file that is to hold a secret: asked of git itself, guarded as everywhere."""

from __future__ import annotations

import os

from unsprawl.scanner.sources.plumbing import Silent, answer, refusal
from unsprawl.scanner.sources.repository import repository_of


def taken_by_git(path: str) -> str:
    """Why the file is not safe from git, and what to do; "" when it is ignored, or in no repository."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    top = repository_of(os.path.dirname(real))
    if top is None:
        return ""
    name = os.path.relpath(real, top).replace(os.sep, "/")
    try:
        tracked = answer(top, "ls-files", "-z", "--", name, current=False)
        # It takes the path as it stands, and no other word for that; "./" keeps `:(…)` from meaning anything.
        ignored = answer(top, "--no-literal-pathspecs", "check-ignore", "-q", "--", f"./{name}", current=False)
    except Silent:
        return f"it lies in a git repository, and git does not answer: {refusal(top, current=False)}"
    if tracked is None or tracked:
        return f"git has it already in {top}, and would publish the value: git rm --cached {name}"
    if ignored is None:
        return f"git would take it into the repository {top}: add the line /{name} to its .gitignore first"
    return ""


def tracked_by_git(path: str) -> bool:
    """Whether a file belongs to the repository around it, or git does not say that it does not."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    top = repository_of(os.path.dirname(real))
    if top is None:
        return False
    try:
        said = answer(top, "ls-files", "-z", "--", os.path.relpath(real, top).replace(os.sep, "/"), current=False)
    except Silent:
        return True
    return said is None or bool(said)
