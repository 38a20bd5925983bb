"""How command lines spell names and values: `--x v`, `--x=v`, `-e NAME=v`, `-H "Name: v"`, `/x:v`, `NAME=v program`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from unsprawl.rules.load import compiled
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.programs import Program, program_of
from unsprawl.scanner.randomness import classes, has_random_run
from unsprawl.scanner.record import NamedTuple

HEADER_FLAGS = frozenset({"-H", "--header", "--headers"})
ENV_FLAGS = frozenset({"-e", "--env"})
ENV_FILE_FLAGS = frozenset({"--env-file", "--env-file-if-exists"})
_HEADER_LINE = r"\s*([A-Za-z][A-Za-z0-9_-]{1,60})\s*[:=]\s*((?s:\S.*))"
_HEADER_NAME = r"[A-Za-z][A-Za-z0-9_-]{1,60}"
_ASSIGNMENT = r"((?:\$env:)?[A-Za-z_][A-Za-z0-9_.-]{0,80})=((?s:.*))"
_PASSED = r"[A-Za-z_][A-Za-z0-9_.*-]*"
"""What docker takes behind `-e` without a value: a variable to pass through. `--env '{"NAME": "value"}'` and
`node -e` are others' flags."""
_VARIABLE = r"\$(?:env:)?([A-Za-z_][A-Za-z0-9_]{0,80})"
_FLAG = r"(--?[A-Za-z][A-Za-z0-9_.-]{0,80})(?:[=:]((?s:.*)))?"
_SLASH_FLAG = r"(/[A-Za-z])|(/[A-Za-z][A-Za-z0-9_-]{0,40})[=:]((?s:.*))"
"""As Windows programs take them; `/data` is a folder, `/c` is not."""
_GLUED_FLAG = (
    r"(-e)([A-Z_][A-Z0-9_]*=(?s:.*))|(-H)([A-Za-z][A-Za-z0-9_-]+:(?s:.*))|(-D)([A-Za-z_][A-Za-z0-9_.-]*=(?s:.*))"
)
"""`-eNAME=value`, `-HName: value` and `-Dname=value` in one word, as docker, curl and java take them."""
_FURTHER = r"[\s;][A-Za-z_][A-Za-z0-9_ ]{0,40}="
_FIELD = r"([A-Za-z][A-Za-z0-9_.-]{0,60})(?:==|:=|[:=])([^/=](?s:.*))"
_SCRIPT = r"(?s:.*)[\s;|&=](?s:.*)"
_SHORT = 256
"""Command lines up to this length are remembered."""


class Argument(NamedTuple):
    """words[word][start:end] is the value of `name`. `role` says what it is, as in `Context.role`; besides: "header"
    the value of one, "login" user:password, "body" data of a request, a shell's name for a script of it."""

    word: int
    start: int
    end: int
    name: str
    role: str = ""


_USER_FLAGS = frozenset({"-u", "--user", "--username"})
"""Beside one of these, `-p` is a password, unless it is a port."""
_PORTS = frozenset({"docker", "podman", "nerdctl", "ssh", "sudo"})
_PORT = r"[0-9.:/-]{1,24}(?:tcp|udp)?"
_GLUED_AT_LEAST = 8
_ROLES = {"login": "login", "password": "password", "secret": "bearer", "body": "body", "cookie": ""}


def arguments(words: Sequence[str | None]) -> Iterable[Argument]:
    """The values among the words of a command line, program included. None for a word that is no text."""
    if sum(map(len, filter(None, words))) + len(words) <= _SHORT:
        return _remembered(tuple(words))
    return _Reader(words).read()


@lru_cache(maxsize=1024)
def _remembered(words: tuple[str | None, ...]) -> tuple[Argument, ...]:
    """Homes and histories are full of copies: the same `npx -y …` in one file after the other."""
    return tuple(_Reader(words).read())


class _Reader:
    """Goes through the words once. `programs` are those seen so far, the newest first, each once."""

    def __init__(self, words: Sequence[str | None]) -> None:
        self._words = words
        self._programs: list[Program] = []
        self._logs_in = not _USER_FLAGS.isdisjoint(words)

    def read(self) -> Iterator[Argument]:
        index = 0
        while index < len(self._words):
            word = self._words[index]
            if word is None:
                yield Argument(index, 0, 0, "")
                index += 1
                continue
            flag = self._glued_password(word) or flag_of(word, self._programs)
            if flag is None:
                yield from self._operand(index, word)
                index += 1
                continue
            name, start = flag
            if start:
                if word[start:]:
                    yield from self._value(name, index, start)
                index += 1
            else:
                taken = 0
                for argument in self._behind(name, index + 1):
                    taken = max(taken, argument.word - index)
                    yield argument
                index += 1 + max(taken, self._names_only(name, index + 1))

    def _word(self, index: int) -> str | None:
        return self._words[index] if index < len(self._words) else None

    def _follows(self, flag: str, index: int) -> bool:
        """Whether the word at `index` is the value of a flag before it."""
        word = self._word(index)
        return word is not None and (flag_of(word, self._programs) is None or is_value(flag, word))

    def _glued_password(self, word: str) -> tuple[str, int] | None:
        """`-pPASSWORD` beside `-u USER`, as the clients of databases take it."""
        glued = self._logs_in and word.startswith("-p") and len(word) >= _GLUED_AT_LEAST and classes(word[2:]) > 1
        return ("-p", 2) if glued else None

    def _meaning(self, flag: str) -> str:
        if flag == "-p" and self._logs_in and not any(program.name in _PORTS for program in self._programs):
            return "password"
        return next((meaning for program in self._programs if (meaning := program.meaning(flag))), "")

    def _names_only(self, flag: str, index: int) -> int:
        """1 where the word behind `flag` is a bare name, which holds no value."""
        word = self._word(index)
        passes = flag in ENV_FLAGS or self._meaning(flag) == "variables"
        return int(passes and word is not None and self._follows(flag, index))

    def _behind(self, flag: str, index: int) -> Iterator[Argument]:
        """The value of a flag that stands in the words from `index` on."""
        meaning = self._meaning(flag)
        if meaning == "script":
            return
        if index < len(self._words) and self._words[index] is None:
            yield Argument(index, 0, 0, _plain(flag))
            return
        if not self._follows(flag, index):
            return
        word = self._words[index]
        if not word:
            yield Argument(index, 0, 0, _plain(flag))
            return
        # `-H NAME VALUE` and `--env NAME VALUE`, which docker does not know: there an image may follow.
        paired = meaning == "pair" or (not meaning and flag in HEADER_FLAGS | ENV_FLAGS)
        if paired and compiled(_HEADER_NAME).fullmatch(word) and self._follows(word, index + 1):
            value = self._words[index + 1] or ""
            yield Argument(index + 1, 0, len(value), word, "header" if flag in HEADER_FLAGS else "")
            return
        yield from self._value(flag, index, 0)

    def _operand(self, index: int, word: str) -> Iterator[Argument]:
        """A word without a flag: a program, an assignment, a script, or a value of its own."""
        program = self._programs[0] if self._programs else None
        found = program_of(word)
        if found is not None:
            # Each once: every flag asks them all, and a line may name a program thousands of times.
            self._programs = [found, *(other for other in self._programs if other is not found)]
        if program is not None and program.shell is not None and compiled(_SCRIPT).fullmatch(word):
            yield Argument(index, 0, len(word), "", program.shell.value)
            return
        if program is not None and program.fields:
            field = compiled(_FIELD).fullmatch(word)
            if field is not None and "://" not in word:
                yield Argument(index, field.start(2), len(word), field[1])
                return
        variable = compiled(_VARIABLE).fullmatch(word)
        if variable is not None and self._word(index + 1) == "=" and self._word(index + 2):
            yield Argument(index + 2, 0, len(self._word(index + 2) or ""), variable[1])  # $env:NAME = 'value'
        yield from self._value("", index, 0)

    def _value(self, flag: str, index: int, start: int) -> Iterator[Argument]:
        """What words[index][start:] is, as the value of `flag`."""
        word = self._words[index] or ""
        value, end, meaning = word[start:], len(word), self._meaning(flag)
        if not value:
            return
        if flag in HEADER_FLAGS:
            header = compiled(_HEADER_LINE).fullmatch(value)
            if header is not None:
                yield Argument(index, start + header.start(2), end, header[1], "header")
                return
        if meaning == "password" and compiled(_PORT).fullmatch(value):
            meaning = ""
        assignment = assignment_of("-e" if meaning == "variables" else flag, value)
        if meaning in _ROLES:
            yield Argument(index, start, end, "Cookie" if meaning == "cookie" else _plain(flag), _ROLES[meaning])
        elif assignment is not None:
            if assignment[2]:
                yield Argument(index, start + assignment.start(2), end, assignment[1].removeprefix("$env:"))
        elif (flag not in ENV_FLAGS and meaning != "variables") or not compiled(_PASSED).fullmatch(value):
            yield Argument(index, start, end, _plain(flag))


def header_of(text: str) -> re.Match[str] | None:
    """Name and value when `text` is one header's line; None for several."""
    return None if "\n" in text.strip() else compiled(_HEADER_LINE).fullmatch(text)


def _plain(flag: str) -> str:
    return flag.removeprefix("--env.").lstrip("-/")


def flag_of(word: str, programs: Sequence[Program] = ()) -> tuple[str, int] | None:
    """The flag's name, and where its value begins in the same word; 0 when it has none there. None for no flag."""
    if not word.startswith(("-", "/")):
        return None
    for program in programs:
        for flag in program.glued:
            if word.startswith(flag) and len(word) > len(flag) and not word.startswith("--"):
                return flag, len(flag)
    for pattern in (_GLUED_FLAG, _FLAG, _SLASH_FLAG):
        match = compiled(pattern).fullmatch(word)
        if match is not None:
            found = [group for group in range(1, match.re.groups + 1) if match[group] is not None]
            return match[found[0]], match.start(found[1]) if len(found) > 1 else 0
    return None


def is_value(flag: str, word: str) -> bool:
    """Whether a word that looks like a flag is the value of `flag` before it: random tokens may begin with `-`."""
    return word.startswith("/") or (secrecy(flag.lstrip("-/")) is Secrecy.STRONG and has_random_run(word))


def assignment_of(flag: str, value: str) -> re.Match[str] | None:
    """Name and value when `value` is NAME=VALUE, and not base64 with its padding or a text of the flag's own."""
    match = None if flag.startswith("--env.") else compiled(_ASSIGNMENT).fullmatch(value)
    if match is None or flag in ENV_FLAGS or flag == "-D":
        return match
    if not match[2].strip("="):
        return None
    # `--set apiKey=…`, but not `--connection-string "Password=…;Server=…"`, which is taken apart as a whole.
    named = secrecy(match[1]) is not Secrecy.NEUTRAL
    if not flag and not named and compiled(_FURTHER).search(match[2]):
        return None  # `host=… user=… password=…`
    return match if not flag or (named and ";" not in value) else None
