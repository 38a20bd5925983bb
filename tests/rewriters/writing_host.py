"""A host that rewrites its file over and over while it runs. Started by `test_live`.

writing_host.py PATH HOW EVERY_S   until its standard input ends; prints how often it wrote

HOW: `rename` reads, changes and renames a new file into place; `in-place` reads, changes and writes over the file;
`memory` writes what it read at its start, changed, and never looks again.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any


def main(path: str, how: str, every_s: str) -> None:
    writes = 0
    state = read(path)
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        if how != "memory":
            state = read(path)
        state["numStartups"] += 1
        writes += 1
        text = json.dumps(state, indent=2)
        if how == "in-place":
            with open(path, "r+") as file:
                file.truncate()
                file.write(text)
        else:
            with open(f"{path}.host", "w") as file:
                file.write(text)
            os.replace(f"{path}.host", path)
        time.sleep(float(every_s))
    print(writes, flush=True)


def read(path: str) -> dict[str, Any]:
    with open(path) as file:
        state: dict[str, Any] = json.load(file)
    return state


if __name__ == "__main__":
    main(*sys.argv[1:])
