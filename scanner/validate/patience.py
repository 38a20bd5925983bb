"""When another try may help, and how long to wait for it."""

from __future__ import annotations

import time

from unsprawl.rules.check import Check
from unsprawl.scanner.model import State
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.validate.judge import Judged

TRIES = 3
"""Of a server that is busy; one that fails gets two, where asking makes nothing."""
BACK_OFF_S = 1.0
"""Doubles with each try."""
LONGEST_WAIT_S = 60.0
"""A server that wants more patience is asked another day."""
_MAY_PASS = (Fault.CONNECT, Fault.SLOW, Fault.BROKEN)


def wait_for(check: Check, answer: Answer, what: Judged, number: int) -> float | None:
    """Seconds until another try after `number` others may help; None where none would."""
    busy = what.state is State.RATE_LIMITED
    if number >= TRIES - 1 or (not busy and (number > 0 or check.asks_first)):
        return None
    seconds = _seconds(answer, what, number)
    return None if seconds is None or seconds > LONGEST_WAIT_S else seconds


def _seconds(answer: Answer, what: Judged, number: int) -> float | None:
    if what.state is State.RATE_LIMITED:
        wanted = _patience(answer.header("retry-after").strip())
        return BACK_OFF_S * float(2**number) if wanted is None else wanted
    if what.failed and (answer.status >= 500 or answer.fault in _MAY_PASS):
        return BACK_OFF_S * float(2**number)
    return None


def _patience(text: str) -> float | None:
    """Seconds that a `Retry-After` asks for, which may be a date; None for what is none of the two."""
    from email.utils import parsedate_to_datetime

    if text.isdecimal() and len(text) < 9:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
