"""The command line: options in, exit code out; one small module a command."""

from __future__ import annotations

import gc
import sys
from typing import TextIO, cast


class _Late:
    """stderr of `run`: it pays for a redactor only when there is something to say."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        from unsprawl.cli.output import REDACTOR

        return self._stream.write(REDACTOR.clean(text))

    def flush(self) -> None:
        self._stream.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run `unsprawl` with the given arguments (default: the process's own) and answer its exit code.

    `run` and `hook` are started by hosts and by git, over and over: they stay off click, which costs more than they do.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["run"]:
        from unsprawl.broker.run import main as run

        sys.stderr = cast(TextIO, _Late(sys.stderr))
        return run(words[1:])
    if words[:1] in (["hook"], ["scan"]):
        # Trees without cycles, made and dropped by the thousand: looking for cycles is a tenth of the time.
        gc.disable()
    from unsprawl.cli.output import guarded

    if words[:1] == ["hook"]:
        from unsprawl.cli.hook import main as hook

        code = guarded(lambda: hook(words[1:]))
    else:
        code = guarded(lambda: _click(words))
    # Python's last look for cycles, at exit, goes through all that was ever imported: 20 ms of a scan.
    gc.freeze()
    return code


def _click(words: list[str]) -> int:
    from unsprawl.cli.app import invoke

    return invoke(words)
