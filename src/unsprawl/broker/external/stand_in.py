"""A placeholder of a value's own shape, for brokers that let one choose it: what checks a format stays content."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Sequence

_PREFIX = re.compile(r"[A-Za-z]{2,10}(?:[_-][A-Za-z0-9]{1,8}){0,2}[_-]")
_SHORTEST = 20
"""A shorter one might stand in a text by chance."""
_MARK = "unsprawl"


def stand_in(value: str, taken: Sequence[str] = ()) -> str:
    """The beginning of `value` that says whose it is, a mark of ours, then chance; of its length, but 20 at least."""
    found = _PREFIX.match(value)
    prefix = found[0] if found and len(found[0]) + 12 <= len(value) else ""
    length = max(len(value), _SHORTEST, len(prefix) + len(_MARK) + 8)
    letters = string.ascii_letters + string.digits
    while True:
        tail = "".join(secrets.choice(letters) for _ in range(length - len(prefix) - len(_MARK)))
        made = f"{prefix}{_MARK}{tail}"
        if not any(made in other or other in made for other in taken):
            return made
