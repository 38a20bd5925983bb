"""What happens goes into the log; what was stopped is said on stderr too, where the host keeps it."""

from __future__ import annotations

import os
import select

from unsprawl.broker.wire.log import AuditLog
from unsprawl.broker.wire.model import Event, Happening
from unsprawl.vault.plain import printable

_MOST = 20
"""Lines on stderr in one run: a server that tries on and on must not fill the host's log."""
_LONGEST = 1000
"""Bytes: what a pipe takes whole or not at all."""


class Teller:
    """For one run."""

    def __init__(self, ref: str, log: AuditLog) -> None:
        self._ref = ref
        self._log = log
        self._said: set[tuple[str, ...]] = set()

    def tell(self, event: Event) -> None:
        """Never raises, and never waits for a host that does not read its server's stderr."""
        self._log.write(event)
        if self._log.failed:
            self._say(("log",), "the log of the wire proxy cannot be written")
        if event.what is not Happening.STOPPED:
            return
        whose = f"the placeholder of {', '.join(event.variables)}" if event.variables else "a request"
        where = f" on its way to {event.host}" if event.host else ""
        key = (event.host, event.reason, *event.variables)
        self._say(key, f"stopped {whose}{where}: {event.reason}. See `unsprawl vault log {self._ref}`")

    def _say(self, key: tuple[str, ...], text: str) -> None:
        if key in self._said or len(self._said) >= _MOST:
            return
        self._said.add(key)
        line = printable(f"unsprawl: {text}.").encode("utf-8", "backslashreplace")[:_LONGEST] + b"\n"
        try:
            if select.select([], [2], [], 0)[1]:
                os.write(2, line)
        except (OSError, ValueError):
            pass  # the host closed it; the log has the event
