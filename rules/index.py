"""The ways to reach a rule, as plain dictionaries of numbers: made while building, read at every start.

Which keywords a text holds must not cost more with every rule: each keyword stands behind three of its own characters,
and one pass over the text's threes finds the few that can be in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

RawRule: TypeAlias = tuple[Any, ...]
"""What `build.raw_rule` makes and `rule.Rule` is made of."""
Keyword: TypeAlias = tuple[str, int, tuple[tuple[int, int], ...]]
"""The text, the shortest length, and the formats: each by the number of its rule and its own within that rule."""
ANCHOR = 3
"""Characters of a keyword that lead to it; `load` takes texts apart into as many."""
_COMMON = frozenset("abcdefghijklmnopqrstuvwxyz")


NEAR = ("anchors", "short", "env", "headers")
"""What every value is looked up in. `anchors` leads from three characters to the keywords that hold them, each with the
length of the shortest text that has one of its formats, and these formats; `short` are the keywords that have no three
together."""
FAR = ("ids", "hosts", "packages", "schemes", "claims", "brands", "public")
"""What few are: see `rule.Far`."""


def index(raws: Sequence[RawRule]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """`NEAR` and `FAR` of `raws`. Rules are numbered by their place; texts are spelled as they are looked up."""
    keywords: dict[str, list[tuple[int, int]]] = {}
    env: dict[str, list[int]] = {}
    headers: dict[str, list[int]] = {}
    hosts: dict[str, list[int]] = {}
    packages: dict[str, list[int]] = {}
    schemes: dict[str, int] = {}
    brands: dict[str, str] = {}
    for number, raw in enumerate(raws):
        for place, shape in enumerate(raw[4]):
            for keyword in shape[2] if shape[1] else ():
                keywords.setdefault(keyword, []).append((number, place))
        for texts, found in ((raw[6], env), (raw[7], headers), (raw[8], hosts), (raw[9], packages)):
            for text in texts:
                found.setdefault(text, []).append(number)
        schemes |= dict.fromkeys(raw[5], number)
        if raw[2]:
            brands["".join(filter(str.isalnum, raw[2])).upper()] = raw[2]
    entries = [
        (keyword, min(raws[number][4][place][3] for number, place in places), tuple(places))
        for keyword, places in sorted(keywords.items())
    ]
    near = (
        _anchored([entry for entry in entries if threes(entry[0])]),
        tuple(entry for entry in entries if not threes(entry[0])),
        _frozen(env),
        _frozen(headers),
    )
    far = (
        {raw[0]: number for number, raw in enumerate(raws)},
        _frozen(hosts),
        _frozen(packages),
        schemes,
        tuple(number for number, raw in enumerate(raws) if raw[12]),
        brands,
        tuple(dict.fromkeys(name for raw in raws for name in raw[14])),
    )
    return near, far


def _frozen(found: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {text: tuple(numbers) for text, numbers in found.items()}


def _anchored(entries: list[Keyword]) -> dict[str, tuple[Keyword, ...]]:
    """Each keyword behind those three of its characters that fewest others and fewest words hold."""
    shared = Counter(three for keyword, _, _ in entries for three in set(threes(keyword)))
    anchored: dict[str, list[Keyword]] = {}
    for entry in entries:
        ranked = [(len(_COMMON.intersection(three)), shared[three], three) for three in threes(entry[0])]
        anchored.setdefault(min(ranked)[2], []).append(entry)
    return {three: tuple(found) for three, found in anchored.items()}


def threes(text: str) -> list[str]:
    """All stretches of `ANCHOR` characters in `text`, from left to right. None across a blank: `load` takes the words
    of a long text in any order, and each once.
    """
    return [word[at : at + ANCHOR] for word in text.split() for at in range(len(word) - ANCHOR + 1)]
