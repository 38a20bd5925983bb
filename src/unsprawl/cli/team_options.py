"""The options of `team init`: each says what a question would ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import click

from unsprawl.rewriters.policy_draft import ENTRIES, PROVIDERS, Answers, Subject
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.people import counted
from unsprawl.scanner.policy_parts import close, providers
from unsprawl.scanner.policy_reader import TARGETS
from unsprawl.scanner.policy_team_reader import unknown_host
from unsprawl.scanner.report.team.people import name_fault

_T = TypeVar("_T")
NONE = "none"
"""A target that says that the policy names none."""
ENTRY = "entry:"
"""Before the name of an entry that is called as a provider is."""


class Plain(click.ParamType[str]):
    """What a team or a member is called."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if fault := name_fault(str(value)):
            self.fail(fault, param, ctx)
        return str(value)


class HostId(click.ParamType[str]):
    """The id of a host."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if unknown := unknown_host(str(value)):
            self.fail(unknown, param, ctx)
        return str(value)


class Count(click.ParamType[tuple[str, int]]):
    """How many people, or NAME=how many."""

    name = "people"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        name, _, number = str(value).rpartition("=")
        count = counted(number)
        if not count or ("=" in value and not name):
            self.fail("it is a number from 1 up, or `many`; of one server NAME=number", param, ctx)
        return name, count


class Move(click.ParamType[tuple[str, str]]):
    """NAME=target."""

    name = "move"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, _, target = str(value).rpartition("=")
        if not name:
            self.fail("it is NAME=target, of a provider or an entry", param, ctx)
        if target not in (*TARGETS, NONE):
            self.fail(f"no such target; known are {', '.join((*TARGETS, NONE))}", param, ctx)
        return name, target


def subject_of(name: str, known: Iterable[Subject], entries: Collection[str], option: str) -> Subject:
    """The provider or the entry of that name. `known`: those that were found, or that the policy has; `entries`: the
    names of all entries here. Raises UsageError for what is neither.
    """
    if name.startswith(ENTRY):
        return Subject(ENTRIES, name.removeprefix(ENTRY))
    spelled = {each.key: each for each in known}
    for subject in (Subject(PROVIDERS, name), Subject(ENTRIES, name)):
        if subject.key in spelled:
            return spelled[subject.key]
    if name.casefold() in providers():
        return Subject(PROVIDERS, name)
    if name in entries:
        return Subject(ENTRIES, name)
    near = close(name, [each.name for each in spelled.values()] or sorted(providers()))
    raise UsageError(
        f"{option}: no provider, and no server here, has one of these names{near}",
        hint=f"`{ENTRY}NAME` names a server that is configured elsewhere.",
    )


def with_said(said: Iterable[tuple[Subject, _T]], more: Iterable[tuple[Subject, _T]]) -> tuple[tuple[Subject, _T], ...]:
    """What is said of each subject, the later word counting."""
    found = {subject.key: (subject, value) for subject, value in (*said, *more)}
    return tuple(found.values())


def missing(answers: Answers) -> list[str]:
    """The options without which nothing can be written unasked."""
    needed = {"--name": answers.name, "--member": answers.members}
    return [option for option, value in needed.items() if not value]
