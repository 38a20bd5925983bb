"""`python -m benchmarks.probes --python PATH`: fifty probes at once, as a ratio to one probe of the slowest of them.

Each server takes its time over every answer, as one on the other side of the world does; the fifty differ.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.oauth.bed import bed
from tests.servers.sites import Answering, Asked, Reply

SERVERS = 50
SLOWEST_S = 1.0
ROUNDS = 3
LIMIT = 1.1


def slowly(answer: Answering, delay_s: float) -> Callable[[Asked], Reply]:
    """The same answer, later."""

    def wait(asked: Asked) -> Reply:
        time.sleep(delay_s)
        return answer if isinstance(answer, Reply) else answer(asked)

    return wait


def serve() -> None:
    """Prints the addresses, the slowest last; serves until its input ends."""
    with ExitStack() as stack:
        urls = []
        for number in range(SERVERS):
            made = stack.enter_context(bed())
            delay_s = SLOWEST_S * (number + 1) / SERVERS
            for each in (made.mcp, made.auth):
                each.routes |= {place: slowly(answer, delay_s) for place, answer in each.routes.items()}
            urls.append(made.url)
        print(json.dumps(urls), flush=True)
        sys.stdin.read()


def seconds(python: str, urls: list[str]) -> float:
    """Of one run that finds every server in order."""
    begun = time.monotonic()
    done = subprocess.run(
        [python, "-m", "unsprawl", "probe", *urls, "--format", "json"], capture_output=True, check=True
    )
    taken = time.monotonic() - begun
    assert {each["verdict"] for each in json.loads(done.stdout)["probes"]} == {"ready"}
    return taken


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--python", default=sys.executable)
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve()
        return 0
    command = [sys.executable, "-m", "benchmarks.probes", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
        assert servers.stdout is not None
        urls = json.loads(servers.stdout.readline())
        rounds = [(seconds(chosen.python, urls[-1:]), seconds(chosen.python, urls)) for _ in range(ROUNDS)]
        servers.kill()
    one, fifty = min(one for one, _ in rounds), min(fifty for _, fifty in rounds)
    print(f"{SERVERS} probes at once: {fifty:.2f} s, the slowest alone: {one:.2f} s, ratio {fifty / one:.2f}")
    return 0 if fifty / one <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
