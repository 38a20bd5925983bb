"""The records that travel from the walk to the report. Frozen; secret text only inside `Secret`.

Named tuples, not dataclasses: these modules are imported at every commit, and dataclasses alone cost 10 ms of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret


class SlotKind(StrEnum):
    """Where in an entry a value stands."""

    ENV = "env"
    HEADER = "header"
    ARG = "arg"
    URL_USERINFO = "url-userinfo"
    URL_QUERY = "url-query"
    URL_PATH = "url-path"
    FILE = "file"
    OTHER = "other"

    @property
    def group(self) -> str:
        """The kind as the rules of hosts name it: all parts of an address are `url`."""
        return self.value.partition("-")[0]


class Severity(StrEnum):
    """How far a credential of this kind reaches before anyone asked its provider."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """How sure we are that the value is a credential."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Transport(StrEnum):
    """How the host reaches the server."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"
    BUILTIN = "builtin"
    UNKNOWN = "unknown"


class Problem(NamedTuple):
    """Something that could not be read, parsed or checked. `message` holds no file content."""

    path: str
    code: str
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None


class Context(NamedTuple):
    """What surrounds a value, for judging it."""

    kind: SlotKind
    name: str = ""
    """Environment variable, header, flag or query parameter, as written."""
    role: str = ""
    """Which part of the value: "" whole, an auth scheme's credential ("bearer" …), "password", "user", "query",
    "segment", "capability" (a segment behind `/mcp/` and the like), "cookie", "default" (of a reference);
    of what is taken apart further, "login", "body" and the name of a shell."""
    package: str = ""
    """What the entry starts (`@scope/server-x`, an image, a script name), or ""."""
    host: str = ""
    """Host of the URL that the value is in or is sent to, or ""."""


class Literal(NamedTuple):
    """A credential written out. start:end is the secret within the judged text."""

    rule: str
    provider: str | None
    severity: Severity
    confidence: Confidence
    reason: str
    start: int
    end: int


class Reference(NamedTuple):
    """The value points elsewhere. `names` are the environment variables it names."""

    dialect: str
    names: tuple[str, ...] = ()


class Placeholder(NamedTuple):
    """Nobody ever filled it in."""

    reason: str


class Harmless(NamedTuple):
    """A setting, an id, a public key: not a credential."""

    reason: str


Judgement: TypeAlias = Literal | Reference | Placeholder | Harmless


class Slot(NamedTuple):
    """One value of an entry that can hold a credential, or a part of one."""

    context: Context
    key_path: KeyPath
    """From the root of the document to the string node."""
    start: int
    end: int
    """The part within the node's decoded string."""
    text: Secret


class Entry(NamedTuple):
    """One configured server."""

    path: str
    key_path: KeyPath
    name: str
    hosts: tuple[str, ...]
    line: int
    transport: Transport
    command: tuple[str, ...]
    """Program and arguments as written; may hold secrets, never print it."""
    url: str
    package: str
    marks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Those of `hosts` which merely read a file that is another host's."""

    @property
    def owners(self) -> tuple[str, ...]:
        """The hosts whose file it is: what they expand decides how it may be written."""
        return tuple(host for host in self.hosts if host not in self.also) or self.hosts

    def __repr__(self) -> str:
        return f"Entry({len(self.key_path)} keys deep, {self.transport.value})"


class EnvTarget(NamedTuple):
    """That an entry names an environment file."""

    entry: Entry
    key_path: KeyPath
    """Of the string that names it."""
    written: str
    """As it stands there, with the host's variables in it. Foreign text: not for messages."""
    cwd: str = ""
    """The folder in which the entry has its server started, as written, or ""."""

    def __repr__(self) -> str:
        return f"EnvTarget({len(self.key_path)} keys deep)"


class Place(NamedTuple):
    """Lines and columns count from 1, columns in characters."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    pointer: str
    commit: str | None = None


class History(NamedTuple):
    """Where in the history of a repository a value stands. Ids of commits, oldest first."""

    introduced: tuple[str, ...]
    """Commits that have it at this place while none of their parents had."""
    removed: tuple[str, ...]
    author_date: str | None
    """Of the first commit that introduced it, ISO 8601."""
    reachable_from_remote: bool
    """Whether a remote-tracking branch has a commit that holds it."""
    in_worktree: bool
    """Whether the file on disk, the index or the checked-out commit has it still."""


class State(StrEnum):
    """What a vendor says of a credential."""

    LIVE = "live"
    RESTRICTED = "live_restricted"
    """It is known and may not do what was asked."""
    REVOKED = "revoked"
    EXPIRED = "expired"
    INVALID = "invalid"
    RATE_LIMITED = "rate_limited"
    UNKNOWN = "unknown"
    """Nothing follows from what was seen; also where nobody could be asked."""

    @property
    def works(self) -> bool:
        return self in (State.LIVE, State.RESTRICTED)

    @property
    def ended(self) -> bool:
        return self in (State.REVOKED, State.EXPIRED, State.INVALID)


class Right(StrEnum):
    """What a credential lets do, whatever its vendor calls it."""

    READ = "read"
    WRITE = "write"
    """Create, change or delete."""
    ADMIN = "admin"
    """Decide over people, keys and settings."""
    BILLING = "billing"
    """Spend or move money, or change how it is paid."""


class Reach(NamedTuple):
    """How far a credential goes. What the vendor said is foreign text."""

    scopes: tuple[str, ...] = ()
    expires: str = ""
    last_used: str = ""
    resources: tuple[str, ...] = ()
    """Some of what it opens, by name: repositories, bases, projects."""
    rights: tuple[Right, ...] = ()
    severity: Severity | None = None
    """None where the rules do not tell it."""
    unclear: tuple[str, ...] = ()
    """Those of the scopes and roles that no rule knows."""
    roles: tuple[str, ...] = ()
    """What its owner is at the vendor: an administrator, say. It goes as far as the scopes let it."""


class Verdict(NamedTuple):
    """What the vendor said. Names and scopes are foreign text."""

    state: State
    reason: str = ""
    """Why nothing follows, in words of our own."""
    login: str = ""
    """Whose it is: a user, a bot, the name of a key."""
    account: str = ""
    """The organisation, workspace or project that it opens."""
    reach: Reach = Reach()
    host: str = ""
    """Who was asked; "" for nobody."""
    checked_at: str = ""
    """When, ISO 8601 in UTC; "" where nobody was asked."""
    evidence: str = ""
    """How well the request and its answers are known: source-read, docs-read, recalled; "" where nobody was asked."""


class Finding(NamedTuple):
    """A slot that holds a literal secret."""

    fingerprint: str
    literal: Literal
    place: Place
    slot: Slot
    hosts: tuple[str, ...]
    entry: Entry | None
    secret: Secret
    copy: bool = False
    """Whether the file is a copy of a host's, which no host reads."""
    commented: bool = False
    """Whether it stands in a comment: the key path of its slot is a name alone, which leads nowhere."""
    history: History | None = None
    """Set by a scan of history only, where the place is that of its newest version."""
    document: bool = False
    """Whether the file is no configuration but prose, code or a script: such a file is never edited."""
    verdict: Verdict | None = None
    """What its vendor says; None where nobody was to be asked."""


ALLOW_MARK = "unsprawl:allow"
"""What a comment says that allows a secret beside it."""


class Silence(StrEnum):
    """Why a finding is not shown. Reports count by these names."""

    ALLOWED = "allowed"
    """A comment beside it."""
    IGNORED = "ignored"
    """A line of an ignore list, or of a policy."""
    BASELINE = "baseline"
    """A place that the baseline knows."""
    SEVERITY = "below_severity"
    CONFIDENCE = "below_confidence"


class Silenced(NamedTuple):
    """A finding that is not shown, and what silenced it."""

    finding: Finding
    reason: Silence
    path: str = ""
    """The file of the comment, the list or the baseline, absolute; "" where the command line says so."""
    line: int = 0
    note: str = ""
    """What its author wrote beside it: foreign text."""
