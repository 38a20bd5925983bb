"""Our `NamedTuple` does what the one of `typing` does."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing
from typing import Any

import pytest

from unsprawl.scanner import record


class Ours(record.NamedTuple):
    """A place."""

    path: str
    line: int = 1
    end: int | None = None

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line}"


class Theirs(typing.NamedTuple):
    """A place."""

    path: str
    line: int = 1
    end: int | None = None

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line}"


def both(use: Any) -> Any:
    """What both answer, or how both refuse."""
    answers = []
    for kind in (Ours, Theirs):
        try:
            answers.append(use(kind))
        except (TypeError, ValueError, AttributeError) as error:
            # Which of these two errors `_replace` raises depends on the Python.
            answers.append(("refused", str(error).replace("Ours", "").replace("Theirs", "").replace(".__new__", "")))
    ours, theirs = answers
    assert ours == theirs
    return ours


@pytest.mark.parametrize(
    "use",
    [
        lambda kind: tuple(kind("a", 2, 3)),
        lambda kind: tuple(kind("a")),
        lambda kind: tuple(kind(path="a", end=4)),
        lambda kind: tuple(kind._make(["a", 2, 3])),
        lambda kind: kind._make(["a"]),
        lambda kind: tuple(kind("a")._replace(line=5)),
        lambda kind: kind("a")._replace(other=5),
        lambda kind: kind("a")._asdict(),
        lambda kind: repr(kind("a")).partition("(")[2],
        lambda kind: kind("a").shown,
        lambda kind: kind("a").end,
        lambda kind: kind("a") == ("a", 1, None),
        lambda kind: hash(kind("a")),
        lambda kind: {kind("a"): 1}[("a", 1, None)],
        lambda kind: kind._fields,
        lambda kind: kind._field_defaults,
        lambda kind: kind.__match_args__,
        lambda kind: kind.__doc__,
        lambda kind: kind.__module__,
        lambda kind: [(each.name, each.default) for each in inspect.signature(kind).parameters.values()],
        lambda kind: kind.__annotations__.keys(),
        lambda kind: copy.copy(kind("a")) == kind("a"),
        lambda kind: type(copy.deepcopy(kind("a"))) is kind,
        lambda kind: type(pickle.loads(pickle.dumps(kind("a")))) is kind,
        lambda kind: kind("a").__dict__,
        lambda kind: (kind("a"), kind("b")) < (kind("a"), kind("c")),
        lambda kind: kind(),
        lambda kind: kind("a", 1, 2, 3),
        lambda kind: kind("a", other=1),
    ],
    ids=map(str, range(29)),
)
def test_the_same(use: Any) -> None:
    both(use)


def test_fields_cannot_be_set() -> None:
    for name in ("line", "other"):
        with pytest.raises(AttributeError):
            setattr(Ours("a"), name, 2)


def test_matches_by_position() -> None:
    match Ours("a", 7):
        case Ours(path, line):
            assert (path, line) == ("a", 7)
