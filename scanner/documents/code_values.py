"""What tells of a value in a program, where no server is around it: what it is put into, and how it looks."""

from __future__ import annotations

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_names import canonical
from unsprawl.scanner.documents.code_tree import last_name
from unsprawl.scanner.entry_parts import ENV_KEYS, HEADER_KEYS
from unsprawl.scanner.model import SlotKind
from unsprawl.scanner.names import is_password
from unsprawl.scanner.randomness import classes, has_random_run

_VARIABLES: tuple[str, ...] = tuple(CODE["variables"])
_KINDS = {ENV_KEYS[0]: SlotKind.ENV, HEADER_KEYS[0]: SlotKind.HEADER}
_LONGEST_ADDRESS = 2000
_SHORTEST_MIXED = 8


def holds(chain: str) -> SlotKind | None:
    """What an object of this name holds by name: variables of the environment, headers."""
    if chain.endswith(_VARIABLES):
        return SlotKind.ENV
    return _KINDS.get(canonical(last_name(chain)))


def is_no_word(text: str, name: str) -> bool:
    """Whether a value is random, or a password that nobody takes for a word."""
    mixed = is_password(name) and len(text) >= _SHORTEST_MIXED and " " not in text and not text.isalnum()
    return has_random_run(text) or (mixed and classes(text) == 3)


def holds_login(text: str) -> bool:
    """Whether it may be an address with a password in it."""
    return "://" in text and "@" in text and len(text) < _LONGEST_ADDRESS


def is_name(text: str) -> bool:
    """Whether a text may be the name of a variable or of a header."""
    return len(text) <= 80 and text.replace("-", "_").replace(".", "_").isidentifier()
