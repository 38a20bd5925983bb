"""`BASE..HEAD`: the commits that a pull request adds. A revision is foreign text until git has made an id of it."""

from __future__ import annotations

import re

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.history.log import Tips
from unsprawl.scanner.history.process import Asker

_REVISION = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_@{}./+~^-]{0,254}")
"""Names of branches, tags and ids, `HEAD~2`, `main@{1}`. Nothing that git takes for an option, a path or a search."""
_DOTS = re.compile(r"\.\.\.?")
HINT = "Name both ends, as in `--range origin/main..HEAD`."


def parse_range(text: str, git: Asker) -> Tips:
    """What the range stands for. Both `A..B` and `A...B` are what B adds to A: the commits that A does not reach.

    Raises UsageError for what is no range, or names no commit that is here.
    """
    ends = _DOTS.split(text)
    if len(ends) != 2 or not all(map(_REVISION.fullmatch, ends)):
        raise UsageError("--range: this is no range of commits", hint=HINT)
    base, head = (_commit(end, git) for end in ends)
    return Tips(False, (head, f"^{base}"))


def _commit(revision: str, git: Asker) -> str:
    ended, said = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    id_ = said.decode("ascii", "replace").strip()
    if ended.code or not re.fullmatch(r"[0-9a-f]{40,64}", id_):
        shallow = "In a shallow clone it may have to be fetched first (on CI: fetch-depth: 0)."
        raise UsageError(f"--range: {revision} names no commit that is here", hint=f"{HINT} {shallow}")
    return id_
