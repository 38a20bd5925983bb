"""WWW-Authenticate, as RFC 9110 writes it: any number of challenges in any number of headers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from unsprawl.scanner.record import NamedTuple

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TOKEN68 = re.compile(r"([A-Za-z0-9._~+/-]+=*)[ \t]*(?=,|\Z)")
_PARAMETER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"[ \t,]*")
_LONGEST = 16_000


class Challenge(NamedTuple):
    """One way to authenticate."""

    scheme: str
    """Lower case."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names in lower case."""
    token68: str = ""

    def get(self, name: str) -> str | None:
        """The value of a parameter."""
        return next((value for known, value in self.parameters if known == name), None)


class Challenges(NamedTuple):
    """What could be read, and what was wrong behind it."""

    all: tuple[Challenge, ...] = ()
    fault: str = ""

    @property
    def bearer(self) -> Challenge | None:
        """The Bearer challenge that names metadata, wherever it stands; without one the first."""
        found = [each for each in self.all if each.scheme == "bearer"]
        return next((each for each in found if each.get("resource_metadata") is not None), found[0] if found else None)


class _Wrong(Exception):
    """What does not fit the grammar; the text is ours."""


def challenges(headers: Iterable[str]) -> Challenges:
    """The challenges of all headers of that name. What stands before a mistake counts."""
    found: list[Challenge] = []
    fault = ""
    for header in headers:
        try:
            if len(header) > _LONGEST:
                raise _Wrong("is too long")
            _read(header, found)
        except _Wrong as wrong:
            fault = fault or str(wrong)
    return Challenges(tuple(found), fault)


def _read(text: str, found: list[Challenge]) -> None:
    at = _end(_BETWEEN, text, 0)
    while at < len(text):
        scheme = _TOKEN.match(text, at)
        if scheme is None:
            raise _Wrong("has something else where a scheme should be")
        at = scheme.end()
        behind = _end(_BLANK, text, at)
        if behind == at and behind < len(text) and text[behind] != ",":
            raise _Wrong("has something else where a scheme should be")
        whole = _TOKEN68.match(text, behind) if behind > at else None
        if whole is not None:
            found.append(Challenge(scheme[0].lower(), (), whole[1]))
            at = _end(_BETWEEN, text, whole.end())
            continue
        parameters: dict[str, str] = {}
        try:
            at = _parameters(text, behind, parameters)
        finally:
            found.append(Challenge(scheme[0].lower(), tuple(parameters.items())))


def _parameters(text: str, at: int, known: dict[str, str]) -> int:
    """Where the next challenge begins."""
    while name := _PARAMETER.match(text, _end(_BETWEEN, text, at)):
        at = name.end()
        if text[at : at + 1] == '"':
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                raise _Wrong("has a quote that does not end")
            value, at = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), quoted.end()
        else:
            plain = _TOKEN.match(text, at)
            if plain is None:
                raise _Wrong(f"has no value for {name[1].lower()[:40]}, or one that needs quotes")
            value, at = plain[0], plain.end()
        if name[1].lower() in known:
            raise _Wrong(f"has {name[1].lower()[:40]} twice")
        known[name[1].lower()] = value
        at = _end(_BLANK, text, at)
        if at < len(text) and text[at] != ",":
            raise _Wrong(f"has something else behind the value of {name[1].lower()[:40]}, or it needs quotes")
    return _end(_BETWEEN, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    assert found is not None
    return found.end()
