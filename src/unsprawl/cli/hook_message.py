"""What the commit hook says of the secrets that it found: each place, and the command that repairs it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from shlex import quote

from unsprawl.broker.install import where
from unsprawl.cli.hook import shown
from unsprawl.rewriters.planner import Machine, make_plan
from unsprawl.scanner.commit_check import Checked
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.loose import why_loose
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings


def message(checked: Checked, around: Surroundings) -> Iterator[str]:
    """The lines of it. The redactor must know the findings already."""
    findings = checked.findings
    count = "1 secret" if len(findings) == 1 else f"{len(findings)} secrets"
    where = "of MCP servers" if any(finding.document for finding in findings) else "in MCP configuration"
    yield f"unsprawl: {count} {where}"
    for finding in findings:
        yield f"  {_place(finding)}"
    files = [each for each in checked.measured.examined if each.findings]
    copies = [each for each in files if each.file.copy]
    env_files = [each for each in files if not each.file.copy and _is_env_file(each)]
    yield from _repairs([each for each in files if each not in copies and each not in env_files], around)
    if env_files:
        yield "Keep environment files out of git, and list them in .gitignore:"
        yield from _once(f"  git rm --cached {_typed(each)}" for each in env_files)
    if copies:
        yield "Keep copies out of git, and delete those that nobody needs:"
        yield from _once(f"  git rm --cached {_typed(each)}" for each in copies)
    yield "If it was ever pushed, revoke the key at its provider as well."


def _place(finding: Finding) -> str:
    place, slot = finding.place, finding.slot
    entry = f"{finding.entry.name} " if finding.entry else ""
    # The parameter of a URL within a variable is no field of the file: the variable is.
    own = slot.context.kind in (SlotKind.ENV, SlotKind.HEADER, SlotKind.FILE) and isinstance(slot.key_path[-1], str)
    field = f"{slot.context.kind.value} {slot.key_path[-1] if own else slot.context.name}".strip()
    field = "comment" if finding.commented and field == SlotKind.OTHER else field
    at = f"{one_line(shown(place.path))}:{place.line}:{place.column}"
    return f"{at}  {one_line(entry)}{one_line(field)}: {finding.literal.reason}"


def _is_env_file(examined: Examined) -> bool:
    return examined.file.format == "dotenv"


def _repairs(files: list[Examined], around: Surroundings) -> Iterator[str]:
    """By command as far as one repairs it, the rest by hand with the reason."""
    commands: dict[str, None] = {}
    restage: dict[str, None] = {}
    by_hand: dict[str, None] = {}
    unstaged: dict[str, None] = {}
    unsprawl = _program(around)
    for examined in files:
        path = _typed(examined)
        now = _on_disk(examined)
        if now is not None and not now.findings and not now.problems:
            restage[f"  git add {path}"] = None
            continue
        if now is not None and _lines(now) != _lines(examined):
            unstaged[f"  {_shown(examined)} has changes that are not staged: `git add` takes them too."] = None
        plan = make_plan([examined], Machine(where(), {}, logins=False))
        if plan.steps:
            commands[f"  {unsprawl} migrate {path} && git add {path}"] = None
        for refusal in plan.refusals:
            hint = f" {refusal.hint}" if refusal.hint else ""
            name = refusal.found.entry.name
            by_hand[f"  {_shown(examined)}: {one_line(name)}: {one_line(refusal.reason)}.{one_line(hint)}"] = None
        for finding in examined.loose:
            reason, hint = why_loose(finding)
            by_hand[f"  {_shown(examined)}:{finding.place.line}: {reason}. {hint}"] = None
    if commands:
        yield "Take the value out and stage the file again:"
        yield from commands
    if restage:
        yield "The file on disk does not hold it any more; stage it again:"
        yield from restage
    if by_hand:
        yield "Take the value out by hand, then stage the file again with `git add`:"
        yield from by_hand
    yield from unstaged


def _on_disk(examined: Examined) -> Examined | None:
    """The same file as it lies on disk, where it can be read."""
    data = read(examined.file.path)
    now = examine(examined.file, data, examined.name) if isinstance(data, bytes) else None
    return now if isinstance(now, Examined) else None


def _lines(examined: Examined) -> list[str]:
    """Its text, whatever git makes of its line ends."""
    return examined.document.text.splitlines()


def _program(around: Surroundings) -> str:
    """How to start this program from a shell: what pre-commit installed is on nobody's PATH."""
    if not around.environ.get("PRE_COMMIT"):
        return "unsprawl"
    own = os.path.realpath(os.path.dirname(sys.executable))
    folders = around.environ.get("PATH", "").split(os.pathsep)
    others = os.pathsep.join(folder for folder in folders if os.path.realpath(folder) != own)
    found = where().path
    return "unsprawl" if shutil.which("unsprawl", path=others) or not found else quote(found)


def _shown(examined: Examined) -> str:
    return one_line(shown(examined.file.path))


def _typed(examined: Examined) -> str:
    return one_line(quote(shown(examined.file.path)))


def _once(lines: Iterator[str]) -> Iterator[str]:
    yield from dict.fromkeys(lines)
