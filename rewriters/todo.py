"""One thing that only a person can do, and what they type or open for it."""

from __future__ import annotations


class Todo(str):
    """A sentence; `typed` is the command or the address at its end, if there is one.

    As text it is the whole line, so plans and reports as JSON say what they always said.
    """

    __slots__ = ("said", "typed")
    said: str
    typed: str

    def __new__(cls, said: str, typed: str = "") -> Todo:
        made = super().__new__(cls, f"{said}: {typed}" if typed else said)
        made.said, made.typed = said, typed
        return made
