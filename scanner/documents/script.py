"""Scripts of any shell: their command lines, what they assign, and the configuration that they write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from unsprawl.scanner.documents.command_line import Command, command_of, launches, sets_variables
from unsprawl.scanner.documents.commands import slots_of
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Evidence, Found, Page, Passage, is_readable, read_within
from unsprawl.scanner.documents.statements import Statement, statements
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.view import View

_WORTH = re.compile(
    r"(?i)mcp|key|token|secret|passw|pwd|auth|bearer|pat\b|cred|://[^\s/@]{1,200}@|dsn|connection|cookie|session"
)
"""A line without any of these holds no value that counts. What tells by itself is found elsewhere."""
_LONGEST = 32 * 1024
_REFERENCE = re.compile(
    r"[$%](?:env:)?[{(]?([A-Za-z_][A-Za-z0-9_]{0,80})|(?:-e|--env)[ =]([A-Za-z_][A-Za-z0-9_]{0,80})(?![\w=])"
)


class Script:
    """What one script holds. What it assigns is judged last: it may be for the servers that it starts."""

    def __init__(self, page: Page, passage: Passage, *, together: bool, certain: bool = False) -> None:
        """`together`: every server of the script gets what it assigns, and not only those that name it. `certain`: all
        its lines count as those about servers do.
        """
        self._page = page
        self._passage = passage
        self._together = together
        self._otherwise = Evidence.SERVER if certain else Evidence.TEXT
        self._assigning: list[Command] = []
        self._passed: set[str] = set()
        self._blocks = 0
        self._quiet: set[str] = set()
        """Lines in which there is nothing: histories are full of repetitions."""
        self.starts = page.starts
        """Whether a server was started, added or called."""

    def through(self, view: View, shell: Shell, line: Line | None = None) -> Iterator[Found]:
        """All lines of `view`, each as `line` takes it, and the texts that stand among them."""
        for statement in statements(view, shell):
            if statement.language is not None:
                yield from self.block(statement)
            elif line is not None:
                yield from line(self, statement)
            else:
                yield from self.line(statement.view, shell, comment=statement.comment)

    def line(self, line: View, shell: Shell, *, comment: bool = False) -> Iterator[Found]:
        """A logical line of it."""
        text = line.text
        if text in self._quiet or len(text) > _LONGEST or not _WORTH.search(text):
            return
        before, quiet = len(self._assigning), not comment
        for words in commands(line, shell):
            for found in self.command(command_of(words), comment=comment):
                quiet = False
                yield found
        if quiet and len(self._assigning) == before:
            self._quiet.add(text)

    def command(self, command: Command, *, comment: bool = False) -> Iterator[Found]:
        """A command of it. In a comment, only one that adds a server is no sentence."""
        if comment:
            if command.adds:
                yield from slots_of(self._page, self._passage, command, Evidence.SERVER)
        elif command.concerns:
            self.starts = True
            self._passed |= {
                name
                for word in command.spoken
                for match in _REFERENCE.finditer(word[:_LONGEST])
                for name in match.groups()
                if name
            }
            self._passed |= set(command.passed)
            yield from slots_of(self._page, self._passage, command, Evidence.SERVER)
        elif sets_variables(command):
            self._assigning.append(command)
        else:
            evidence = Evidence.SERVER if self._page.starts and launches(command) else self._otherwise
            yield from slots_of(self._page, self._passage, command, evidence)

    def assigns(self, word: View) -> None:
        """`NAME=value` as one word."""
        self._assigning.append(command_of([word]))

    def block(self, statement: Statement) -> Iterator[Found]:
        """A text that stands in the script."""
        language = statement.language or ""
        inner = self._passage.inner(statement.view, self._blocks, language if is_readable(language) else "")
        self._blocks += 1
        self.starts = self.starts or speaks(statement.view.text)
        yield from read_within(self._page, inner)

    def end(self) -> Iterator[Found]:
        """What it assigned."""
        for command in self._assigning:
            named = any(name in self._passed or "MCP" in name.upper() for name in command.assigned)
            served = named or (self._together and self.starts)
            yield from slots_of(self._page, self._passage, command, Evidence.SERVER if served else self._otherwise)


Line: TypeAlias = "Callable[[Script, Statement], Iterator[Found]]"
"""What a reader makes of a line that its language spells in its own way."""


def read_script(
    page: Page,
    passage: Passage,
    shell: Shell,
    *,
    together: bool = True,
    certain: bool = False,
    line: Line | None = None,
) -> Iterator[Found]:
    """What a script holds, from top to bottom; see `Script` for the choices."""
    script = Script(page, passage, together=together, certain=certain)
    yield from script.through(passage.view, shell, line)
    yield from script.end()


def assignment(name: View, value: View) -> View:
    """`NAME=value` in one word, however the two are written."""
    return View(
        f"{name.text}={value.text}",
        [*name.starts, name.starts[-1], *value.starts],
        [*name.ends, name.ends[-1], *value.ends],
    )
