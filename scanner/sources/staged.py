"""Files as they are staged: the blobs in git's index, which is what a commit will hold."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence

GUARDED_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "",
    "GIT_EXTERNAL_DIFF": "",
    "GIT_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "none",
}
GUARDED_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
"""A scanned repository's own configuration must start nothing and fetch nothing."""


def staged(paths: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each path (relative to the working folder) with its staged content; None where the index does not have it.

    Answers None for all of them outside of a repository or without git. Raises nothing for what git says.
    """
    asked = [path for path in paths if "\n" not in path]
    try:
        process = subprocess.Popen(
            ["git", *GUARDED_OPTIONS, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **GUARDED_ENVIRONMENT},
        )
    except OSError:
        yield from ((path, None) for path in paths)
        return
    with process:
        assert process.stdin is not None and process.stdout is not None
        for path in paths:
            if path not in asked:
                yield path, None
                continue
            name = path if os.path.isabs(path) else f"./{path}"
            if os.path.isabs(path):
                name = "./" + os.path.relpath(path)
            try:
                process.stdin.write(os.fsencode(f":{name}\n"))
                process.stdin.flush()
                header = process.stdout.readline()
            except BrokenPipeError:
                header = b""
            fields = header.rsplit(b" ", 2)
            if len(fields) == 3 and fields[1] == b"blob" and fields[2].strip().isdigit():
                size = int(fields[2])
                content = process.stdout.read(size)
                process.stdout.read(1)
                yield path, content
            else:
                yield path, None
