"""Dockerfiles: what they set, and the command lines that they run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.command_line import command_of
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script, assignment, read_script
from unsprawl.scanner.documents.statements import Statement
from unsprawl.scanner.embedded import strings_of_json
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.view import View

_INSTRUCTION = re.compile(r"(?:ONBUILD[ \t]++)?([A-Za-z]{3,11})[ \t]++(?:CMD[ \t]++)?(?:--\S{1,200}[ \t]++){0,8}")
_SETS = ("ENV", "ARG")
_RUNS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL")
_FROM = ("FROM", "COPY", "ADD", "LABEL", "WORKDIR")
_INNER_COMMENT = re.compile(r"^[ \t]*+#[^\n\r]*+(?:\r\n|\n|\r)", re.MULTILINE)


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What an image that serves MCP is built with."""
    return read_script(page, passage._replace(view=_without_comments(passage.view)), Shell.POSIX, line=_instruction)


def _instruction(script: Script, statement: Statement) -> Iterator[Found]:
    instruction = None if statement.comment else _INSTRUCTION.match(statement.view.text)
    if instruction is None:
        return
    rest = statement.view.cut(instruction.end(), len(statement.view.text))
    word = instruction[1].upper()
    if word in _SETS:
        for name in _set(rest):
            script.assigns(name)
    elif word in _RUNS:
        yield from _run(script, rest)
    elif word in _FROM:
        script.starts = script.starts or speaks(rest.text[:500])


def _without_comments(view: View) -> View:
    """Comments may stand between the lines of one instruction."""
    if "#" not in view.text:
        return view
    return view.replaced(_INNER_COMMENT, lambda match: "")


def _set(rest: View) -> Iterator[View]:
    """`NAME=value …`, or `NAME value` as older ones have it."""
    for words in commands(rest):
        if words and "=" not in words[0].text:
            if len(words) > 1:
                yield assignment(words[0], rest.cut(_offset(rest, words[1]), len(rest.text)))
            return
        yield from (word for word in words if "=" in word.text)


def _offset(rest: View, word: View) -> int:
    """Where in `rest` a word of it begins."""
    return next((at for at, start in enumerate(rest.starts) if start >= word.starts[0]), len(rest.text) - 1)


def _run(script: Script, rest: View) -> Iterator[Found]:
    """A line for the shell, or a list of words."""
    strings = strings_of_json(rest) if rest.text.lstrip()[:1] == "[" else None
    if strings:
        yield from script.command(command_of([view for _, view in strings]))
    else:
        yield from script.line(rest, Shell.POSIX)
