"""Places in a command line that `unsprawl run` fills when it starts the command: `{vault:NAME}`, `{vault:env:NAME}`.

No known host replaces anything that is spelled so, and the record is bound to the command line as it stands in the
entry: what is filled in is not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SIGN = "{vault:"


def value_place(name: str) -> str:
    """What stands where the value itself goes into an argument, where other processes of the machine can read it."""
    return f"{_SIGN}{name}}}"


def reference_place(name: str) -> str:
    """What becomes `${NAME}`, for a shell or a bridge that replaces that itself, where the host would do it before."""
    return f"{_SIGN}env:{name}}}"


def has_places(words: Sequence[str]) -> bool:
    """Whether anything in the words may be a place to fill."""
    return any(_SIGN in word for word in words)


def names_in(words: Sequence[str]) -> tuple[str, ...]:
    """The variables whose values have a place in the words, each once."""
    pieces = (piece.partition("}") for word in words for piece in word.split(_SIGN)[1:])
    return tuple(dict.fromkeys(name.removeprefix("env:") for name, closed, _ in pieces if closed))


def fill(words: Sequence[str], values: Mapping[str, str]) -> tuple[list[str], frozenset[str]]:
    """The words with every place filled, and the names whose values are in them now. As secret as the values."""
    shown: set[str] = set()
    filled = []
    for word in words:
        pieces = word.split(_SIGN) if _SIGN in word else [word]
        text = pieces[0]
        for piece in pieces[1:]:  # from left to right and once: a value may look like a place itself
            name, closed, rest = piece.partition("}")
            if closed and name in values:
                shown.add(name)
                text += values[name] + rest
            elif closed and name.removeprefix("env:") in values:
                text += f"${{{name.removeprefix('env:')}}}{rest}"
            else:
                text += _SIGN + piece
        filled.append(text)
    return filled, frozenset(shown)
