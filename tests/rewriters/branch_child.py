"""A process that migrates on a branch, or takes that back, and kills itself at one of its steps.

Started by `test_branch_kills`:

branch_child.py migrate|undo HOME HOOKS KILL_AT FOLDER…      KILL_AT: number of the step, or -1; prints the steps
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.rewriters import branch_support
from tests.rewriters.crash_child import Steps
from tests.rewriters.support import last_journal
from unsprawl.rewriters.branches import back
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import branch_back, undo


def main(action: str, home: str, hooks: str, kill_at: str, *folders: str) -> int:
    said = os.fdopen(os.dup(1), "w")
    steps = Steps(int(kill_at))

    def watch(step: str) -> None:
        sys.stdout, kept = said, sys.stdout
        try:
            steps(step)
        finally:
            sys.stdout = kept

    if action == "migrate":
        done = branch_support.run(Path(home), *map(Path, folders), watch=watch, hooks=hooks or None, target="run")
        return 0 if {each["status"] for each in done.repositories} == {"done"} else 1
    # Between any two of the changes that are made in the repository.
    for name in ("take_out", "set_index", "_head_back"):
        _watched(name, watch)
    with exclusive():
        recover()
        outcomes = undo(last_journal(), watch=watch)
        branch_back(last_journal())
    return 0 if {outcome.status for outcome in outcomes} == {"restored"} else 1


def _watched(name: str, watch: object) -> None:
    original = getattr(back, name)

    def before_and_after(*args: object, **named: object) -> object:
        watch(f"before {name}")  # type: ignore[operator]
        answer = original(*args, **named)
        watch(f"after {name}")  # type: ignore[operator]
        return answer

    setattr(back, name, before_and_after)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
