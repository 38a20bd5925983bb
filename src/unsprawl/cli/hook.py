"""`unsprawl hook FILES…`: the commit hook. Plain text, no click, no rich: it runs on every commit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from shlex import quote

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.commit_rules import Measured, measured
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding, Problem, Silenced, SlotKind
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.naming import FileNames
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings

HELP = """\
Usage: unsprawl hook FILES…

Check files for MCP secrets before they are committed. In a git repository the
staged content is checked, not the file on disk.

Exit codes: 0 clean; 1 a secret was found; 2 usage; 3 a file could not be
checked.
"""


def main(words: list[str]) -> int:
    """Check the named files. Options other than --help are refused: a hook that ignores one would pass silently."""
    cut = words.index("--") if "--" in words else len(words)
    options, paths = [word for word in words[:cut] if word.startswith("-")], words[cut + 1 :]
    if "--help" in options or "-h" in options:
        print(HELP, end="")
        return Exit.CLEAN
    if options:
        print("unsprawl: hook takes no options, only files", file=sys.stderr)
        print("  Put `--` before a file whose name begins with a dash.", file=sys.stderr)
        return Exit.USAGE
    checked = check([*words[:cut], *paths], Surroundings.here())
    findings, problems, silenced = checked.findings, checked.problems, checked.silenced
    REDACTOR.learn(finding.secret for finding in findings)
    REDACTOR.learn(each.finding.secret for each in silenced)
    for problem in problems:
        path = _shown(problem.path)
        where = f"{path}:{problem.line}" if problem.line else path
        print(f"unsprawl: {one_line(where)}: {one_line(problem.message)}", file=sys.stderr)
        if problem.hint:
            print(f"  {one_line(problem.hint)}", file=sys.stderr)
    if silenced:
        from unsprawl.scanner.suppress import tally

        print(f"unsprawl: {tally(silenced)}", file=sys.stderr)
    return _by_policy(checked)


def _by_policy(checked: Checked) -> Exit:
    """Tell what is found and what a policy says of it; answers the exit code."""
    findings, problems = checked.findings, checked.problems
    _, warnings, excused, tolerated = checked.measured
    for warning in warnings:
        where = f"{_shown(warning.path)}:{warning.line}"
        entry = f"{warning.entry}: " if warning.entry else ""
        print(f"unsprawl: {one_line(where)}: {one_line(entry)}{one_line(warning.message)}", file=sys.stderr)
    if findings:
        _show(findings)
    if excused:
        print(f"unsprawl: by your policy {len(excused)} of these do not keep you from committing", file=sys.stderr)
    if tolerated:
        print(f"unsprawl: {len(tolerated)} unchecked by leave of your policy", file=sys.stderr)
    if any(warning.severity for warning in warnings) or any(each.fingerprint not in excused for each in findings):
        return Exit.FOUND
    return Exit.INCOMPLETE if set(problems) - tolerated else Exit.CLEAN


class Checked(NamedTuple):
    """What the files hold, and by what that is measured."""

    measured: Measured
    problems: list[Problem]

    @property
    def findings(self) -> list[Finding]:
        return [finding for each in self.measured.examined for finding in each.findings]

    @property
    def silenced(self) -> list[Silenced]:
        return [silenced for each in self.measured.examined for silenced in each.silenced]


def check(paths: list[str], around: Surroundings) -> Checked:
    """Findings and problems of the files, as they are staged where they are, as they lie on disk otherwise."""
    from unsprawl.scanner.sources.repository import repository_of

    found: list[Examined] = []
    problems: list[Problem] = []
    trees: dict[str | None, dict[str, ConfigFile]] = {}
    others: dict[str, str | None] = {}
    for path in paths:
        full = os.path.normpath(os.path.join(around.cwd, path))
        file = named(full, around)
        # git follows no links to folders; the file itself may be a link, which is then what is staged.
        real = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
        top = repository_of(os.path.dirname(real))
        if file is not None:
            trees.setdefault(top, {})[real] = file
        else:
            others[real] = top
    here = repository_of(os.path.realpath(around.cwd))
    names = FileNames(around)
    for top, files in trees.items():
        for path, content in _contents(top, list(files), current=top == here, problems=problems):
            _examine(files[path], content, names, found, problems)
    if others and any(entry.env_files for examined in found for entry in examined.entries):
        found += tuple(_env_files(found, others, around, here, names, problems))
    return Checked(measured(found, around, problems, _staged(here), here=here), problems)


def _env_files(
    found: list[Examined],
    others: dict[str, str | None],
    around: Surroundings,
    here: str | None,
    names: FileNames,
    problems: list[Problem],
) -> Iterator[Examined]:
    """Those of the `others` that entries name as environment files; each is told with the first entry."""
    from unsprawl.scanner.env_files import as_env_file, examine_env_file
    from unsprawl.scanner.sources.env_paths import permitted

    for examined in found:
        for target in examined.env_files:
            path = next((path for path in permitted(target, examined.file, around)[0] if path in others), None)
            if path is None:
                continue
            top = others.pop(path)
            for _, content in _contents(top, [path], current=top == here, problems=problems):
                file = as_env_file(path, examined.file)
                result = (
                    content
                    if isinstance(content, Problem)
                    else examine_env_file(file, content, names.name(path), target.entry)
                )
                if isinstance(result, Examined):
                    problems += result.problems
                    yield result
                elif result.code != "empty":
                    problems.append(result)


def _staged(here: str | None) -> Callable[[str], bytes | None]:
    """What git has of a list, a baseline or a policy."""

    def content(path: str) -> bytes | None:
        from unsprawl.scanner.sources.repository import repository_of
        from unsprawl.scanner.sources.staged import staged

        top = repository_of(os.path.dirname(path))
        said = next(staged(top, [path], current=top == here)) if top is not None else None
        return said if isinstance(said, bytes) else None

    return content


def _contents(
    top: str | None, paths: list[str], *, current: bool, problems: list[Problem]
) -> Iterator[tuple[str, bytes | Problem]]:
    """What is to be checked of each file. A deleted file, and a link, hold nothing to check."""
    if top is None:
        yield from ((path, read(path)) for path in paths)
        return
    from unsprawl.scanner.sources.staged import committed, staged

    for path, content in zip(paths, staged(top, paths, current=current), strict=True):
        if isinstance(content, bytes):
            if not (os.path.islink(path) and content == os.fsencode(os.readlink(path))):
                yield path, content
            continue
        if content is not None:
            problems.append(content)
        elif not os.path.lexists(path) and committed(top, path):
            continue
        yield path, read(path)


def _examine(
    file: ConfigFile, content: bytes | Problem, names: FileNames, found: list[Examined], problems: list[Problem]
) -> None:
    if isinstance(content, Problem):
        problems.append(content)
        return
    # A file that no host is known to read is looked at only when it speaks of MCP at all.
    if not file.concerns(content):
        return
    result = examine(file, content, names.name(file.path))
    if isinstance(result, Problem):
        if result.code != "empty":
            problems.append(result)
        return
    found.append(result)
    problems += result.problems


def _shown(path: str) -> str:
    """The path as one would type it here."""
    try:
        path = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return f"./{path}" if path.startswith("-") else path


def _show(findings: list[Finding]) -> None:
    count = "1 secret" if len(findings) == 1 else f"{len(findings)} secrets"
    print(f"unsprawl: {count} in MCP configuration", file=sys.stderr)
    paths: dict[str, None] = {}
    env_files: dict[str, None] = {}
    copies: dict[str, None] = {}
    for finding in findings:
        place, slot = finding.place, finding.slot
        path = _shown(place.path)
        named_elsewhere = finding.entry is not None and finding.entry.path != place.path
        (copies if finding.copy else env_files if named_elsewhere else paths)[path] = None
        entry = f"{finding.entry.name} " if finding.entry else ""
        # The parameter of a URL within a variable is no field of the file: the variable is.
        own = slot.context.kind in (SlotKind.ENV, SlotKind.HEADER, SlotKind.FILE) and isinstance(slot.key_path[-1], str)
        field = f"{slot.context.kind.value} {slot.key_path[-1] if own else slot.context.name}".strip()
        field = "comment" if finding.commented and field == SlotKind.OTHER else field
        where = f"{one_line(path)}:{place.line}:{place.column}"
        print(f"  {where}  {one_line(entry)}{one_line(field)}: {finding.literal.reason}", file=sys.stderr)
    if paths:
        print("Take the value out and stage the file again:", file=sys.stderr)
    for path in paths:
        print(f"  unsprawl migrate {one_line(quote(path))} && git add {one_line(quote(path))}", file=sys.stderr)
    if env_files:
        print("Keep environment files out of git, and list them in .gitignore:", file=sys.stderr)
    for path in env_files:
        print(f"  git rm --cached {one_line(quote(path))}", file=sys.stderr)
    if copies:
        print("Keep copies out of git, and delete those that nobody needs:", file=sys.stderr)
    for path in copies:
        print(f"  git rm --cached {one_line(quote(path))}", file=sys.stderr)
    print("If it was ever pushed, revoke the key at its provider as well.", file=sys.stderr)
