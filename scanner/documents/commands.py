"""Command lines that add, start or call a server, to slots: `claude mcp add … -e KEY=…`, `npx -y x-mcp --api-key …`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unsprawl.rules.bundle import DOCUMENTS
from unsprawl.scanner import parts
from unsprawl.scanner.arguments import ENV_FLAGS, HEADER_FLAGS, Argument, arguments, flag_of
from unsprawl.scanner.documents.command_line import ASSIGNMENT, SETTING, VARIABLE, Command, command_of
from unsprawl.scanner.documents.config import configured
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Candidate, Evidence, Page, Passage
from unsprawl.scanner.model import Context, Entry, SlotKind, Transport
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.slots import SlotGroup, slot_group, url_group
from unsprawl.scanner.vendors import named_by_vendor
from unsprawl.scanner.view import View

_LINES = frozenset(DOCUMENTS["commands"]["line_flags"])
_HEADER_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}\s*[:=]")


def slots_of(page: Page, passage: Passage, command: Command, evidence: Evidence) -> Iterator[Candidate]:
    """The values of a command line."""
    entry = _entry(page, passage, command) if command.concerns else None
    package = package_of(command.line) if command.line else ""
    host = parts.host_of(command.url)
    skipped: set[int] = set()
    for index, word in enumerate(command.words):
        if index and command.words[index - 1].text in _LINES and " " in word.text and not command.nested:
            skipped.add(index)
            for words in commands(word):
                inner = command_of(words)._replace(nested=True, name=command.name)
                yield from slots_of(page, passage, inner, Evidence.SERVER)
        if word.text[:1] in ("{", "[") and (command.adds or speaks(word.text)):
            stretch = Passage(word, passage.path)
            found = configured(page, stretch, guessed=not command.adds, name=command.name)
            if found:
                skipped.add(index)
                yield from found
    yield from _set(page, passage, command, evidence, entry)
    for argument in arguments(command.spoken):
        if argument.word in skipped or argument.end <= argument.start:
            continue
        view = command.words[argument.word].cut(argument.start, argument.end)
        if evidence is Evidence.TEXT and not _may_count(argument.name, view):
            continue
        group = _group(page, passage, command.spoken, argument, view, package, host, adds=command.adds)
        yield Candidate(group, evidence, passage.path, entry)


def _may_count(name: str, view: View) -> bool:
    """Whether a value of no server may count: its name is a vendor's, or it is an address.

    What tells by itself is found in every line.
    """
    return "://" in view.text or bool(name and named_by_vendor(Context(SlotKind.ENV, name)))


def _set(
    page: Page, passage: Passage, command: Command, evidence: Evidence, entry: Entry | None
) -> Iterator[Candidate]:
    """`setx NAME value`, which has neither sign nor flag."""
    spoken = command.spoken
    if spoken and spoken[0].lower() in SETTING:
        operands = [at for at in range(1, len(spoken)) if not spoken[at].startswith(("-", "/"))]
        if len(operands) >= 2 and VARIABLE.fullmatch(spoken[operands[0]]) and spoken[operands[1]]:
            context = Context(SlotKind.ENV, spoken[operands[0]])
            group = slot_group(context, passage.path, page.node, command.words[operands[1]])
            yield Candidate(group, evidence, passage.path, entry)


def _group(
    page: Page,
    passage: Passage,
    spoken: Sequence[str],
    argument: Argument,
    view: View,
    package: str,
    host: str,
    *,
    adds: bool,
) -> SlotGroup:
    """The value of an argument as the kind of slot that it is to the server."""
    flag = _flag(spoken, argument)
    if argument.role == "header":
        return slot_group(Context(SlotKind.HEADER, argument.name, "", package, host), passage.path, page.node, view)
    if not argument.role and (flag in ENV_FLAGS or ASSIGNMENT.match(spoken[argument.word])):
        return slot_group(Context(SlotKind.ENV, argument.name, "", package), passage.path, page.node, view)
    if adds and flag in HEADER_FLAGS | {"-h"} and not argument.role:
        return slot_group(Context(SlotKind.HEADER, argument.name, "", package, host), passage.path, page.node, view)
    if not argument.role and "://" in view.text[:20] and " " not in view.text:
        return url_group(page.node, passage.path, view, package)
    role = argument.role
    if not role and (flag in _LINES or (adds and " " in view.text and not _HEADER_LIKE.match(view.text))):
        role = Shell.POSIX
    sent = host if role in ("header", "login") else ""
    return slot_group(Context(SlotKind.ARG, argument.name, role, package, sent), passage.path, page.node, view)


def _flag(spoken: Sequence[str], argument: Argument) -> str:
    """The flag whose value the argument is, with its dashes; "" for an operand."""
    own = flag_of(spoken[argument.word])
    if own is not None:
        return own[0]
    before = spoken[argument.word - 1] if argument.word else ""
    return before if flag_of(before) == (before, 0) else ""


def _entry(page: Page, passage: Passage, command: Command) -> Entry:
    """The server that the line is about."""
    remote = command.url.startswith(("http://", "https://")) and (not command.line or "://" in command.line[0])
    start = command.words[0].starts[0]
    package = package_of(command.line)
    telling = package if speaks(package) else parts.host_of(command.url) or package
    return Entry(
        path=page.file.path,
        key_path=passage.path,
        name=command.name or telling,
        hosts=page.file.hosts,
        line=page.line(start),
        transport=Transport.HTTP if remote else Transport.STDIO,
        command=command.line,
        url=command.url,
        package=package,
    )


def about_servers(page: Page, passage: Passage, line: View) -> Iterator[Candidate]:
    """The values of those commands of a line that add, start or call a server."""
    for words in commands(line):
        command = command_of(words)
        if command.concerns:
            yield from slots_of(page, passage, command, Evidence.SERVER)
