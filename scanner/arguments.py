"""How command lines spell names and values: `--x v`, `--x=v`, `-e NAME=v`, `-H "Name: v"`, `/x:v`."""

from __future__ import annotations

import re

from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.randomness import has_random_run

HEADER_FLAGS = frozenset({"-H", "--header", "--headers"})
ENV_FLAGS = frozenset({"-e", "--env"})
ENV_FILE_FLAGS = frozenset({"--env-file", "--env-file-if-exists"})
HEADER_LINE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]{1,60})\s*[:=]\s*(\S.*)", re.S)
ENV_LINE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.-]{0,80})\s*=\s*(\S.*)", re.S)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,80})=(.*)", re.S)
_FLAG = re.compile(r"(--?[A-Za-z][A-Za-z0-9_.-]{0,80})(?:[=:](.*))?", re.S)
_SLASH_FLAG = re.compile(r"(/[A-Za-z])|(/[A-Za-z][A-Za-z0-9_-]{0,40})[=:](.*)", re.S)
"""As Windows programs take them; `/data` is a folder, `/c` is not."""
_GLUED_FLAG = re.compile(r"(-e)([A-Z_][A-Z0-9_]*=.*)|(-H)([A-Za-z][A-Za-z0-9_-]+:.*)", re.S)
"""`-eNAME=value` and `-HName: value` in one word, as docker and curl take them."""


def flag_of(word: str) -> tuple[str, int] | None:
    """The flag's name, and where its value begins in the same word; 0 when it has none there. None for no flag."""
    for pattern in (_GLUED_FLAG, _FLAG, _SLASH_FLAG):
        match = pattern.fullmatch(word)
        if match is not None:
            found = [group for group in range(1, pattern.groups + 1) if match[group] is not None]
            return match[found[0]], match.start(found[1]) if len(found) > 1 else 0
    return None


def is_value(flag: str, word: str) -> bool:
    """Whether a word that looks like a flag is the value of `flag` before it: random tokens may begin with `-`."""
    return word.startswith("/") or (secrecy(flag.lstrip("-/")) is Secrecy.STRONG and has_random_run(word))


def assignment_of(flag: str, value: str) -> re.Match[str] | None:
    """Name and value when `value` is NAME=VALUE, and not base64 with its padding or a text of the flag's own."""
    match = None if flag.startswith("--env.") else _ASSIGNMENT.fullmatch(value)
    if match is None or flag in ENV_FLAGS:
        return match
    if not match[2].strip("="):
        return None
    # `--set apiKey=…`, but not `--connection-string "Password=…;Server=…"`, which is taken apart as a whole.
    named = secrecy(match[1]) is not Secrecy.NEUTRAL and ";" not in value
    return match if not flag or named else None
