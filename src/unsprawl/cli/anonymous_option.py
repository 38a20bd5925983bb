"""`scan --anonymous --as NAME`: the options, as one argument of the command. Light: every scan imports it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING

import click

from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unsprawl.rewriters.moved import Moved
    from unsprawl.scanner.policy import Policy
    from unsprawl.scanner.scan import ScanResult

MOST = 10_000
"""So many places fit into one document, and as many entries."""


class AnonymousAsked(NamedTuple):
    """What the options say."""

    asked: bool = False
    name: str = ""
    key: bytes = b""

    def __repr__(self) -> str:
        return f"AnonymousAsked({self.asked})"


def anonymous_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options, which the command gets as `anonymous`."""

    @click.option("--anonymous", "is_anonymous", is_flag=True,
                  help="With --format json: for `unsprawl team report`, without paths and names of yours.")  # fmt: skip
    @click.option("--as", "as_", metavar="NAME", help="With --anonymous: what you are called in the report.")
    @wraps(command)
    def taking(*words: object, is_anonymous: bool, as_: str | None, **more: object) -> int:
        options = _checked(is_anonymous, as_, more) if is_anonymous or as_ is not None else AnonymousAsked()
        return command(*words, anonymous=options, **more)

    return taking


def _checked(asked: bool, name: str | None, options: dict[str, object]) -> AnonymousAsked:
    """Raises UsageError, before anything is scanned."""
    from unsprawl.scanner.report.team.people import name_fault
    from unsprawl.vault.team_key import needed

    if not asked:
        raise UsageError("--as goes with --anonymous", hint="Add --anonymous, or leave it out.")
    if options["output"] != "json":
        raise UsageError("--anonymous is a document for the team's report", hint="Add --format json.")
    if name is None:
        raise UsageError("--anonymous needs a name", hint="--as NAME: what you are called in the report.")
    fault = name_fault(name)
    if fault:
        raise UsageError(f"--as: {fault}", hint="Take the name that the team's policy lists, such as ada.")
    if options["staged"]:
        raise UsageError("--anonymous is for files and their history", hint="Leave --staged out.")
    try:
        return AnonymousAsked(True, name, needed())
    except VaultError as error:
        raise UsageError(error.message, hint=error.hint) from None


def looked(paths: Sequence[str], around: Surroundings) -> str:
    """What a scan of these paths has seen: all of a user's host files, or only what was named."""
    from unsprawl.scanner.surroundings import full_path

    whole = not paths or any(around.comparable(full_path(path, around)) in _homes(around) for path in paths)
    return "machine" if whole else "paths"


def _homes(around: Surroundings) -> frozenset[str]:
    return frozenset((*map(around.comparable, around.homes), *around.comparable_homes))


def with_moved(result: ScanResult) -> tuple[ScanResult, Sequence[Moved]]:
    """The scan with what could not be looked into besides, and the secrets that left all files."""
    from unsprawl.cli.output import REDACTOR
    from unsprawl.rewriters.moved import moved_secrets

    if result.history is not None:
        return result, ()
    moved, problems = moved_secrets(each.secret for each in result.findings)
    REDACTOR.learn(each.secret for each in moved)
    return result._replace(problems=(*result.problems, *problems)), moved


def anonymous_pieces(
    result: ScanResult,
    moved: Sequence[Moved],
    asked: AnonymousAsked,
    paths: Sequence[str],
    around: Surroundings,
    policy: Policy | None,
    *,
    validated: bool,
) -> Iterator[str]:
    """The document, with what this machine remembers of secrets that are dead. `policy`: the user's own."""
    from datetime import UTC, datetime
    from functools import cache

    from unsprawl.rewriters.revoked import memory_or_none
    from unsprawl.scanner.report.anonymous_json import Anonymous, anonymous_json, is_shared, parts
    from unsprawl.vault.identity import identifier
    from unsprawl.vault.key_file import digest
    from unsprawl.vault.machine_key import machine_key
    from unsprawl.vault.team_key import name_of

    if max(len(result.findings), len(result.entries)) > MOST:
        raise UsageError(f"more than {MOST} places do not fit into one document", hint="Name fewer paths.")
    tell_stranger(asked.name, around, policy)
    memory = memory_or_none()
    team = name_of(asked.key)
    machine = machine_key()
    about = Anonymous(
        name=asked.name,
        team_key=team,
        when=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        looked=looked(paths, around),
        validated=validated,
        identify=identifier(lambda: asked.key),
        # With the machine's key: whoever has the team's could else find out a path by trying.
        place=lambda path: digest(machine, "anonymous place", team, path),
        machine=digest(machine, "anonymous machine", team),
        ended=lambda secret: dead.how if memory is not None and (dead := memory.of(secret)) is not None else None,
        moved=moved,
        shared=cache(lambda path: is_shared(path, around)),
    )
    return parts(anonymous_json(result, about))


def tell_stranger(name: str, around: Surroundings, policy: Policy | None) -> None:
    """Say that the policy of the current repository, or the user's own, names others; it is no fault."""
    from unsprawl.cli.team_report_command import members_here
    from unsprawl.scanner.report.team.people import same

    own = policy.team.members if policy is not None and policy.team is not None else ()
    members = members_here(around) or own
    if members and same(name) not in map(same, members):
        print(f"unsprawl: the team's policy names {', '.join(members)}, and nobody called {name}", file=sys.stderr)
