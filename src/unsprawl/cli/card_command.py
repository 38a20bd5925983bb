"""`unsprawl` alone: what is on this machine, in at most ten lines."""

from __future__ import annotations

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import own
from unsprawl.cli.scan_command import exit_code
from unsprawl.rewriters.exports import exported
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.hosts import host
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.report.card import Card, Machine
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.scan import ScannedEntry, run_scan
from unsprawl.scanner.sources.git_hook import hook_state
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings


def show_card() -> int:
    """Look at the hosts' own files and the current repository; answers the exit code that `scan` would."""
    around = Surroundings.here()
    names: dict[str, None] = {}

    def seen(file: Examined) -> None:
        names.update(dict.fromkeys(host(host_id).name for host_id in file.hosts))

    result = run_scan(ScanOptions(policy=own(None, around), exported=exported()), around, seen)
    REDACTOR.learn(finding.secret for finding in result.findings)
    REDACTOR.learn(each.finding.secret for each in result.silenced)
    top = repository_of(around.cwd)
    hook = hook_state(top, around.home) if top is not None else None
    Card(*report_options(around)).card(result, Machine(list(names), _vault(result.entries), hook))
    return exit_code(result, strict=False)


def _vault(entries: tuple[ScannedEntry, ...]) -> str:
    """The vault in one phrase. Its records tell; the stores themselves are not asked, which may take seconds."""
    from unsprawl.vault.records import list_records, record_files

    try:
        records = len(list_records())
    except (VaultError, OSError):
        return f"{count(len(record_files()), 'record')}, not all in order: unsprawl vault list"
    used = sum(not {"vaulted", "wired"}.isdisjoint(entry.approach.marks) for entry in entries)
    if not records and not used:
        return "empty"
    return f"{count(records, 'record')}, used by {count(used, 'server')} here"
