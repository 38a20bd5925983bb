"""Rules of the user's own: read from the files that were named, checked like the bundled ones and more, then in force.

They add to the bundled rules and take nothing over. Nothing is ever read because it lies in a scanned folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from unsprawl.rules import check as checks
from unsprawl.rules import reach as meanings
from unsprawl.rules import reading
from unsprawl.rules.check_faults import check_patterns
from unsprawl.rules.load import extend, load
from unsprawl.rules.patience import slow
from unsprawl.rules.reach_faults import like_errors, reach_patterns
from unsprawl.rules.reading import RuleFile, RulesInvalid
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.rule_examples import failures

_ENDINGS = (".yaml", ".yml")


class Checked(NamedTuple):
    """What was read, and all that is wrong with it, one line each."""

    files: int
    rules: tuple[RuleFile, ...]
    faults: tuple[str, ...]


def use(paths: Sequence[str]) -> None:
    """Put the rules in these folders and files in force. Raises `RulesInvalid` with every fault, or UsageError."""
    if paths:
        checked = check(paths)
        if checked.faults:
            raise RulesInvalid("\n".join(checked.faults))


def check(paths: Sequence[str]) -> Checked:
    """Everything that can be wrong with own rules. Those of its rules that are sound are in force afterwards.

    Raises UsageError for a path with no rule files.
    """
    files = rule_files(paths)
    rules, faults = reading.read_rules(files)
    faults += _collisions(rules) + like_errors(rules, meanings.known())
    faults += _slow(rules)
    spoiled = {fault.partition(": ")[0] for fault in faults}
    sound = [file for file in rules if file.shown not in spoiled]
    from unsprawl.rules.build import raw_rule

    extend([raw_rule(file.rule) for file in sound])
    checks.extend([file.rule for file in sound])
    meanings.extend([file.rule for file in sound])
    faults += _unproved(sound)
    return Checked(len(files), tuple(rules), tuple(faults))


def check_bundled() -> Checked:
    """The same for the files that ship with this release."""
    files = sorted((reading.FOLDER / "providers").glob("*.yaml"))
    rules, faults = reading.read_rules(files)
    faults += reading.scheme_errors(rules, {})
    faults += _slow(rules)
    faults += _unproved(rules)
    return Checked(len(files), tuple(rules), tuple(faults))


def rule_files(paths: Iterable[str]) -> list[Path]:
    """The rule files that the paths name: a file itself, of a folder those directly in it."""
    found: list[Path] = []
    for each in paths:
        path = Path(os.path.expanduser(each))
        if path.is_dir():
            inside = sorted(entry for entry in path.iterdir() if entry.suffix in _ENDINGS)
            if not inside:
                raise UsageError(
                    f"no rule files in {each}", hint="A rule is a file that ends in .yaml; see docs/rules.md."
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"no such file or folder: {each}", hint="Check the spelling of the path.")
    return list(dict.fromkeys(path.resolve() for path in found))


def _collisions(rules: Sequence[RuleFile]) -> list[str]:
    bundled = list(load())
    wrong = []
    taken = {
        rule.id: "is a bundled rule's: own rules add to the bundled ones and cannot replace one" for rule in bundled
    }
    for shown, rule in rules:
        if rule["id"] in taken:
            wrong.append(f"{shown}: /id: {rule['id']!r} {taken[rule['id']]}")
        for name in rule.get("public_names", ()):
            if load().of_env(name):
                wrong.append(
                    f"{shown}: /public_names: {name} holds a secret, says the rule {load().of_env(name)[0].id}"
                )
        if rule["id"].startswith("generic"):
            wrong.append(f"{shown}: /id: begins with generic, like the names of what no rule knows")
        taken.setdefault(rule["id"], f"is in {shown} already")
    return wrong + reading.scheme_errors(rules, {scheme: rule.id for rule in bundled for scheme in rule.uri_schemes})


def _slow(rules: Sequence[RuleFile]) -> list[str]:
    """Patterns whose form is fine, and which take too long all the same."""
    places = [
        (f"{shown}: /formats/{number}/pattern", format_["pattern"])
        for shown, rule in rules
        for number, format_ in enumerate(rule.get("formats", ()))
    ]
    places += [
        (f"{shown}: /not_secret/{number}", pattern)
        for shown, rule in rules
        for number, pattern in enumerate(rule.get("not_secret", ()))
    ]
    places += [(f"{shown}: /check", pattern) for shown, rule in rules for pattern in check_patterns(rule)]
    places += [(f"{shown}: /reach", pattern) for shown, rule in rules for pattern in reach_patterns(rule)]
    try:
        found = slow([pattern for _, pattern in places])
    except OSError:
        raise UsageError(
            "the patterns of the rules could not be measured: no process could be started",
            hint="Without that a rule may make a scan endless; scan without --rules.",
        ) from None
    what = "takes too long on a long value: give its repeats an upper bound, or begin it with fixed text"
    return [f"{where}: {what}" for where, pattern in places if pattern in found]


def _unproved(rules: Sequence[RuleFile]) -> list[str]:
    return [f"{shown}: {what}" for shown, rule in rules for what in failures(rule)]
