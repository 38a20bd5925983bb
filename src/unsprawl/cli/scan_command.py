"""`unsprawl scan`."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from unsprawl.cli.baseline_options import baseline_options
from unsprawl.cli.delivery import Destination, deliver, destination
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import by_own_policy, own, policy_option
from unsprawl.cli.own_rules import rules_option, use_own_rules
from unsprawl.cli.progress import Progress
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.model import Confidence, Severity
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.formats import FORMATS, Request
from unsprawl.scanner.suppress import Limits
from unsprawl.scanner.surroundings import Surroundings, full_path

if TYPE_CHECKING:
    from unsprawl.cli.baselines import Comparison
    from unsprawl.scanner.baseline import Baseline
    from unsprawl.scanner.policy import Policy
    from unsprawl.scanner.scan import ScanResult


@click.command("scan")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--format", "output", type=click.Choice(list(FORMATS)), default="terminal", help="How to show it.")
@click.option("--output", "-o", "file", type=click.Path(), metavar="FILE", help="Write the report to a file.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out files or folders; may be repeated.")
@rules_option
@policy_option
@baseline_options
@click.option("--no-ignore", is_flag=True, help="Show what allow comments and ignore lists silence.")
@click.option("--min-severity", type=click.Choice(list(map(str, reversed(Severity)))), default="low",
              show_default=True, help="Leave out what is less severe.")  # fmt: skip
@click.option("--min-confidence", type=click.Choice(list(map(str, reversed(Confidence)))), default="low",
              show_default=True, help="Leave out what is less sure.")  # fmt: skip
@click.option(
    "--thorough/--quick",
    default=None,
    help="Also open configuration files whose name says nothing. Default: everywhere but in a home folder.",
)
@click.option("--history", is_flag=True, help="Look through all commits of a git repository instead of files.")
@click.option("--range", "commits", metavar="BASE..HEAD", help="With --history: only what these commits add.")
@click.option("--paths-only", is_flag=True, help="With --history: only files whose names say enough; quick.")
@click.option("--unreachable", is_flag=True, help="With --history: also what no branch, tag or stash reaches.")
@click.option("--strict", is_flag=True, help="Exit 3 when anything could not be checked, even if secrets were found.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing; the exit code tells.")
@click.option(
    "--verbose", "-v", is_flag=True, help="Also list every entry with its approach, and the folders that were left out."
)
def command(
    paths: tuple[str, ...],
    output: str,
    file: str | None,
    exclude: tuple[str, ...],
    own_rules: tuple[str, ...],
    policy: str | None,
    baseline: str | None,
    update: bool,
    triage: bool,
    no_ignore: bool,
    min_severity: str,
    min_confidence: str,
    thorough: bool | None,
    history: bool,
    commits: str | None,
    paths_only: bool,
    unreachable: bool,
    strict: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Find literal secrets in MCP configurations.

    Without PATHS: the configuration files of this user's hosts, and the current repository. With folders: every file
    below them that an MCP host may read. Nothing is changed and nothing leaves this machine.

    A comment `unsprawl:allow` beside a value, and lines of an `.unsprawlignore`, silence what is meant to stay; so does
    each of the filters. What is not shown is counted, and does not make the exit code 1. With --baseline only new
    secrets count: those at places that the baseline does not know. Your policy, and those of the scanned folders, may
    demand more of an entry than that it holds no secret.

    With --history: what was ever committed to the repository at PATH (default: here), in all branches, tags, stashes
    and notes, with the commits that introduced and removed it. A secret that was removed later is still there for
    everybody who has a clone: replace it first.

    Exit code 1 means that secrets were found.
    """
    gc.disable()  # trees without cycles, made and dropped by the thousand: looking for cycles is a tenth of the time
    around = Surroundings.here()
    use_own_rules(own_rules)
    to = destination(file, around)
    if baseline and os.path.isdir(full_path(baseline, around)):
        paths, baseline = (baseline, *paths), ""  # `--baseline .`: no baseline is a folder
    if triage:
        from unsprawl.cli.triage import can_ask

        can_ask()
        if update:
            raise UsageError("--triage asks about each, --update-baseline takes all", hint="Choose one of the two.")
    mine = own(policy, around)
    by = None
    if baseline is not None or update or triage:
        from unsprawl.cli.baselines import comparison

        by = comparison(baseline, paths, around, writes=update or triage)
    limits = Limits(Severity(min_severity), Confidence(min_confidence), ignore=not no_ignore)
    if history:
        result = _history(paths, exclude, limits, around, commits, paths_only, unreachable, thorough, quiet)
        result = by_own_policy(result, mine, around)
    elif commits is not None or paths_only or unreachable:
        raise UsageError("--range, --paths-only and --unreachable go with --history", hint="Add --history.")
    else:
        result = _files(paths, exclude, limits, around, thorough, by.baseline if by else None, mine, quiet)
    REDACTOR.learn(finding.secret for finding in result.findings)
    REDACTOR.learn(each.finding.secret for each in result.silenced)
    if by is not None:
        result = _compared(result, by, around, update, triage, quiet)
    if to is not None or not quiet:
        _show(result, output, to, around, paths, own_rules, verbose)
    if to is not None and not quiet:
        counts = f"findings: {len(result.findings)}, problems: {len(result.problems)}"
        print(f"unsprawl: the report is in {one_line(to.shown)} ({counts})", file=sys.stderr)
    return exit_code(result, strict=strict)


def _files(
    paths: tuple[str, ...],
    exclude: tuple[str, ...],
    limits: Limits,
    around: Surroundings,
    thorough: bool | None,
    known: Baseline | None,
    policy: Policy | None,
    quiet: bool,
) -> ScanResult:
    from unsprawl.scanner.scan import run_scan
    from unsprawl.scanner.selection import ScanOptions

    options = ScanOptions(paths, exclude, limits, thorough, baseline=known, policy=policy)
    with Progress(quiet=quiet) as progress:
        return run_scan(options, around, progress.examined)


def _compared(
    result: ScanResult, by: Comparison, around: Surroundings, update: bool, triage: bool, quiet: bool
) -> ScanResult:
    """With what the baseline says, as it was, is written now, or as the user decides."""
    from unsprawl.cli.baselines import judged, rewritten

    result = judged(result, by, around)
    if update:
        return judged(result, rewritten(result, by, around, quiet=quiet), around)
    if triage:
        from unsprawl.cli.triage import triaged

        return judged(result, triaged(result, by, around), around)
    return result


def _history(
    paths: tuple[str, ...],
    exclude: tuple[str, ...],
    limits: Limits,
    around: Surroundings,
    commits: str | None,
    paths_only: bool,
    unreachable: bool,
    thorough: bool | None,
    quiet: bool,
) -> ScanResult:
    """Raises UsageError for options that do not go together.

    Git is started before most of the program is loaded: no import above must lead to what examines files.
    """
    from unsprawl.scanner.history.scan import HistoryOptions, scan_history

    if len(paths) > 1:
        raise UsageError("--history looks at one repository at a time", hint="Name one, or none for the current one.")
    if sum((commits is not None, paths_only, unreachable)) > 1:
        raise UsageError("--range, --paths-only and --unreachable do not go together", hint="Choose one of them.")
    if thorough is not None:
        raise UsageError(
            "--thorough and --quick are for files",
            hint="History: all of it by default, --paths-only for the quick pass.",
        )
    if commits == "":
        raise UsageError("--range: this is no range of commits", hint="For example: --range origin/main..HEAD")
    options = HistoryOptions(paths[0] if paths else "", commits or "", paths_only, unreachable, exclude, limits)
    with Progress(quiet=quiet) as progress:
        return scan_history(options, around, progress.blobs)


def exit_code(result: ScanResult, *, strict: bool) -> Exit:
    """1 beats 3, unless `strict`, which no policy makes laxer."""
    if strict and not result.complete:
        return Exit.INCOMPLETE
    if result.fails:
        return Exit.FOUND
    return Exit.INCOMPLETE if result.falls_short else Exit.CLEAN


def _show(
    result: ScanResult,
    output: str,
    to: Destination | None,
    around: Surroundings,
    paths: tuple[str, ...],
    own_rules: tuple[str, ...],
    verbose: bool,
) -> None:
    from unsprawl.scanner.sources.repository import repository_of
    from unsprawl.vault.identity import identifier

    request = Request(
        result=result,
        redactor=REDACTOR,
        identify=identifier(),
        base=repository_of(result.root) or result.root,
        home=around.home,
        cwd=around.cwd,
        asked=[full_path(path, around) for path in paths],
        rules=[full_path(path, around) for path in own_rules],
        verbose=verbose,
        screen=sys.stdout if to is None else None,
    )
    chosen = FORMATS[output]
    deliver(chosen.render(request), to, exact=chosen.exact)
