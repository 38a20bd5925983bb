"""What the arguments of `probe` name: addresses as typed, entries by their names, or all of them."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.cli.output import REDACTOR
from unsprawl.cli.selection import examined
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.model import Problem
from unsprawl.scanner.oauth.observed import Target
from unsprawl.scanner.oauth.targets import Unprobed, address_of, bare, merged, target_of
from unsprawl.scanner.surroundings import Surroundings


def chosen(
    servers: tuple[str, ...], paths: tuple[str, ...], around: Surroundings
) -> tuple[list[Target], list[Problem], str]:
    """The servers to probe, each address once; what could not be read or probed; the root of shown paths.

    Without `servers`: every entry that calls a remote server. Raises UsageError for a name that no such entry has.
    """
    typed = [each for each in servers if "://" in each]
    names = [each for each in servers if "://" not in each]
    targets: list[Target] = []
    problems: list[Problem] = []
    for url in typed:
        made = bare(url)
        REDACTOR.learn(each.secret for each in made.secrets)
        if isinstance(made, Unprobed):
            raise UsageError(f"not probed: {made.reason}", hint=made.hint)
        targets.append(Target(made.url, made.left_out))
    root = around.cwd
    if names or not servers:
        files, problems, root = examined(paths, around)
        if names:
            problems = []  # what was asked for was found, or is not
        for file, found in _entries(files, names):
            one = target_of(found)
            if isinstance(one, Unprobed):
                REDACTOR.learn(each.secret for each in one.secrets)
                problems.append(_problem(file, found, one))
            else:
                targets.append(one)
    return merged(targets), problems, root


def _entries(files: list[Examined], names: list[str]) -> Iterator[tuple[Examined, ExaminedEntry]]:
    remote = [(file, found) for file in files for found in file.entries if address_of(found)]
    known = {found.entry.name for _, found in remote}
    for name in names:
        if name not in known:
            local = any(found.entry.name == name for file in files for found in file.entries)
            what = f"{name} calls no remote server" if local else f"no such entry: {name}"
            raise UsageError(what, hint="Give an address, with https://, or the name of an entry that has one.")
    return (each for each in remote if not names or each[1].entry.name in names)


def _problem(file: Examined, found: ExaminedEntry, why: Unprobed) -> Problem:
    message = f"{found.entry.name}: {why.reason}"
    return Problem(file.file.path, "not-probed", message, line=found.entry.line, hint=why.hint)
