"""Scripts of any shell: their command lines, what they assign, and the configuration that they write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.commands import Command, command_of, sets_variables, slots_of
from unsprawl.scanner.documents.reader import Evidence, Found, Page, Passage, is_readable, read_within
from unsprawl.scanner.documents.statements import statements
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.view import View

_WORTH = re.compile(
    r"(?i)mcp|key|token|secret|passw|pwd|auth|bearer|\bpat\b|_pat\b|cred|://[^\s/@]{1,200}@|dsn|connection|cookie|session"
)
"""A line without any of these holds no value that counts. What tells by itself is found elsewhere."""
_LONGEST = 32 * 1024
_REFERENCE = re.compile(
    r"\$(?:env:)?\{?([A-Za-z_][A-Za-z0-9_]{0,80})|(?:-e|--env)[ =]([A-Za-z_][A-Za-z0-9_]{0,80})(?![\w=])"
)


def read_script(page: Page, passage: Passage, shell: Shell, *, together: bool = True) -> Iterator[Found]:
    """What a script holds. `together`: what it assigns is for the servers that it starts."""
    assigning: list[Command] = []
    passed: set[str] = set()
    starts, blocks = False, 0
    for statement in statements(passage.view, shell):
        if statement.language is not None:
            language = statement.language if is_readable(statement.language) else ""
            inner = passage.inner(statement.view, blocks, language)
            blocks += 1
            yield from read_within(page, inner)
            continue
        line = statement.view
        if len(line.text) > _LONGEST or not _WORTH.search(line.text):
            continue
        for command in commands_of(line, shell):
            if command.concerns:
                if not (statement.comment and not command.adds):
                    yield from slots_of(page, passage, command, Evidence.SERVER)
                    starts = starts or not statement.comment
                    passed.update(name for match in _REFERENCE.finditer(line.text) for name in match.groups() if name)
            elif not statement.comment:
                if sets_variables(command):
                    assigning.append(command)
                else:
                    yield from slots_of(page, passage, command, Evidence.TEXT)
    for command in assigning:
        own = together and starts
        named = any(_assigned(word.text) in passed for word in command.words)
        yield from slots_of(page, passage, command, Evidence.SERVER if own or named else Evidence.TEXT)


def commands_of(line: View, shell: Shell) -> Iterator[Command]:
    """The commands of one logical line."""
    for words in commands(line, shell):
        yield command_of(words)


def _assigned(word: str) -> str:
    return word.partition("=")[0].removeprefix("$env:")
