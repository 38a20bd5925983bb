"""Lists of names and values in one text: connection strings, cookies, header lines, request bodies."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.load import compiled
from unsprawl.scanner.record import NamedTuple


class Pair(NamedTuple):
    """text[start:end] is the value of `name`, without the quotes around it."""

    name: str
    start: int
    end: int


class Pairs(NamedTuple):
    """What a text lists. `sign` is `=` or `:`, `separator` what stands between the pairs, "" for a single one."""

    items: tuple[Pair, ...]
    sign: str
    separator: str


_NAME = r"\s*([A-Za-z_@$][A-Za-z0-9_.@$-]{0,80}(?: [A-Za-z0-9]{1,20}){0,2})\s*([=:])\s*"
_BESIDE_BLANKS = r"(?:\A|\s)([A-Za-z_][A-Za-z0-9_.-]{0,80})\s*=\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s;]*)"
_COMMA = r",\s*(?=[A-Za-z_][A-Za-z0-9_.-]{0,60}\s{0,3}[=:])"
_CLOSING = {'"': '"', "'": "'", "{": "}"}
_MOST = 400


def pairs(text: str) -> Pairs | None:
    """The pairs of a text that consists of nothing else; None for any other text."""
    if "=" not in text and ":" not in text:
        return None
    for separator in ("\n", ";", "&", ","):
        if separator in text.strip(" \n;&,"):
            found = _listed(text, separator)
            # A comma or & may stand in the only value.
            if found is not None or separator in "\n;":
                return found or _beside_blanks(text)
    return _beside_blanks(text) or _listed(text, "")


def _listed(text: str, separator: str) -> Pairs | None:
    items: list[Pair] = []
    sign = ""
    for start, end in _chunks(text, separator):
        if not text[start:end].strip():
            continue
        match = compiled(_NAME).match(text, start, end)
        if match is None:
            if separator == ";" and items and "=" not in text[start:end]:
                continue  # `HttpOnly`, `Encrypt`
            return None
        sign = sign or match[2]
        if match[2] != sign or (sign == ":" and separator and separator in ";&"):
            return None
        if not text[match.end() : end].strip("= ") and (match.end() < end or not separator):
            return None  # the padding of base64
        items.append(Pair(match[1].strip(), *_bare(text, match.end(), end)))
        if len(items) > _MOST:
            return None
    return Pairs(tuple(items), sign, separator if len(items) > 1 else "") if items else None


def _chunks(text: str, separator: str) -> Iterator[tuple[int, int]]:
    if not separator:
        yield 0, len(text)
    elif separator == ",":
        at = 0
        for match in compiled(_COMMA).finditer(text):
            yield at, match.start()
            at = match.end()
        yield at, len(text)
    elif separator == ";":
        yield from _quoted_chunks(text)
    else:
        at = 0
        for chunk in text.split(separator):
            yield at, at + len(chunk)
            at += len(chunk) + 1


def _quoted_chunks(text: str) -> Iterator[tuple[int, int]]:
    """Between semicolons, where quotes and braces that begin a value may hold some."""
    at, end = 0, len(text)
    while at <= end:
        stop = text.find(";", at)
        stop = end if stop < 0 else stop
        value = at + len(text[at:stop].partition("=")[0]) + 1
        while value < stop and text[value] == " ":
            value += 1
        closing = _CLOSING.get(text[value : value + 1]) if value < stop else None
        if closing is not None and (closed := text.find(closing, value + 1)) > stop:
            stop = text.find(";", closed)
            stop = end if stop < 0 else stop
        yield at, stop
        at = stop + 1


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks and the quotes or braces around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start >= 2 and _CLOSING.get(text[start]) == text[end - 1] and not text.startswith("{{", start):
        return start + 1, end - 1
    return start, end


def _beside_blanks(text: str) -> Pairs | None:
    """`host=x password='y z'`, also behind other words, as in the settings of Kafka."""
    found = list(compiled(_BESIDE_BLANKS).finditer(text))
    if not found or len(found) > _MOST or (len(found) == 1 and found[0].start() == 0 and found[0].end() == len(text)):
        return None
    return Pairs(tuple(Pair(match[1], *_bare(text, *match.span(2))) for match in found), "=", " ")
