"""Lists of a report that are made item by item, so that one of a hundred thousand findings never stands in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Any, Generic, TypeVar

_Made = TypeVar("_Made", covariant=True)


class Each(Generic[_Made]):
    """What `make` makes of some items, made anew whenever it is gone through."""

    def __init__(self, items: Collection[Any] | Each[Any], make: Callable[[Iterable[Any]], Iterator[_Made]]) -> None:
        """`make` answers one thing for each item, in their order; it may take several items before it does."""
        self._items = items
        self._make = make

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[_Made]:
        return self._make(self._items)


class Together(Each[Any]):
    """The items of several lists, one list after the other."""

    def __init__(self, *lists: Collection[Any] | Each[Any]) -> None:
        super().__init__(lists, chain.from_iterable)

    def __len__(self) -> int:
        return sum(map(len, self._items))
