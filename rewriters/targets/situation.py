"""What a target needs to know about one entry, and the small questions that all targets ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unsprawl.broker.external.here import Here
from unsprawl.broker.install import Installed
from unsprawl.rewriters.env_home import EnvHome
from unsprawl.rewriters.launch import dialects
from unsprawl.rewriters.plan import RefNames, VariableNames, variable
from unsprawl.rewriters.stated import NOTHING_STATED, Stated
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import Node, at
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.people import People
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.policy import NOTHING, Demands, NotAllowed, Policy
from unsprawl.scanner.policy_team import Moved, Wish
from unsprawl.vault.record import Destination

if TYPE_CHECKING:  # what a hook loads needs no catalogue
    from unsprawl.scanner.remotes.accounts import Account

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_COMMENT_BEHIND = re.compile(r"[ \t]*,?[ \t]*(?://|/\*|#)")
_CREDENTIAL_ROLES = frozenset({"bearer", "basic", "token", "apikey", "api-key", "bot", "key", "digest", "user"})


@dataclass(frozen=True, slots=True)
class Situation:
    """One entry in its file, on this machine."""

    examined: Examined
    found: ExaminedEntry
    hosts: tuple[Host, ...]
    names: VariableNames
    refs: RefNames
    installed: Installed
    root: str | None
    """The project folder of a shared file; None for a file of the user's own."""
    moved_vault: bool = False
    """The vault is not at its usual place, and a server that a host starts would not find it."""
    demands: Demands = NOTHING
    """What policies demand of the file."""
    providers: Set[str] = frozenset()
    """Whose keys it holds, by every name that a policy may use, folded; not looked up where there is no policy."""
    env_homes: Mapping[str, EnvHome] = field(default_factory=dict)
    """The files of variables that hosts load by themselves, by the host's id."""
    brokers: Mapping[str, Here] = field(default_factory=dict)
    """Brokers of others that somebody has looked for, by id."""
    sent: tuple[Destination, ...] = ()
    """Where the user says that keys are sent."""
    stated: Stated = NOTHING_STATED
    """Where the user says that entries can log in."""
    named: bool = False
    """The user named this very entry."""
    chosen: bool = True
    """The user chose the target, or it is shown as one that could be; False where it is what is recommended."""
    neighbours: tuple[ExaminedEntry, ...] = ()
    """All entries that were looked at."""
    doubled: Callable[[], Set[Account]] = frozenset
    """Entries that use two accounts at one vendor; see `scanner.remotes.accounts`."""
    people: People | None = None
    """How many people use the entry; None where nobody said."""
    asking: bool = False
    """The user is shown what would become of the entry, and says yes or no to it."""
    logins: bool = True
    """Whether `auto` looks for the login of a vendor."""

    @property
    def seen(self) -> bool:
        """The user named the entry, or is shown what would become of it."""
        return self.named or self.asking

    def not_allowed(self, target: str) -> NotAllowed | None:
        """The first policy that does not allow the target for this entry."""
        return next(self.demands.refused([target], self.found.entry.name, self.providers), None)

    @property
    def moved(self) -> Sequence[tuple[Policy, Moved]]:
        """The target that policies name for this entry; several contradict each other."""
        return self.demands.moved(self.found.entry.name, self.providers)

    @property
    def wish(self) -> Wish | None:
        """The same for people; None where no policy names a target."""
        return self.demands.wish(self.found.entry.name, self.providers)

    @property
    def shared(self) -> bool:
        """The file is shared through git: no path of this machine may go into it."""
        return self.root is not None

    def node(self, finding: Finding) -> Node:
        """The string node that a finding is in."""
        node = at(self.examined.document.root, finding.slot.key_path)
        assert node is not None
        return node

    def whole(self, finding: Finding) -> str:
        """The whole text that a finding is part of. As secret as the finding."""
        return self.node(finding).text() or ""

    def commented(self, holder: Node) -> bool:
        """Whether comments stand in a map or behind it: removing the whole map would take them along."""
        text = self.examined.document.text
        rest, position = [], holder.span.start
        for member in holder.members:
            rest.append(text[position : member.key_span.start])
            position = member.value.span.end
        rest.append(text[position : holder.span.end])
        behind = _COMMENT_BEHIND.match(text, holder.span.end) is not None
        return behind or any(mark in part for part in rest for mark in ("//", "/*", "#"))

    def expands(self, text: str) -> bool:
        """Whether one of the hosts would replace something in `text`."""
        return any(dialect in dialects(self.hosts) for dialect, *_ in references(text))

    def leaves(self, text: str) -> bool:
        """Whether all of the hosts are known to pass `text` on as it stands."""
        return not self.expands(text) and all(host.references_known for host in self.hosts)

    def covers(self, finding: Finding) -> tuple[int, int]:
        """The secret's place within that text."""
        start = finding.slot.start + finding.literal.start
        return start, finding.slot.start + finding.literal.end


def is_identifier(name: str) -> bool:
    """Whether a shell takes it as a variable's name."""
    return _IDENTIFIER.fullmatch(name) is not None


def derived_name(finding: Finding, entry: str) -> str:
    """A telling variable name for a value that has none of its own."""
    context = finding.slot.context
    if context.role == "password":
        part = "PASSWORD"
    elif context.role in _CREDENTIAL_ROLES or context.name.lower() in ("authorization", "proxy-authorization"):
        part = "TOKEN"
    elif context.role == "segment" or not context.name:
        part = "KEY"
    elif context.kind is SlotKind.ENV and finding.literal.end - finding.literal.start < len(finding.slot.text.reveal()):
        part = f"{context.name}_SECRET"  # the password in DATABASE_URL is no URL
    else:
        part = context.name
    name, prefix = variable(part), variable(entry)
    return name if name.startswith(prefix) else f"{prefix}_{name}"


def place_name(finding: Finding) -> str:
    """Where a finding sits, for messages: `env GITHUB_TOKEN`, `header Authorization`."""
    context = finding.slot.context
    kind = "" if context.kind is SlotKind.OTHER else context.kind.value
    return f"{kind} {context.name}".strip()
