"""`unsprawl scan`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from unsprawl.cli.anonymous_option import AnonymousAsked, anonymous_options
from unsprawl.cli.baseline_options import baseline_options
from unsprawl.cli.delivery import Destination, deliver, destination
from unsprawl.cli.history import HistoryAsked, history_options, scanned_history
from unsprawl.cli.limits import limit_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import by_own_policy, own, policy_option
from unsprawl.cli.own_rules import rules_option, use_own_rules
from unsprawl.cli.progress import Progress
from unsprawl.cli.sections import Sectioned
from unsprawl.cli.validate_options import ValidateAsked, validate_options
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.formats import FORMATS, Request
from unsprawl.scanner.suppress import Limits
from unsprawl.scanner.surroundings import Surroundings, full_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unsprawl.cli.baselines import Comparison
    from unsprawl.rewriters.moved import Moved
    from unsprawl.scanner.examine import Examined
    from unsprawl.scanner.scan import ScanResult
    from unsprawl.scanner.validate.told import Gathering

SECTIONS = {
    "What is looked at": (
        "--exclude", "--thorough", "--rules", "--staged", "--history", "--range", "--paths-only", "--unreachable",
    ),
    "What counts": (
        "--baseline", "--update-baseline", "--triage", "--policy", "--no-ignore", "--min-severity", "--min-confidence",
        "--strict",
    ),
    "What the vendors say": ("--validate", "--experimental", "--costly", "--allow-host", "--yes"),
    "What is shown": ("--format", "--output", "--anonymous", "--as", "--quiet", "--verbose"),
}  # fmt: skip


@click.command("scan", cls=Sectioned, sections=SECTIONS)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out files or folders; may be repeated.")
@click.option(
    "--thorough/--quick",
    default=None,
    help="Also open configuration files whose name says nothing. Default: everywhere but in a home folder.",
)
@rules_option
@click.option("--staged", is_flag=True, help="Scan what is staged in git, not the files on disk.")
@history_options
@baseline_options
@policy_option
@limit_options
@validate_options
@click.option("--strict", is_flag=True, help="Exit 3 when anything could not be checked, even if secrets were found.")
@click.option("--format", "output", type=click.Choice(list(FORMATS)), default="terminal", help="How to show it.")
@click.option("--output", "-o", "file", type=click.Path(), metavar="FILE", help="Write the report to a file.")
@anonymous_options
@click.option("--quiet", "-q", is_flag=True, help="Print nothing; the exit code tells.")
@click.option(
    "--verbose", "-v", is_flag=True, help="Also list every entry with its approach, and the folders that were left out."
)
def command(
    paths: tuple[str, ...],
    output: str,
    file: str | None,
    staged: bool,
    exclude: tuple[str, ...],
    own_rules: tuple[str, ...],
    policy: str | None,
    baseline: str | None,
    update: bool,
    triage: bool,
    limits: Limits,
    thorough: bool | None,
    history: HistoryAsked,
    validate: ValidateAsked,
    anonymous: AnonymousAsked,
    strict: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Find literal secrets in MCP configurations.

    Without PATHS: the configuration files of this user's hosts, and the current repository. With folders: every file
    below them that an MCP host may read, and in other folders than a home documents and programs that speak of MCP.
    Nothing is changed, and without --validate nothing leaves this machine.

    A comment `unsprawl:allow` beside a value, and lines of an `.unsprawlignore`, silence what is meant to stay; so does
    each of the filters. What is not shown is counted, and does not make the exit code 1. With --baseline only new
    secrets count: those at places that the baseline does not know. Your policy, and those of the scanned folders, may
    demand more of an entry than that it holds no secret.

    With --history: what was ever committed to the repository at PATH (default: here), in all branches, tags, stashes
    and notes, with the commits that introduced and removed it. A secret that was removed later is still there for
    everybody who has a clone: replace it first.

    With --validate: asks each vendor once about each secret, after it showed which hosts get how many. A secret goes to
    the host that its rule names, over verified https, and never along a redirect.

    With --format json --anonymous --as NAME: a document for `unsprawl team report`, which a colleague may read. It
    needs the team's key (`unsprawl team key`), and holds no path and no name of a server, account or variable of yours.

    Exit code 1 means that secrets were found.
    """
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
    known = by.baseline if by is not None else None
    options = ScanOptions(paths, exclude, limits, thorough, baseline=known, policy=mine)
    gathering = _gathering(validate)
    result = _scanned(options, around, history, gathering, staged=staged, compared=by is not None, quiet=quiet)
    REDACTOR.learn(finding.secret for finding in result.findings)
    REDACTOR.learn(each.finding.secret for each in result.silenced)
    if by is not None:
        result = _compared(result, by, around, update=update, triage=triage, quiet=quiet)
    interrupted = False
    if gathering is not None:
        from unsprawl.cli.validating import validated

        result, interrupted = validated(result, gathering, validate, around, quiet=quiet)
    moved: Sequence[Moved] = ()
    if anonymous.asked:
        from unsprawl.cli.anonymous_option import with_moved

        result, moved = with_moved(result)
    if to is not None or not quiet:
        # What is staged is repaired file by file: `migrate` alone would go through the user's own files.
        named = paths or (tuple(dict.fromkeys(each.place.path for each in result.findings)) if staged else ())
        if anonymous.asked:
            from unsprawl.cli.anonymous_option import anonymous_pieces

            made = anonymous_pieces(result, moved, anonymous, paths, around, mine, validated=validate.asked)
            deliver(made, to, exact=True)
        else:
            _show(result, output, to, around, named, own_rules, verbose)
    if to is not None and not quiet:
        counts = f"findings: {len(result.findings)}, problems: {len(result.problems)}"
        print(f"unsprawl: the report is in {one_line(to.shown)} ({counts})", file=sys.stderr)
    return Exit.INTERRUPTED if interrupted else exit_code(result, strict=strict)


def _gathering(validate: ValidateAsked) -> Gathering | None:
    """What keeps the settings beside each secret, where its vendor will be asked."""
    if not validate.asked:
        return None
    from unsprawl.scanner.validate.told import Gathering

    return Gathering()


def _scanned(
    options: ScanOptions,
    around: Surroundings,
    history: HistoryAsked,
    gathering: Gathering | None,
    *,
    staged: bool,
    compared: bool,
    quiet: bool,
) -> ScanResult:
    """What is staged, what was ever committed, or files. Raises UsageError for options that do not go together.

    For history, git is started before most of the program is loaded: no import above may lead to what examines files.
    """
    if staged:
        if history.asked or history.parts or options.thorough is not None:
            raise UsageError(
                "--staged goes neither with --history and its options nor with --thorough and --quick",
                hint="It looks into every file that is staged, and into nothing else.",
            )
        if compared:
            raise UsageError(
                "--staged goes by the baseline of its repository, as that is staged",
                hint="--baseline, --update-baseline and --triage are for files on disk.",
            )
        from unsprawl.scanner.scan_staged import run_staged

        return run_staged(options, around, gathering.examined if gathering is not None else None)
    if history.asked:
        fresh = gathering.version if gathering is not None else None
        return by_own_policy(scanned_history(history, options, around, fresh, quiet=quiet), options.policy, around)
    if history.parts:
        raise UsageError("--range, --paths-only and --unreachable go with --history", hint="Add --history.")
    from unsprawl.rewriters.exports import exported
    from unsprawl.scanner.scan import run_scan

    options = options._replace(exported=exported())
    with Progress(quiet=quiet) as progress:

        def examined(file: Examined) -> None:
            progress.examined(file)
            if gathering is not None:
                gathering.examined(file)

        return run_scan(options, around, examined)


def _compared(
    result: ScanResult, by: Comparison, around: Surroundings, *, update: bool, triage: bool, quiet: bool
) -> ScanResult:
    """The result with what the baseline says: as it was, as it is written now, or as the user decides."""
    from unsprawl.cli.baselines import judged, rewritten

    result = judged(result, by, around)
    if update:
        return judged(result, rewritten(result, by, around, quiet=quiet), around)
    if triage:
        from unsprawl.cli.triage import triaged

        return judged(result, triaged(result, by, around), around)
    return result


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
