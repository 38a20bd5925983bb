"""For programs under test: some names lead to this machine, and one more authority is trusted. Loaded by a `.pth` file.

UNSPRAWL_TEST_NAMES: names with commas between; UNSPRAWL_TEST_CA: a file with all authorities. Without them nothing
changes.
"""

import os
import socket

_NAMES = frozenset(filter(None, os.environ.get("UNSPRAWL_TEST_NAMES", "").split(",")))
_CA = os.environ.get("UNSPRAWL_TEST_CA", "")

if _NAMES:
    _asked = socket.getaddrinfo

    def _answered(host, *rest, **more):
        name = host.decode() if isinstance(host, bytes) else host
        return _asked("127.0.0.1" if name in _NAMES else host, *rest, **more)

    socket.getaddrinfo = _answered

if _CA:
    import certifi

    certifi.where = lambda: _CA
