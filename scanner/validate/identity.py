"""Whose a credential is and what it may do, from the places in an answer that its rule names: foreign text, cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from unsprawl.rules.check import Check
from unsprawl.scanner.model import Reach
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.pointers import at
from unsprawl.scanner.validate.reach import MOST_READ, NO_SCOPE

_LONGEST = 200
_LONGEST_LOOKED_AT = 64_000
"""What is longer is no name."""
_SHORTEST_HIDDEN = 8
"""A shorter value is hidden where it stands as a word, by the last redactor alone."""
_LONGEST_HEADER = 16_000
_MOST_SCOPES = MOST_READ + 1
_MOST_RESOURCES = 100
_MOST_ROLES = 20
_MOST_NAMES = 5
_NUMBER = re.compile(r"[0-9]{10}(?:\.[0-9]{1,9})?|[0-9]{13}")
_MILLISECONDS = 10**11


def identified(
    check: Check,
    tells: tuple[tuple[str, tuple[str, ...]], ...],
    answer: Answer,
    data: Any,
    values: Mapping[str, str],
) -> dict[str, Any]:
    """The fields of a verdict that the answer tells; `check` says which of the values that were sent are secret."""
    found: dict[str, list[str]] = {}
    # Before anything is cut or split: the last redactor knows whole values, and no pieces of them.
    redactor = Redactor()
    sent = (values.get(name, "") for name in check.secret_names)
    redactor.learn(Secret(text) for text in sent if len(text) >= _SHORTEST_HIDDEN)
    scopes: list[str] = []
    for field, places in tells:
        for place in places:
            texts = [text for text in _texts(place, answer, data, values, redactor) if text]
            if texts:
                found.setdefault(field, []).extend(texts)
                if field != "roles":
                    break
            elif field == "scopes" and _empty(place, answer, data):
                scopes = [NO_SCOPE]
    found = {field: list(dict.fromkeys(texts)) for field, texts in found.items()}
    scopes = found.get("scopes", scopes)
    if len(scopes) == 1 and scopes != [NO_SCOPE]:
        scopes = [word for word in re.split(r"[,\s]+", scopes[0]) if word]
    return {
        "login": _named(found.get("login", [])),
        "account": _named(found.get("account", [])),
        "reach": Reach(
            tuple(scopes[:_MOST_SCOPES]),
            _day(found.get("expires", [""])[0]),
            _day(found.get("last_used", [""])[0]),
            tuple(found.get("resources", ())[:_MOST_RESOURCES]),
            roles=tuple(found.get("roles", ())[:_MOST_ROLES]),
        ),
    }


def _empty(place: str, answer: Answer, data: Any) -> bool:
    """Whether the place is there, and nothing in it."""
    kind, _, name = place.partition(" ")
    if kind == "header":
        return [text.strip() for known, text in answer.headers if known == name] == [""]
    return "*" not in place and list(at(data, place)) == [[]]


def _texts(place: str, answer: Answer, data: Any, values: Mapping[str, str], redactor: Redactor) -> Iterator[str]:
    kind, _, name = place.partition(" ")
    if kind == "header":
        yield redactor.clean(answer.header(name)).strip()[:_LONGEST_HEADER]
    elif kind == "token":
        yield values.get(name, "")
    elif kind == "true":
        if any(found is True for found in at(data, name)):
            yield name.rpartition("/")[2]
    else:
        for found in at(data, place):
            for each in found if isinstance(found, list) else [found]:
                if isinstance(each, str) and len(each) <= _LONGEST_LOOKED_AT:
                    yield redactor.clean(each).strip()[:_LONGEST]
                elif isinstance(each, int | float) and not isinstance(each, bool):
                    yield str(each)[:_LONGEST]


def _named(names: list[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"


def _day(text: str) -> str:
    """A date as the vendor writes it; seconds or milliseconds since 1970 as ISO 8601."""
    if _NUMBER.fullmatch(text) is None:
        return text
    number = float(text)
    when = datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
