"""`unsprawl hook`: the commit hook. Plain text, no click, no rich: it runs on every commit."""

from __future__ import annotations

import os
import sys

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.commit_check import Checked, check
from unsprawl.scanner.commit_files import Part, changed_files, named_files, tracked_files
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.current import WorkTrees
from unsprawl.scanner.surroundings import Surroundings

HELP = """\
Usage: unsprawl hook [--allow-unreadable] [--] FILES…
       unsprawl hook [--allow-unreadable] --staged | --all
       unsprawl hook --install | --uninstall [--dry-run] [--shared]

Check files for MCP secrets before they are committed. In a git repository the
staged content is checked, not the file on disk.

  --staged            Check what is staged: each file that differs from the
                      newest commit.
  --all               Check every file that git tracks here, as it is staged.
  --allow-unreadable  Tell of files that could not be checked, and let them
                      pass.
  --install           Let git check every commit of this repository. A hook
                      that is there already runs as before.
  --uninstall         Take that back.
  --dry-run           Show what --install or --uninstall would do.
  --shared            Install also where one folder of hooks serves several
                      repositories.

Exit codes: 0 clean or done; 1 a secret was found; 2 usage; 3 a file could not
be checked; 4 not installed, everything is as before.
"""
CHECKS = ("--staged", "--all", "--allow-unreadable")
INSTALLS = ("--install", "--uninstall", "--dry-run", "--shared")


def main(words: list[str]) -> int:
    """Check files, or install the hook. Unknown options are refused: a hook that ignores one would pass silently."""
    if words in (["--help"], ["-h"]):
        print(HELP, end="")
        return Exit.CLEAN
    cut = words.index("--") if "--" in words else len(words)
    options = [word for word in words[:cut] if word.startswith("-")]
    paths = [*(word for word in words[:cut] if not word.startswith("-")), *words[cut + 1 :]]
    for option in options:
        if option not in (*CHECKS, *INSTALLS):
            raise UsageError(
                f"hook knows no option {option}", hint="Put `--` before a file whose name begins with a dash."
            )
    around = Surroundings.here()
    if any(option in INSTALLS for option in options):
        from unsprawl.cli.hook_install import main as install

        return install(options, paths, around)
    problems: list[Problem] = []
    parts = _parts(options, paths, around, problems)
    return _tell(check(parts, around, problems), "--allow-unreadable" in options, around)


def _parts(options: list[str], paths: list[str], around: Surroundings, problems: list[Problem]) -> list[Part]:
    if "--staged" not in options and "--all" not in options:
        return named_files(paths, around)
    if paths or ("--staged" in options and "--all" in options):
        raise UsageError("hook: --staged, --all and files exclude one another", hint="See `unsprawl hook --help`.")
    top = WorkTrees(around).current
    if top is None:
        raise UsageError("there is no git repository here", hint="Name the files to check, or go into a repository.")
    if "--staged" in options:
        return changed_files([top], around, problems)
    return tracked_files(top, around, problems)


def _tell(checked: Checked, allow_unreadable: bool, around: Surroundings) -> Exit:
    findings, silenced = checked.findings, checked.silenced
    REDACTOR.learn(finding.secret for finding in findings)
    REDACTOR.learn(each.finding.secret for each in silenced)
    for problem in checked.problems:
        path = shown(problem.path)
        where = f"{path}:{problem.line}" if problem.line else path
        print(f"unsprawl: {one_line(where)}: {one_line(problem.message)}", file=sys.stderr)
        if problem.hint:
            print(f"  {one_line(problem.hint)}", file=sys.stderr)
    if silenced:
        from unsprawl.scanner.suppress import tally

        print(f"unsprawl: {tally(silenced)}", file=sys.stderr)
    return _by_policy(checked, allow_unreadable, around)


def _by_policy(checked: Checked, allow_unreadable: bool, around: Surroundings) -> Exit:
    """Tell what is found and what a policy says of it; answers the exit code."""
    findings = checked.findings
    _, warnings, excused, tolerated = checked.measured
    for warning in warnings:
        where = f"{shown(warning.path)}:{warning.line}"
        entry = f"{warning.entry}: " if warning.entry else ""
        print(f"unsprawl: {one_line(where)}: {one_line(entry)}{one_line(warning.message)}", file=sys.stderr)
    if findings:
        from unsprawl.cli.hook_message import message

        for line in message(checked, around):
            print(line, file=sys.stderr)
    if excused:
        print(f"unsprawl: by your policy {len(excused)} of these do not keep you from committing", file=sys.stderr)
    if tolerated:
        print(f"unsprawl: {len(tolerated)} unchecked by leave of your policy", file=sys.stderr)
    if any(warning.severity for warning in warnings) or any(each.fingerprint not in excused for each in findings):
        return Exit.FOUND
    return Exit.INCOMPLETE if set(checked.problems) - tolerated and not allow_unreadable else Exit.CLEAN


def shown(path: str) -> str:
    """The path as one would type it here."""
    try:
        path = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return f"./{path}" if path.startswith("-") else path
