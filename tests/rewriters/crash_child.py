"""A process that migrates or undoes, and kills itself at one of its steps. Started by `test_crash`.

crash_child.py migrate|undo HOME TARGET KILL_AT PATH…      KILL_AT: number of the step, or -1; prints the steps
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.rewriters.support import Bench, last_journal
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.outcome import Outcome, Status
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.undo import undo

LOGINS = Stated(dict.fromkeys("xy", "https://mcp.example.com/mcp"))
"""For the target that asks the servers for a login."""


class Steps:
    """Counts the steps; at one of them there is no tomorrow."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def __call__(self, step: str) -> None:
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1
        print(step, flush=True)


def main(action: str, home: str, target: str, kill_at: str, *paths: str) -> int:
    bench, watch = Bench(Path(home), stated=LOGINS), Steps(int(kill_at))
    with exclusive():
        recover()
        if action == "migrate":
            plan = bench.plan(*map(Path, paths), target=target)
            outcomes, _ = bench.apply(plan, watch=watch)
            return ended(outcomes, "done")
        outcomes = undo(last_journal(), watch=watch)
        return ended(outcomes, "restored")


def ended(outcomes: tuple[Outcome, ...], well: Status) -> int:
    """The exit code; what went wrong is told on standard error."""
    for outcome in outcomes:
        if outcome.status != well:
            print(outcome.reason, file=sys.stderr)
    return 0 if {outcome.status for outcome in outcomes} == {well} else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
