"""How long patterns really take, on texts made to hurt them; measured in a process of its own that can be ended.

The form alone (`repeats`) tells what grows without bound; this finds what is merely too slow, and what the form hid.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import IO, Any

from unsprawl.rules import characters
from unsprawl.rules.patterns import parsed

LENGTH = 16 * 1024
"""As long as a value can be when a pattern sees it."""
CPU_S = 1.0
"""A text that takes more than this makes a pattern too slow; a good one needs a hundredth."""
PATIENCE_S = 10.0
"""A text that is not done after so long by the clock ends the process; the pattern is too slow."""
_MOST_ENDED = 8
_MOST_TEXTS = 60
_CHILD = """
import json, re, sys, time
most_s = float(sys.argv[1])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
except (ImportError, ValueError, OSError):
    pass
for number, (pattern, texts) in enumerate(json.load(sys.stdin)):
    print(number, "begin", flush=True)
    shape = re.compile(pattern)
    for before, unit, count, after in texts:
        print(number, "text", flush=True)
        text = before + unit * count + after
        start = time.process_time()
        shape.fullmatch(text)
        for _ in shape.finditer(text):
            pass
        if time.process_time() - start > most_s:
            print(number, "slow", flush=True)
            break
print(-1, "end", flush=True)
"""


def slow(patterns: Sequence[str], *, limit_s: float = CPU_S, patience_s: float = PATIENCE_S) -> set[str]:
    """Those of the patterns that took too long. Raises OSError where no process can be started."""
    found: set[str] = set()
    left = list(dict.fromkeys(patterns))
    for _ in range(_MOST_ENDED):
        if not left:
            return found
        seen, at = _run(left, limit_s, patience_s)
        found.update(left[number] for number in seen)
        if at is None:
            return found
        found.add(left[at])
        left = left[at + 1 :]
    return found | set(left)  # not one after the other for ever: what was not measured is not trusted


def _run(patterns: Sequence[str], limit_s: float, patience_s: float) -> tuple[set[int], int | None]:
    """The numbers of the slow ones, and the one at which the process had to be ended."""
    work = json.dumps([[pattern, list(texts(pattern))] for pattern in patterns])
    if not sys.executable:
        raise OSError("no Python to start")
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _CHILD, str(limit_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
    )
    seen: set[int] = set()
    at: int | None = None
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        threading.Thread(target=_hand_on, args=(child.stdout, said), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(work)
            child.stdin.close()
        while line := _next(said, patience_s):
            number, what = line.split()
            if what == "end":
                return seen, None
            at = int(number)
            if what == "slow":
                seen.add(at)
        child.kill()
    if child.returncode > 0 or at is None:  # it was not ended, it failed
        raise OSError("the process that measures patterns failed")
    return seen, at


def _hand_on(lines: IO[str], said: queue.SimpleQueue[str]) -> None:
    for line in lines:
        said.put(line)
    said.put("")


def _next(said: queue.SimpleQueue[str], patience_s: float) -> str:
    """The next line, empty at the end and where none came in time: the clock starts anew with each."""
    try:
        return said.get(timeout=patience_s)
    except queue.Empty:
        return ""


def texts(pattern: str) -> Iterator[tuple[str, str, int, str]]:
    """Texts that may hurt the pattern, almost a match again and again: (before, unit, how often, after)."""
    folded = characters.ignores_case(pattern)
    whole = parsed(pattern)
    units: dict[tuple[str, str], None] = {("", _shortest(whole, folded)): None}
    for before, body in _pumps(whole, "", folded):
        units[before, body] = None
        units["", before + body] = None
    for mask in _masks(whole, folded):
        units["", characters.example(mask)] = None
    for before, unit in list(units)[:_MOST_TEXTS]:
        if unit:
            yield before, unit, LENGTH // len(unit), "\x00"


def _shortest(sequence: Any, folded: bool) -> str:
    """A short match."""
    made = ""
    for operation, argument in sequence:
        mask = characters.of(operation, argument, folded=folded)
        if mask is not None:
            made += characters.example(mask)
            continue
        match str(operation):
            case "SUBPATTERN":
                made += _shortest(argument[-1], folded)
            case "BRANCH":
                made += min((_shortest(branch, folded) for branch in argument[1]), key=len)
            case "MAX_REPEAT" | "MIN_REPEAT":
                made += _shortest(argument[2], folded) * min(argument[0], LENGTH)
        made = made[:LENGTH]
    return made


def _pumps(sequence: Any, before: str, folded: bool) -> Iterator[tuple[str, str]]:
    """Each repeat with a short match of what is before it, and of its body."""
    for operation, argument in sequence:
        match str(operation):
            case "SUBPATTERN":
                yield from _pumps(argument[-1], before, folded)
            case "BRANCH":
                for branch in argument[1]:
                    yield from _pumps(branch, before, folded)
            case "MAX_REPEAT" | "MIN_REPEAT":
                yield before, _shortest(argument[2], folded)
                yield from _pumps(argument[2], before, folded)
        before = (before + _shortest([(operation, argument)], folded))[:LENGTH]


def _masks(sequence: Any, folded: bool) -> Iterator[int]:
    """The character sets of the pattern, and what two of them have in common."""
    found: list[int] = []

    def collect(part: Any) -> None:
        for operation, argument in part:
            mask = characters.of(operation, argument, folded=folded)
            if mask is not None:
                found.append(mask)
            elif str(operation) == "SUBPATTERN":
                collect(argument[-1])
            elif str(operation) == "BRANCH":
                for branch in argument[1]:
                    collect(branch)
            elif str(operation) in ("MAX_REPEAT", "MIN_REPEAT"):
                collect(argument[2])

    collect(sequence)
    single = list(dict.fromkeys(found))[:20]
    yield from single
    yield from dict.fromkeys(one & two for one in single for two in single if one & two)
