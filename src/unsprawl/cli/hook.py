"""`unsprawl hook FILES…`: the commit hook. Plain text, no click, no rich: it runs on every commit."""

from __future__ import annotations

import os
import sys
from shlex import quote

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.examine import examine
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings

HELP = """\
Usage: unsprawl hook FILES…

Check files for MCP secrets before they are committed. In a git repository the staged content is
checked, not the file on disk. Exit code: 0 clean, 1 a secret was found, 3 a file could not be checked.
"""


def main(words: list[str]) -> int:
    """Check the named files. Options other than --help are refused: a hook that ignores one would pass silently."""
    if "--help" in words or "-h" in words:
        print(HELP, end="")
        return Exit.CLEAN
    options = [word for word in words if word.startswith("-") and word != "--"]
    if options:
        print("unsprawl: hook takes no options, only files", file=sys.stderr)
        return Exit.USAGE
    paths = [word for word in words if word != "--"]
    findings, problems = check(paths, Surroundings.here())
    REDACTOR.learn(finding.secret for finding in findings)
    for problem in problems:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        print(f"unsprawl: {one_line(where)}: {one_line(problem.message)}", file=sys.stderr)
    if findings:
        _show(findings)
        return Exit.FOUND
    return Exit.INCOMPLETE if problems else Exit.CLEAN


def check(paths: list[str], around: Surroundings) -> tuple[list[Finding], list[Problem]]:
    """Findings and problems of the files, as they are staged where they are, as they lie on disk otherwise."""
    from unsprawl.scanner.sources.repository import repository_of
    from unsprawl.scanner.sources.staged import staged

    findings: list[Finding] = []
    problems: list[Problem] = []
    candidates: dict[str, ConfigFile] = {}
    for path in paths:
        file = named(os.path.normpath(os.path.join(around.cwd, path)), around)
        if file is not None:
            candidates[path] = file
    in_repository = [path for path in candidates if repository_of(os.path.dirname(candidates[path].path)) is not None]
    contents = dict(staged(in_repository)) if in_repository else {}
    for path, file in candidates.items():
        data = contents.get(path)
        content = read(file.path) if data is None else data
        if isinstance(content, Problem):
            problems.append(content)
            continue
        # A file that no host is known to read is looked at only when it speaks of MCP at all.
        if not file.hosts[0] and b"mcp" not in content.lower():
            continue
        result = examine(file, content, path)
        if isinstance(result, Problem):
            if result.code != "empty":
                problems.append(result)
            continue
        findings += result.findings
        problems += result.document.problems
    return findings, problems


def _show(findings: list[Finding]) -> None:
    count = "1 secret" if len(findings) == 1 else f"{len(findings)} secrets"
    print(f"unsprawl: {count} in MCP configuration", file=sys.stderr)
    here = os.getcwd()
    paths: dict[str, None] = {}
    for finding in findings:
        place = finding.place
        path = os.path.relpath(place.path, here)
        paths[path] = None
        entry = f"{finding.entry.name} " if finding.entry else ""
        key = finding.slot.context.name
        field = f"{finding.slot.context.kind.value} {key}".strip()
        print(
            f"  {one_line(path)}:{place.line}:{place.column}  {one_line(entry)}{one_line(field)}: {finding.literal.reason}",
            file=sys.stderr,
        )
    print("Take the value out and stage the file again:", file=sys.stderr)
    for path in paths:
        print(f"  unsprawl migrate {one_line(quote(path))} && git add {one_line(quote(path))}", file=sys.stderr)
    print("If it was ever pushed, revoke the key at its provider as well.", file=sys.stderr)
