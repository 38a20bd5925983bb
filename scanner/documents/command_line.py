"""Command lines as words, and what they say of a server: whether they add, start or call one, and its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from unsprawl.rules.bundle import DOCUMENTS
from unsprawl.scanner.arguments import ENV_FLAGS
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

_COMMANDS = DOCUMENTS["commands"]
SETTING = frozenset(_COMMANDS["setting"])
"""Programs that take a variable and its value as two words."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{1,80}")
ASSIGNMENT = re.compile(r"(?:\$env:)?([A-Za-z_][A-Za-z0-9_]{0,80})=")
_ADDING: tuple[tuple[str, ...], ...] = tuple(tuple(words) for words in _COMMANDS["adding"])
_FIRST = frozenset(words[0] for words in _ADDING)
_JSON_FLAGS = frozenset(_COMMANDS["json_flags"])
_VALUED = frozenset(_COMMANDS["valued"])
_EXPORTING = frozenset(_COMMANDS["exporting"])
_FETCHING = frozenset(_COMMANDS["fetching"])
_LAUNCHING = frozenset(_COMMANDS["launching"])
_PACKAGE = re.compile(r"[@\w./:+~\\-]{1,200}")
_MOST_WORDS = 400
_LONGEST_NAME = 500
_OF_POWERSHELL = "$env:"


class Command(NamedTuple):
    """The words of a command line, and what they say about a server."""

    words: list[View]
    adds: bool
    """Whether it adds a server to a host, or hands one its secret."""
    concerns: bool
    """Whether it adds, starts or calls a server."""
    name: str
    """What the server is called, or ""."""
    line: tuple[str, ...]
    """What starts the server, as far as the line says."""
    url: str
    nested: bool = False
    """Whether it stood in a word of another one."""

    def __repr__(self) -> str:  # the words may be secrets
        return f"Command({len(self.words)} words)"

    @property
    def spoken(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words)

    @property
    def assigned(self) -> set[str]:
        """The variables that it sets."""
        spoken = self.spoken
        found = {match[1] for word in spoken if (match := ASSIGNMENT.match(word))}
        if spoken and spoken[0].lower() in SETTING:
            found |= set(spoken[1:4])
        return found | {word[5:] for word in spoken[:1] if word.startswith(_OF_POWERSHELL)}

    @property
    def passed(self) -> Iterator[str]:
        """The variables that it hands on by their names: `docker run -e NAME`."""
        for before, word in pairwise(self.spoken):
            if before in ENV_FLAGS and VARIABLE.fullmatch(word):
                yield word


def command_of(words: Sequence[View]) -> Command:
    """What the words of one command line say."""
    words = list(words[:_MOST_WORDS])
    spoken = [word.text for word in words]
    behind = _added(spoken)
    url = next((word for word in spoken if "://" in word and not word.startswith("-")), "")
    url = url[url.find("http") :] if "http" in url else url
    if behind is None:
        adds = any(word.partition("=")[0] in _JSON_FLAGS for word in spoken)
        return Command(words, adds, adds or _calls(spoken, url), "", tuple(spoken), url)
    name, line = _named(spoken[behind:])
    return Command(words, True, True, name, tuple(line), url)


def _calls(spoken: Sequence[str], url: str) -> bool:
    """Whether the line starts a server, or sends something to one, by its package or its address.

    That some word speaks of MCP is not enough: it may be the name of a folder, a cluster, a database.
    """
    package = package_of(tuple(spoken))
    if _PACKAGE.fullmatch(package) and speaks(package):
        return True
    _, _, rest = url[:_LONGEST_NAME].partition("://")
    return speaks(rest.partition("?")[0]) and base_name(spoken[0]) not in _FETCHING


def _added(spoken: Sequence[str]) -> int | None:
    """Where the words behind `mcp add` begin."""
    for at, word in enumerate(spoken):
        if word in _FIRST:
            for words in _ADDING:
                if tuple(spoken[at : at + len(words)]) == words:
                    return at + len(words)
    return None


def _named(words: Sequence[str]) -> tuple[str, list[str]]:
    """The name of the server, and the command line that starts it, from what stands behind `mcp add`."""
    name, waiting, at = "", "", 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            return name, list(words[at:])
        if waiting:
            name = word if waiting == "--name" else name
            waiting = ""
        elif word.startswith("-"):
            waiting = word if word in _VALUED else ""
        elif ASSIGNMENT.match(word):
            continue
        elif not name:
            name = word
        else:
            return name, list(words[at - 1 :])
    return name, []


def launches(command: Command) -> bool:
    """Whether it starts some package: where a page shows how servers are started, most likely one."""
    spoken = command.spoken
    return bool(spoken) and base_name(spoken[0]) in _LAUNCHING


def sets_variables(command: Command) -> bool:
    """Whether the line only sets variables for what follows."""
    spoken = command.spoken
    first = spoken[0].lower() if spoken else ""
    setting = first in _EXPORTING or first in SETTING or first.startswith(_OF_POWERSHELL)
    return setting or all(ASSIGNMENT.match(word) for word in spoken)
