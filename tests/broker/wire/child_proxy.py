"""A wire proxy alone in a process: says how to reach it, then for each line that it is sent its largest size so far."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

from tests.broker.wire.bench import VALUE, VENDOR, passage
from unsprawl.broker.wire.proxy import WireProxy
from unsprawl.broker.wire.swap import Swap
from unsprawl.broker.wire.upstream import Upstream


def largest() -> int:
    """In bytes, from the kernel: what getrusage tells counts the size of the process that started this one too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii", "replace"))
    assert found is not None
    return int(found[1]) * 1024


async def main(way: str, root: str) -> None:
    made = passage("VENDOR_TOKEN", VALUE, VENDOR)
    proxy = WireProxy(Swap([made]), lambda _: None, Upstream({"https_proxy": way}, Path(root)))
    await proxy.start()
    facts = {"url": proxy.url, "ca": proxy.ca_pem.decode(), "placeholder": made.placeholder}
    print(json.dumps(facts), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(largest(), flush=True)
    await proxy.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
