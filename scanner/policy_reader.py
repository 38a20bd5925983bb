"""A policy's YAML as a `Policy`, or all that is wrong with it: each fault with its line, and what was meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.baseline_file import is_day
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Kind, Member, Node
from unsprawl.scanner.ignore import Glob, IgnoreList, path_steps
from unsprawl.scanner.model import Confidence, Problem, Severity
from unsprawl.scanner.people import MANY, MOST, Use
from unsprawl.scanner.policy import VERSION, Floor, Policy, Targets
from unsprawl.scanner.record import NamedTuple

TARGETS = (
    "reference",
    "run",
    "run-argv",
    "env-file",
    "wire",
    "oauth",
    "varlock",
    "kow",
    "authsome",
    "agent-vault",
    "onecli",
)
"""Where a secret can move to; the planner's, by name."""
MARKS = ("vaulted", "referenced", "bridge", "disabled")
"""Marks of an entry that a policy may accept."""
MAX_BYTES = 64 * 1024
MOST_PATHS = 1000
_HINT = "Nothing of this policy is in force until it is mended. docs/policy.md tells what it may say."
_WORD = re.compile(r"[A-Za-z_$-]{1,24}")


class Place(NamedTuple):
    """Where a policy was read, and what that means for it."""

    path: str
    folder: str | None
    """The folder that it holds for, comparable; None for the user's own."""
    homes: tuple[str, ...] = ()
    """What `~` stands for in the user's own."""
    folded: bool = False
    """Case does not count in paths."""


def read_policy(data: bytes, place: Place, today: str) -> Policy | list[Problem]:
    """The policy in `data`, or its faults. `today`: as `YYYY-MM-DD`."""
    if len(data) > MAX_BYTES:  # what is staged was not measured yet
        return [_problem(place.path, f"larger than {MAX_BYTES >> 10} KiB, not read", None)]
    document = parse(place.path, data, "yaml")
    if isinstance(document, Problem):
        if document.code == "empty":
            return [_problem(place.path, "is empty; a policy begins with `version: 1`", None)]
        return [_problem(place.path, document.message, document.line)]
    if document.problems:
        return [_problem(place.path, each.message, each.line) for each in document.problems]
    if document.others or _has_alias(document.text):
        what = "holds more than one document" if document.others else "uses a YAML alias; write it out"
        return [_problem(place.path, what, None)]
    reader = _Reader(document, place, today)
    policy = reader.policy()
    return reader.faults or policy


def _has_alias(text: str) -> bool:
    import yaml

    from unsprawl.scanner.formats.yaml_events import loader

    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader()))


def _problem(path: str, what: str, line: int | None) -> Problem:
    return Problem(path, "policy", f"not a policy: {what}", _HINT, line)


class _Reader:
    """Walks through one document and gathers what is wrong. No value of the file is quoted, only names like its own."""

    def __init__(self, document: Document, place: Place, today: str) -> None:
        self._document = document
        self._place = place
        self._today = today
        self.faults: list[Problem] = []
        self._notes: list[tuple[int, str, str]] = []

    def policy(self) -> Policy:
        root = self._document.root
        keys = self._pairs(root, "a policy", _KEYS)
        version = keys.pop("version", None)
        if version is None:
            self._fault(root, f"lacks `version: {VERSION}`")
        elif version.value != VERSION or version.kind is not Kind.NUMBER:
            newer = version.kind is Kind.NUMBER and isinstance(version.value, int) and version.value > VERSION
            self._fault(version, f"version is {VERSION} here" + (": update unsprawl" if newer else ""))
        policy = Policy(self._place.path, self._place.folder)
        for key, node in keys.items():
            policy = _KEYS[key](self, policy, node)
        return policy._replace(notes=tuple(self._notes))

    # --- one method a key ---

    def approach(self, policy: Policy, node: Node) -> Policy:
        keys = self._pairs(node, "approach", ("lowest", "accept", "severity"))
        lowest, accept, severity = keys.get("lowest"), keys.get("accept"), keys.get("severity")
        rank = lowest.value if lowest is not None and lowest.kind is Kind.NUMBER else None
        if not isinstance(rank, int) or rank not in NAMES:
            self._fault(lowest or node, f"approach needs `lowest`, a number from {min(NAMES)} (best) to {max(NAMES)}")
            return policy
        marks = self._choices(accept, "accept", MARKS) if accept is not None else []
        worst = self._choice(severity, "severity", list(Severity)) if severity is not None else None
        floor = Floor(rank, frozenset(marks), Severity(worst or Severity.HIGH), self._line(node))
        return policy._replace(floor=floor)

    def targets(self, policy: Policy, node: Node) -> Policy:
        names = self._choices(node, "targets", TARGETS)
        return policy._replace(targets=Targets(frozenset(names), self._line(node)))

    def fail(self, policy: Policy, node: Node) -> Policy:
        keys = self._pairs(node, "fail", ("severity", "confidence"))
        severity = self._choice(keys["severity"], "severity", list(Severity)) if "severity" in keys else None
        confidence = self._choice(keys["confidence"], "confidence", list(Confidence)) if "confidence" in keys else None
        return policy._replace(
            severity=Severity(severity) if severity else None,
            confidence=Confidence(confidence) if confidence else None,
        )

    def allow_unreadable(self, policy: Policy, node: Node) -> Policy:
        if not isinstance(node.value, bool):
            self._fault(node, "allow_unreadable is true or false")
            return policy
        if node.value and not policy.is_own:
            what = "allow_unreadable: true counts in your own policy only, here it has no effect"
            self._notes.append((self._line(node), "policy-without-effect", what))
        return policy._replace(allow_unreadable=node.value)

    def people(self, policy: Policy, node: Node) -> Policy:
        if node.kind is not Kind.OBJECT:
            use = Use(self._count(node), line=self._line(node))
        else:
            keys = self._pairs(node, "people", ("usual", "entries", "providers"))
            usual = self._count(keys["usual"]) if "usual" in keys else 0
            entries = self._counts(keys["entries"], "entries") if "entries" in keys else {}
            providers = self._counts(keys["providers"], "providers", _providers()) if "providers" in keys else {}
            use = Use(usual, tuple(entries.items()), tuple(providers.items()), self._line(node))
        counts = [use.usual, *(count for _, count in (*use.entries, *use.providers))]
        if not policy.is_own and not any(count > 1 for count in counts):
            what = "that one person uses a server counts in your own policy only, here it has no effect"
            self._notes.append((self._line(node), "policy-without-effect", what))
        return policy._replace(people=use)

    def _counts(self, node: Node, what: str, known: Collection[str] = ()) -> dict[str, int]:
        """A mapping of names to how many people use them. `known`: the names that there are; they are folded then."""
        if node.kind is not Kind.OBJECT:
            self._fault(node, f"{what} is a mapping of names, each with how many people use it")
            return {}
        found: dict[str, int] = {}
        for member in node.members:
            name = member.key.casefold() if known else member.key
            if name in found:
                self._fault_at(member, f"a name of {what} is written twice")
            elif known and name not in known:
                self._fault_at(member, f"unknown provider{_close(name, known)}")
            else:
                found[name] = self._count(member.value)
        return found

    def _count(self, node: Node) -> int:
        if node.text() == "many":
            return MANY
        value = node.value
        if node.kind is not Kind.NUMBER or not isinstance(value, int) or not 1 <= value <= MOST:
            self._fault(node, "how many people is a number from 1 up, or many")
            return 0
        return value

    def ignore(self, policy: Policy, node: Node) -> Policy:
        if node.kind is not Kind.ARRAY:
            self._fault(node, "ignore is a list of paths, each with its reason")
            return policy
        if len(node.items) > MOST_PATHS:
            self._fault(node, f"ignore has more than {MOST_PATHS} paths")
            return policy
        globs = tuple(glob for item in node.items for glob in self._ignored(item))
        folder = self._place.folder or ""
        return policy._replace(ignores=IgnoreList(policy.path, folder, {}, globs))

    def _ignored(self, node: Node) -> list[Glob]:
        keys = self._pairs(node, "a path of ignore", ("path", "reason", "expires"))
        path, reason = (keys[key].text() if key in keys else None for key in ("path", "reason"))
        if not path or not reason or not reason.strip():
            self._fault(node, "each path of ignore has `path` and `reason`, two texts")
            return []
        last = keys["expires"].text() if "expires" in keys else ""
        if last is None or (last and not is_day(last)):
            self._fault(keys["expires"], "expires is a day, as YYYY-MM-DD")
            return []
        steps = path_steps(path.lower() if self._place.folded else path, self._place.homes)
        if isinstance(steps, str):
            self._fault(keys["path"], steps)
            return []
        line = self._line(keys["path"])
        if last and last < self._today:
            self._notes.append((line, "policy-expired", f"this exception ended on {last} and silences nothing"))
            return []
        return [Glob(each, line, reason) for each in steps]

    # --- what they share ---

    def _pairs(self, node: Node, what: str, known: Collection[str]) -> dict[str, Node]:
        """The known keys of a mapping. Unknown ones, and keys written twice, are faults."""
        if node.kind is not Kind.OBJECT:
            self._fault(node, f"{what} is a mapping of {', '.join(known)}")
            return {}
        found: dict[str, Node] = {}
        for member in node.members:
            if member.key in found:
                self._fault_at(member, f"{member.key} is written twice")
            elif member.key not in known:
                self._fault_at(member, f"unknown key {_named(member.key)}{_meant(member.key, known)}")
            else:
                found[member.key] = member.value
        return found

    def _choice(self, node: Node, what: str, known: Sequence[str]) -> str | None:
        text = node.text()
        if text not in known:
            self._fault(node, f"unknown value of {what}{_meant(text or '', known)}")
            return None
        return text

    def _choices(self, node: Node, what: str, known: Sequence[str]) -> list[str]:
        if node.kind is not Kind.ARRAY:
            self._fault(node, f"{what} is a list of {', '.join(known)}")
            return []
        return [chosen for item in node.items if (chosen := self._choice(item, what, known)) is not None]

    def _line(self, node: Node) -> int:
        return self._document.lines.position(node.span.start)[0]

    def _fault(self, node: Node, what: str) -> None:
        self.faults.append(_problem(self._place.path, what, self._line(node)))

    def _fault_at(self, member: Member, what: str) -> None:
        self.faults.append(_problem(self._place.path, what, self._document.lines.position(member.key_span.start)[0]))


_KEYS: dict[str, Callable[[_Reader, Policy, Node], Policy]] = {
    "version": lambda reader, policy, node: policy,
    "approach": _Reader.approach,
    "targets": _Reader.targets,
    "fail": _Reader.fail,
    "allow_unreadable": _Reader.allow_unreadable,
    "ignore": _Reader.ignore,
    "people": _Reader.people,
}
"""The keys of a policy, each with what reads it."""


def _named(key: str) -> str:
    """A key of the file, if it looks like a word."""
    return key if _WORD.fullmatch(key) else "<?>"


def _meant(written: str, known: Collection[str]) -> str:
    return _close(written, known) or f"; known are {', '.join(known)}"


def _close(written: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(written[:40], known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _providers() -> frozenset[str]:
    """The providers of all rules, and the services of the catalogue by id and name, folded."""
    from unsprawl.rules.bundle_remotes import REMOTES
    from unsprawl.rules.load import load

    services = (raw[key] for raw in REMOTES for key in ("id", "name"))
    providers = (rule.provider for rule in load() if rule.provider)
    return frozenset(name.casefold() for name in (*providers, *services))
