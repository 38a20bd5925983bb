"""A policy's YAML as a `Policy`, or all that is wrong with it: each fault with its line, and what was meant. Pure."""

from __future__ import annotations

from collections.abc import Callable

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.baseline_file import is_day
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.ignore import Glob, IgnoreList, path_steps
from unsprawl.scanner.model import Confidence, Problem, Severity
from unsprawl.scanner.people import MANY, MOST, Use
from unsprawl.scanner.policy import VERSION, Floor, Policy, Targets
from unsprawl.scanner.policy_parts import Parts, problem, providers
from unsprawl.scanner.policy_team_reader import forbidden, hosts, move, team
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
        return [problem(place.path, f"larger than {MAX_BYTES >> 10} KiB, not read", None)]
    document = parse(place.path, data, "yaml")
    if isinstance(document, Problem):
        if document.code == "empty":
            return [problem(place.path, "is empty; a policy begins with `version: 1`", None)]
        return [problem(place.path, document.message, document.line)]
    if document.problems:
        return [problem(place.path, each.message, each.line) for each in document.problems]
    if document.others or _has_alias(document.text):
        what = "holds more than one document" if document.others else "uses a YAML alias; write it out"
        return [problem(place.path, what, None)]
    reader = _Reader(document, place, today)
    policy = reader.policy()
    return reader.faults or policy


def _has_alias(text: str) -> bool:
    import yaml

    from unsprawl.scanner.formats.yaml_events import loader

    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader()))


class _Reader(Parts):
    """Walks through one document, key by key."""

    def __init__(self, document: Document, place: Place, today: str) -> None:
        super().__init__(document, place.path)
        self._place = place
        self._today = today

    def policy(self) -> Policy:
        root = self.root
        keys = self.pairs(root, "a policy", _KEYS)
        version = keys.pop("version", None)
        if version is None:
            self.fault(root, f"lacks `version: {VERSION}`")
        elif version.value != VERSION or version.kind is not Kind.NUMBER:
            newer = version.kind is Kind.NUMBER and isinstance(version.value, int) and version.value > VERSION
            self.fault(version, f"version is {VERSION} here" + (": update unsprawl" if newer else ""))
        policy = Policy(self._place.path, self._place.folder)
        for key, node in keys.items():
            policy = _KEYS[key](self, policy, node)
        for line in forbidden(policy):
            self.fault_on(line, "the target is one that `targets` of the same policy does not allow")
        return policy._replace(notes=tuple(self.notes))

    # --- one method a key ---

    def approach(self, policy: Policy, node: Node) -> Policy:
        keys = self.pairs(node, "approach", ("lowest", "accept", "severity"))
        lowest, accept, severity = keys.get("lowest"), keys.get("accept"), keys.get("severity")
        rank = lowest.value if lowest is not None and lowest.kind is Kind.NUMBER else None
        if not isinstance(rank, int) or rank not in NAMES:
            self.fault(lowest or node, f"approach needs `lowest`, a number from {min(NAMES)} (best) to {max(NAMES)}")
            return policy
        marks = self.choices(accept, "accept", MARKS) if accept is not None else []
        worst = self.choice(severity, "severity", list(Severity)) if severity is not None else None
        floor = Floor(rank, frozenset(marks), Severity(worst or Severity.HIGH), self.line(node))
        return policy._replace(floor=floor)

    def targets(self, policy: Policy, node: Node) -> Policy:
        names = self.choices(node, "targets", TARGETS)
        return policy._replace(targets=Targets(frozenset(names), self.line(node)))

    def fail(self, policy: Policy, node: Node) -> Policy:
        keys = self.pairs(node, "fail", ("severity", "confidence"))
        severity = self.choice(keys["severity"], "severity", list(Severity)) if "severity" in keys else None
        confidence = self.choice(keys["confidence"], "confidence", list(Confidence)) if "confidence" in keys else None
        return policy._replace(
            severity=Severity(severity) if severity else None,
            confidence=Confidence(confidence) if confidence else None,
        )

    def allow_unreadable(self, policy: Policy, node: Node) -> Policy:
        if not isinstance(node.value, bool):
            self.fault(node, "allow_unreadable is true or false")
            return policy
        if node.value and not policy.is_own:
            what = "allow_unreadable: true counts in your own policy only, here it has no effect"
            self.notes.append((self.line(node), "policy-without-effect", what))
        return policy._replace(allow_unreadable=node.value)

    def people(self, policy: Policy, node: Node) -> Policy:
        if node.kind is not Kind.OBJECT:
            use = Use(self._count(node), line=self.line(node))
        else:
            keys = self.pairs(node, "people", ("usual", "entries", "providers"))
            usual = self._count(keys["usual"]) if "usual" in keys else 0
            named = self._counts(keys["entries"], "entries") if "entries" in keys else ()
            whose = self._counts(keys["providers"], "providers", providers()) if "providers" in keys else ()
            use = Use(usual, named, whose, self.line(node))
        counts = [use.usual, *(count for _, count in (*use.entries, *use.providers))]
        if not policy.is_own and not any(count > 1 for count in counts):
            what = "that one person uses a server counts in your own policy only, here it has no effect"
            self.notes.append((self.line(node), "policy-without-effect", what))
        return policy._replace(people=use)

    def _counts(self, node: Node, what: str, known: frozenset[str] = frozenset()) -> tuple[tuple[str, int], ...]:
        """A mapping of names to how many people use them."""
        found = self.by_name(node, what, "how many people use it", self._count, known)
        return tuple((name, count) for name, (count, _) in found.items())

    def _count(self, node: Node) -> int:
        if node.text() == "many":
            return MANY
        value = node.value
        if node.kind is not Kind.NUMBER or not isinstance(value, int) or not 1 <= value <= MOST:
            self.fault(node, "how many people is a number from 1 up, or many")
            return 0
        return value

    def team(self, policy: Policy, node: Node) -> Policy:
        return policy._replace(team=team(self, node))

    def hosts(self, policy: Policy, node: Node) -> Policy:
        return policy._replace(hosts=hosts(self, node))

    def move(self, policy: Policy, node: Node) -> Policy:
        return policy._replace(move=move(self, node, TARGETS))

    def ignore(self, policy: Policy, node: Node) -> Policy:
        if node.kind is not Kind.ARRAY:
            self.fault(node, "ignore is a list of paths, each with its reason")
            return policy
        if len(node.items) > MOST_PATHS:
            self.fault(node, f"ignore has more than {MOST_PATHS} paths")
            return policy
        globs = tuple(glob for item in node.items for glob in self._ignored(item))
        folder = self._place.folder or ""
        return policy._replace(ignores=IgnoreList(policy.path, folder, {}, globs))

    def _ignored(self, node: Node) -> list[Glob]:
        keys = self.pairs(node, "a path of ignore", ("path", "reason", "expires"))
        path, reason = (keys[key].text() if key in keys else None for key in ("path", "reason"))
        if not path or not reason or not reason.strip():
            self.fault(node, "each path of ignore has `path` and `reason`, two texts")
            return []
        last = keys["expires"].text() if "expires" in keys else ""
        if last is None or (last and not is_day(last)):
            self.fault(keys["expires"], "expires is a day, as YYYY-MM-DD")
            return []
        steps = path_steps(path.lower() if self._place.folded else path, self._place.homes)
        if isinstance(steps, str):
            self.fault(keys["path"], steps)
            return []
        line = self.line(keys["path"])
        if last and last < self._today:
            self.notes.append((line, "policy-expired", f"this exception ended on {last} and silences nothing"))
            return []
        return [Glob(each, line, reason) for each in steps]


_KEYS: dict[str, Callable[[_Reader, Policy, Node], Policy]] = {
    "version": lambda reader, policy, node: policy,
    "approach": _Reader.approach,
    "targets": _Reader.targets,
    "fail": _Reader.fail,
    "allow_unreadable": _Reader.allow_unreadable,
    "ignore": _Reader.ignore,
    "people": _Reader.people,
    "team": _Reader.team,
    "hosts": _Reader.hosts,
    "move": _Reader.move,
}
"""The keys of a policy, each with what reads it."""
