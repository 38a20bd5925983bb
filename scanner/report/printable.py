"""A report's document with every string in it, keys too, redacted and made printable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from unsprawl.scanner.redact import Redactor, one_line
from unsprawl.scanner.report.each import Each

_TOGETHER = 64
"""So many items of a list are looked through at once."""
_REMEMBERED = 50_000
"""So many strings: most of a report come again and again."""


class Printable:
    """Makes printable copies. What is in order, which is nearly all, is found to be so for many strings at once."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._cleaned: dict[str, str] = {}

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The whole document; each list in it that is an `Each` stays one."""
        lists = {key: Each(value, self.each) for key, value in document.items() if isinstance(value, Each)}
        rest = {key: None if key in lists else value for key, value in document.items()}
        clean: dict[str, Any] = next(self.each([rest]))
        return clean | lists

    def each(self, items: Iterable[Any]) -> Iterator[Any]:
        """Each of some values."""
        waiting = iter(items)
        while batch := list(islice(waiting, _TOGETHER)):
            found: set[str] = set()
            _collect(batch, found)
            if len(self._cleaned) > _REMEMBERED:
                self._cleaned.clear()
            self._clean(found.difference(self._cleaned))
            for item in batch:
                yield _changed(item, self._cleaned)

    def _clean(self, texts: set[str]) -> None:
        """A secret in one of them is one in all of them, between line ends, which are the end of any word."""
        together = "\n".join(texts)
        if "".join(texts).isprintable() and self._redactor.clean(together) == together:
            self._cleaned.update(zip(texts, texts, strict=True))
        else:
            self._cleaned.update((text, one_line(self._redactor.clean(text))) for text in texts)


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, dict):
        found.update(value)
        for item in value.values():
            if item is not None:
                _collect(item, found)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _collect(item, found)


def _changed(value: Any, cleaned: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return cleaned[value]
    if isinstance(value, dict):
        return {cleaned[key]: _changed(item, cleaned) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_changed(item, cleaned) for item in value]
    return value
