"""The last rule: a value that no vendor's format fits, judged by its name, its position and its shape."""

from __future__ import annotations

from typing import Final

from unsprawl.rules.load import compiled, load
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Placeholder, Severity, SlotKind
from unsprawl.scanner.names import Secrecy, is_rehearsal, may_be_uuid, normalised, secrecy
from unsprawl.scanner.placeholders import (
    CAPABILITY_HOSTS,
    DEFAULT_PASSWORDS,
    HARMLESS_COOKIE_PREFIXES,
    HARMLESS_COOKIES,
    ID_HOSTS,
    ID_PREFIXES,
    NO_PHRASE_WORDS,
    SESSION_COOKIE_PARTS,
    SESSION_COOKIES,
    is_rehearsed,
    is_stand_in,
    own_words,
)
from unsprawl.scanner.randomness import (
    case_switches,
    classes,
    distinct,
    entropy,
    has_random_run,
    looks_random,
    switches,
)
from unsprawl.scanner.vendors import host_in

UNKNOWN: Final = Harmless("nothing says that it is a credential")
SHORTEST_PASSWORD: Final = 4
SHORTEST_KEY: Final = 16
SHORTEST_SHORT_KEY: Final = 8
_WORD = r"[A-Za-z][a-z]{0,15}[0-9]{0,4}|[A-Z]{1,16}[0-9]{0,4}|[0-9]{1,4}"
_BREAK = r"[^A-Za-z0-9]+"
_HUMP = r"([a-z])([A-Z])"
_SHORTEST_WORD = 3
_SHORTEST_CHOSEN = 10
_SHORTEST_NUMBER = 2
_LONGEST_STAND_IN = 64
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_HEX = r"[0-9a-fA-F]+"
_PHRASE = r"[a-z]{3,8}(?:[ ,]+[a-z]{3,8}){11,23}"
_PHRASE_LENGTHS = frozenset({12, 15, 18, 21, 24})
_LOOPBACK = r"localhost|127(?:\.[0-9]{1,3}){3}|0\.0\.0\.0|::1|host\.docker\.internal|[a-z0-9_-]*"
_EXAMPLE_HOST = r"(?:.*\.)?example(?:\.[a-z]{2,4})?"


def is_local(host: str) -> bool:
    """Loopback, nothing, or a bare service name as in a compose file."""
    return compiled(_LOOPBACK).fullmatch(host) is not None


def password(value: str, context: Context) -> Judgement:
    """A value whose place says that it is a password: whatever was written there is one, unless it is a default."""
    # A header goes somewhere, even where nobody told us to which host.
    local = is_local(context.host) and (context.host or context.kind is not SlotKind.HEADER)
    if local and value.lower() in DEFAULT_PASSWORDS:
        return Harmless("default local password")
    if is_rehearsal(context.name) and is_rehearsed(value):
        return Placeholder("the password of a test")
    sure = has_random_run(value) or classes(value) + (not value.isalnum()) >= 3
    if not sure and compiled(_EXAMPLE_HOST).fullmatch(context.host):
        return Placeholder("sent to an example address")
    if len(value) < SHORTEST_PASSWORD:
        return Placeholder("too short for a password")
    return _literal("generic-password", Severity.MEDIUM, "password", value, medium=sure or bool(context.role))


def header(value: str, context: Context) -> Judgement:
    """The credential of an authorization header, or the whole value of a header that carries one."""
    if len(value) < SHORTEST_SHORT_KEY:
        return Placeholder("too short for a credential")
    if len(value) < _LONGEST_STAND_IN and not has_random_run(value) and is_stand_in(value):
        return Placeholder("made of stand-ins' words")
    if is_wordy(value) or (value.count(" ") > 1 and not has_random_run(value)):
        if is_chosen(value, context):
            return _literal(
                "generic-auth-header", Severity.HIGH, "words as a credential in a header", value, medium=False
            )
        return Placeholder("words, not a random value")
    return _literal("generic-auth-header", Severity.HIGH, "credential in a header", value, medium=True)


def secret(value: str, context: Context, level: Secrecy) -> Judgement:
    """Everything else, by what the name implies."""
    match level:
        case Secrecy.STRONG:
            return _strong(value, context)
        case Secrecy.WEAK:
            return _weak(value, context)
        case Secrecy.VETO:
            return Harmless("the name says that it is no credential")
        case _:
            return UNKNOWN


def phrase(value: str) -> Literal | None:
    """The recovery phrase of a wallet, when `value` can be one: as many words as wallets give, and none that the list
    of BIP-39 lacks although every sentence has it."""
    if compiled(_PHRASE).fullmatch(value) is None:
        return None
    words = value.replace(",", " ").split()
    if len(words) not in _PHRASE_LENGTHS or not NO_PHRASE_WORDS.isdisjoint(words) or len({w[:4] for w in words}) < 5:
        return None
    return _literal("generic-secret", Severity.CRITICAL, "recovery phrase of a wallet", value, medium=True)


def _strong(value: str, context: Context) -> Judgement:
    what = "value under a name that implies a secret"
    if " " in value and not _cookie(value):
        last = value.rpartition(" ")[2]
        if value.count(" ") > 1 or len(last) < SHORTEST_KEY or not has_random_run(last):
            return Harmless("text with blanks")
    length = len(value)
    if length < SHORTEST_SHORT_KEY:
        return Placeholder("too short for a key")
    if length < SHORTEST_KEY:
        digits = any(char.isdigit() for char in value) or (value.isalpha() and case_switches(value) >= 0.3 * length)
        mixed = classes(value) >= 2 and digits and distinct(value) >= 5
        if mixed and (not is_wordy(value) or switches(value) >= 3) and not is_stand_in(value):
            return _literal("generic-secret", Severity.MEDIUM, f"short {what}", value, medium=False)
    elif not is_wordy(value):
        return _long(value, what)
    sent = context.role == "query" or (context.kind is SlotKind.ARG and not context.role)
    if sent and switches(value) and is_chosen(value, context):
        return _literal(
            "generic-secret", Severity.MEDIUM, "words under a name that implies a secret", value, medium=False
        )
    return Harmless("words or a number, not a random value")


def _long(value: str, what: str) -> Judgement:
    length = len(value)
    enough = 2.5 if compiled(_HEX).fullmatch(value) else 3.0
    if entropy(value) < enough:
        return Placeholder("too regular to be random")
    if value.isalpha() and classes(value) == 1 and length < 24:
        return _literal("generic-secret", Severity.MEDIUM, what, value, medium=False)
    return _literal("generic-secret", Severity.MEDIUM, f"random {what}", value, medium=True)


def _weak(value: str, context: Context) -> Judgement:
    if compiled(_UUID).fullmatch(value):
        asked = context.role == "query" and not normalised(context.name).endswith("SESSION_ID")
        if asked or may_be_uuid(context.name):
            return _literal("generic-secret", Severity.MEDIUM, "random value under a key's name", value, medium=False)
        return Harmless("an identifier")
    random = looks_random(value) or (len(value) >= 24 and classes(value) == 3 and entropy(value) >= 3.8)
    pathlike = "/" in value and "." in value and value.rpartition(".")[2].isalpha()
    enough = len(value) >= (SHORTEST_KEY if classes(value) == 3 else 20) and not is_wordy(value)
    if enough and random and not pathlike and (" " not in value or _cookie(value)):
        return _literal("generic-secret", Severity.MEDIUM, "random value under a key's name", value, medium=False)
    return Harmless("not random enough for its name")


def segment(value: str, context: Context) -> Judgement:
    """A path segment: an identifier nearly everywhere, the credential itself at some hosts."""
    if is_local(context.host) or host_in(context.host, ID_HOSTS):
        return Harmless("part of an address")
    if value.startswith(ID_PREFIXES):
        return Harmless("an identifier")
    if host_in(context.host, CAPABILITY_HOSTS):
        return _capability(value)
    capability = context.role == "capability"
    random = looks_random(value) and entropy(value) >= 3.0
    long = len(value) >= (16 if capability else 32) or (len(value) >= 22 and classes(value) == 3)
    if (compiled(_UUID).fullmatch(value) and capability) or (random and long and not is_wordy(value)):
        return _literal("generic-secret", Severity.MEDIUM, "random part of an address", value, medium=capability)
    return Harmless("part of an address")


def _capability(value: str) -> Judgement:
    """A path segment at a host where whoever knows the address may call: anything that is no word of a route."""
    slug = value.count("-") >= 3 and value.lower() != value != value.upper()
    route = value.isdigit() or (value.islower() and value.isalpha()) or is_wordy(value)
    if slug or not route:
        return _literal("generic-secret", Severity.MEDIUM, "the part of an address that opens it", value, medium=True)
    return Harmless("part of an address")


def cookie(value: str, context: Context) -> Judgement:
    """One cookie: the session is the credential, what is counted or preferred is not."""
    name = context.name.lower()
    if name in HARMLESS_COOKIES or name.startswith(HARMLESS_COOKIE_PREFIXES):
        return Harmless("a cookie without a session")
    session = name.strip("_") in SESSION_COOKIES or secrecy(context.name) in (Secrecy.STRONG, Secrecy.WEAK)
    session = session or any(part in name for part in SESSION_COOKIE_PARTS)
    random = has_random_run(value) or (len(value) >= 20 and classes(value) >= 2 and entropy(value) >= 3.5)
    if len(value) < SHORTEST_SHORT_KEY or value.isdigit() or is_wordy(value):
        return Harmless("a cookie without a session")
    if not (random or (session and distinct(value) >= 5)):
        return Harmless("a cookie without a session")
    return _literal("generic-secret", Severity.MEDIUM, "session cookie", value, medium=session)


def bare(value: str, context: Context) -> Judgement:
    """An argument without a flag, or a user name in a URL: only a long random value speaks for itself."""
    if context.role == "user":
        # `customer-x-zone-y` of a proxy's user is words, with an id between them.
        words = sum(len(chunk) >= _SHORTEST_WORD and chunk.isalpha() for chunk in value.split("-"))
        token = len(value) >= SHORTEST_KEY and looks_random(value) and not is_wordy(value) and words < 2
        if token or compiled(_UUID).fullmatch(value):
            return _literal("generic-secret", Severity.MEDIUM, "token in an address", value, medium=True)
    elif context.kind is SlotKind.ARG:
        random = has_random_run(value) and classes(value) >= 2 and entropy(value) >= 3.0
        plain = value.replace("-", "").replace("_", "").isalnum() and not compiled(_UUID).fullmatch(value)
        if random and plain and len(value) >= (24 if classes(value) == 3 else 32):
            return _literal("generic-secret", Severity.MEDIUM, "long random value", value, medium=False)
    return UNKNOWN


def is_chosen(value: str, context: Context) -> bool:
    """Whether somebody made up a credential of words: one that only asks to be filled in has no words of its own.

    Vendors' names are no such words (`figma-token` is a stand-in), nor is that of the host that it is sent to unless
    there is a number as well: `acme-gateway-token-2025`.
    """
    if len(value) < _SHORTEST_CHOSEN or not value.isascii() or " " in value:
        return False
    own = [word for word in own_words(value) if not load().brand(word.upper())]
    if sum(map(str.isdigit, value)) >= _SHORTEST_NUMBER:
        return any(len(word) >= _SHORTEST_WORD for word in own)
    return 2 * sum(len(word) for word in own if word not in context.host) >= len(value)


def is_wordy(value: str) -> bool:
    """Whether it is made of words and small numbers with breaks between them."""
    chunks = [chunk for chunk in compiled(_BREAK).split(compiled(_HUMP).sub(r"\1 \2", value)) if chunk]
    # Random letters fall into words too, but into words of two letters.
    if sum(map(len, chunks)) < _SHORTEST_WORD * len(chunks):
        return False
    # `DVUIF-V0GUN-XS6ZZ`: the groups of a licence key.
    digits = sum(any(char.isdigit() for char in chunk) for chunk in chunks)
    if len(chunks) > 2 and len(set(map(len, chunks))) == 1 and len(chunks[0]) > 3 and digits * 2 >= len(chunks):
        return False
    return bool(chunks) and all(compiled(_WORD).fullmatch(chunk) for chunk in chunks)


def _cookie(value: str) -> bool:
    return "=" in value and has_random_run(value)


def _literal(rule: str, severity: Severity, reason: str, value: str, *, medium: bool) -> Literal:
    confidence = Confidence.MEDIUM if medium else Confidence.LOW
    return Literal(rule, None, severity, confidence, reason, 0, len(value))
