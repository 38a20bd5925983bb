"""What the proxy has seen of a server's requests: whether it goes through it at all, and what was stopped."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.broker.wire.log import Line, read
from unsprawl.broker.wire.model import Happening
from unsprawl.rewriters.outcome import Status
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.lines import count
from unsprawl.vault.plain import shown

_MOST_HOSTS = 3
_UNKNOWN = (
    "no request with the key has gone through the proxy yet, so it is not known whether this server goes through it: "
    "use one of its tools, then verify again. If that tool says that the key is wrong, the server goes past the proxy: "
    "`unsprawl undo`, then `unsprawl migrate --to run`"
)


class Traffic(NamedTuple):
    """The lines of one record that tell whether its server works behind the proxy."""

    before: tuple[Line, ...]
    """Requests with a value put in, of earlier starts."""
    sent: tuple[Line, ...]
    """The same of this start."""
    stopped: tuple[Line, ...]
    """Placeholders of this start on their way to where they do not belong."""
    failed: tuple[Line, ...]


def traffic(ref: str, since: str) -> Traffic:
    """What the log tells of a record, with what began at `since` apart."""
    lines = read(ref)
    with_value = [line for line in lines if line.what == Happening.SENT and line.variables]
    new = [line for line in lines if line.at >= since]
    return Traffic(
        tuple(line for line in with_value if line.at < since),
        tuple(line for line in with_value if line.at >= since),
        tuple(line for line in new if line.what == Happening.STOPPED and line.variables),
        tuple(line for line in new if line.what == Happening.FAILED),
    )


def told(ref: str, seen: Traffic) -> tuple[Status, str]:
    """What that means, and what to do where nothing is known."""
    if seen.stopped:
        where = f"{count(len(seen.stopped), 'request')} with a placeholder on the way to {_hosts(seen.stopped)}"
        return "failed", f"the proxy stopped {where}: unsprawl vault log {ref}"
    if seen.failed:
        where = f"{count(len(seen.failed), 'request')} to {_hosts(seen.failed)} did not get through"
        return "failed", f"{where}: unsprawl vault log {ref}"
    if seen.sent:
        return "done", f"{count(len(seen.sent), 'request')} with the key went through the proxy to {_hosts(seen.sent)}"
    if seen.before:
        how_many = count(len(seen.before), "request")
        return (
            "done",
            f"no request now, but {how_many} with the key went through the proxy to {_hosts(seen.before)} before",
        )
    return "todo", _UNKNOWN


def _hosts(lines: Sequence[Line]) -> str:
    hosts = list(dict.fromkeys(shown(line.host.removesuffix(":443")) for line in lines))
    more = f" and {len(hosts) - _MOST_HOSTS} more" if len(hosts) > _MOST_HOSTS else ""
    return ", ".join(hosts[:_MOST_HOSTS]) + more
