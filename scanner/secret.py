"""Text that cannot show itself: every credential travels as a `Secret`."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds one credential. Only `reveal` gives the text back, so each call of it is a place to review.

    Not a dataclass: `dataclasses.asdict` would walk into it and print the text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself. Never pass the result to a message, a log, an argv or a plain file."""
        return self._value

    def identity(self, key: bytes) -> str:
        """A keyed name for grouping copies of one secret: 20 hex digits, useless without `key`.

        An unkeyed digest would be an oracle for values that can be guessed.
        """
        from hashlib import blake2b

        return blake2b(self._value.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=10).hexdigest()

    def __repr__(self) -> str:
        return "Secret(<hidden>)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same text, in constant time for texts of one length."""
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest

        mine, theirs = (s._value.encode("utf-8", "surrogatepass") for s in (self, other))
        return compare_digest(mine, theirs)

    def __hash__(self) -> int:
        # Python salts str hashes per process, so this tells nothing outside of it.
        return hash(("unsprawl.Secret", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied into a file")

    def __getstate__(self) -> NoReturn:  # object's own answers with the text
        raise TypeError("a Secret cannot be pickled or copied into a file")
