"""A value taken apart, as deep as it goes: command lines, JSON, header lines, connection strings, URLs, cookies.

What is left are the texts that hold nothing further, each under the name that it has where it stands.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from unsprawl.rules.bundle import NAMES
from unsprawl.rules.load import compiled, load
from unsprawl.scanner import parts
from unsprawl.scanner.arguments import arguments, header_of
from unsprawl.scanner.embedded import percent_decoded, strings_of_json
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.names import Secrecy, is_password, normalised, secrecy, secret_header, singular
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.pairs import Pair, Pairs, pairs
from unsprawl.scanner.placeholders import CAPABILITY_HOSTS, ID_SEGMENTS, KEY_SEGMENTS, is_one
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.vendors import host_in
from unsprawl.scanner.view import View


class Leaf(NamedTuple):
    """A text that holds nothing further."""

    view: View
    context: Context
    rule: str = ""
    """What a password is reported as, or ""."""
    key: str = ""
    """In a command line: the flag or variable that it belongs to; `context.name` may be a name within its value."""


_Found: TypeAlias = "list[Leaf] | None"
_DEEPEST = 6
_SHORT = 256
"""Of texts up to this length it is remembered that they hold nothing."""
_QUOTES = "\"'"
_SHELLS = {str(shell): shell for shell in Shell}
_SAYS_NOTHING = (Secrecy.NEUTRAL, Secrecy.VETO)
_HEADERS = frozenset(NAMES["headers"]["secret"])
_IDENTIFIED = r"[A-Za-z0-9_/-]{8,200}:([A-Za-z0-9_-]{20,200})"
_SETS = ("os.environ", "os.putenv", "process.env")
_SET_VARIABLE = (
    r"(?:\bos\.environ\[|\bos\.environ\.setdefault\(|\bos\.putenv\(|\bprocess\.env\[|\bprocess\.env\.)"
    r"[\"']?([A-Za-z_][A-Za-z0-9_]{0,80})[\"']?\]?\s{0,3}[=,]\s{0,3}[\"']([^\"'\n]{1,4096})[\"']"
)
_CHUNK = r"[^\s,;|]+"
_SERVERS = frozenset({"server", "host", "data source", "addr", "address", "hostname"})


def leaves(view: View, context: Context, depth: int = 0) -> tuple[Leaf, ...]:
    """What `view` holds; () when it is no container, so that it is to be judged itself."""
    view = trimmed(view)
    if not view.text or depth > _DEEPEST:
        return ()
    if _is_plain(view.text, context) if len(view.text) <= _SHORT else is_one(view.text):
        return ()
    found = _taken_apart(view, context) or ()
    return tuple(deeper for leaf in found if leaf.view.text for deeper in _deeper(leaf, depth + 1))


def _taken_apart(view: View, context: Context) -> _Found:
    for take_apart in (_script, _login, _credential, _code, _json, _uri, _several, _pairs, _header, _composite):
        found = take_apart(view, context)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _is_plain(text: str, context: Context) -> bool:
    """Whether a text is no container. The same `npx`, `-y` and `info` stand in one entry after the other."""
    return is_one(text) or _taken_apart(View.of(text), context) is None


def _deeper(leaf: Leaf, depth: int) -> tuple[Leaf, ...]:
    inner = leaves(leaf.view, leaf.context, depth)
    return tuple(each._replace(rule=each.rule or leaf.rule, key=each.key or leaf.key) for each in inner) or (leaf,)


def trimmed(view: View) -> View:
    """Without the blanks and the pair of quotes around it."""
    text, start, end = view.text, 0, len(view.text)
    if end and not (text[0].isspace() or text[-1].isspace() or text[0] in _QUOTES):  # nearly every value
        return view
    while True:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start >= 2 and text[start] == text[end - 1] and text[start] in _QUOTES:
            start, end = start + 1, end - 1
        else:
            return view.cut(start, end) if end - start < len(text) else view


def _script(view: View, context: Context) -> _Found:
    shell = _SHELLS.get(context.role)
    if shell is None:
        return None
    found = []
    for words in commands(view, shell):
        spoken = tuple(word.text for word in words)
        host = next((host for word in spoken if (host := parts.host_of(word))), "")
        around = context._replace(name="", role="", package=package_of(spoken) or context.package)
        for argument in arguments(spoken):
            sent = argument.role in ("header", "login")
            inner = around._replace(name=argument.name, role=argument.role, host=host if sent else "")
            found.append(Leaf(words[argument.word].cut(argument.start, argument.end), inner, key=argument.name))
    return found


def _login(view: View, context: Context) -> _Found:
    """`user:password`. The user of one without a password is an API key: so curl's users write one."""
    if context.role != "login":
        return None
    user, colon, password = view.text.partition(":")
    if colon and password:
        return [Leaf(view.cut(len(user) + 1, len(view.text)), context._replace(role="password"))]
    return [Leaf(view.cut(0, len(user)), context._replace(role="user"))]


def _credential(view: View, context: Context) -> _Found:
    """What stands behind an auth scheme."""
    if context.role not in ("", "header", "default") and context.role not in parts.SCHEMES:
        return None
    header = context.role == "header" or (context.kind is SlotKind.HEADER and not context.role)
    authorization = header and context.name.strip().lower() in ("authorization", "proxy-authorization")
    part = parts.credential_of(view.text, any_scheme=authorization)
    if part is None or (context.kind is SlotKind.OTHER and not header and secrecy(context.name) in _SAYS_NOTHING):
        return None  # `Key features: …` of a description
    return [Leaf(view.cut(part.start, part.end), context._replace(role=part.role))]


def _code(view: View, context: Context) -> _Found:
    """`python -c "os.environ['NAME'] = 'value'"`: variables that a line of a program sets."""
    if context.kind is not SlotKind.ARG or context.role or not any(word in view.text for word in _SETS):
        return None
    found = list(compiled(_SET_VARIABLE).finditer(view.text))
    return [Leaf(view.cut(*match.span(2)), context._replace(name=match[1]), key=match[1]) for match in found] or None


def _json(view: View, context: Context) -> _Found:
    if view.text[0] not in "{[" or context.role not in ("", "header", "body", "default", "query", "bearer"):
        return None
    strings = strings_of_json(view)
    if strings is None:
        return None
    return [Leaf(inner, _named(context, name)) for name, inner in strings]


def _named(context: Context, name: str) -> Context:
    """The context of a value that has a name of its own within another one."""
    name = name or context.name
    among_headers = normalised(context.name).endswith(("HEADERS", "HEADER"))
    header = name.strip().lower() in _HEADERS or (among_headers and secret_header(name))
    return context._replace(name=name, role="header" if header else "")


def _uri(view: View, context: Context) -> _Found:
    if context.role not in ("", "header", "body", "default", "query", "segment", "capability"):
        return None
    found = parts.uri_parts(view.text)
    host, scheme = parts.host_of(view.text), parts.scheme_of(view.text)
    inner = []
    for part in found:
        role = _role_of_segment(view.text, part.start, host) if part.role == "segment" else part.role
        if not role:
            continue
        name = part.name if role == "query" else context.name
        password = part.role == "password" or (part.role == "query" and is_password(name) and scheme != "https")
        cut = percent_decoded(view.cut(part.start, part.end))
        around = context._replace(name=name, role=role, host=host)
        rule = load().of_scheme(scheme) if password else None
        inner.append(Leaf(cut, around, rule.id if rule else ""))
    return inner or None


def _role_of_segment(text: str, start: int, host: str) -> str:
    """What the word before a path segment makes of it: "capability" behind `/mcp/…`, "" for the identifier behind
    `/projects/…`, else "segment"."""
    before = text[:start].rstrip("/").rpartition("/")[2].lower()
    if before in ID_SEGMENTS:
        return ""
    return "capability" if before in KEY_SEGMENTS and not host_in(host, CAPABILITY_HOSTS) else "segment"


def _several(view: View, context: Context) -> _Found:
    """`API_KEYS=one,two`: each under the name of one."""
    one = singular(context.name) if context.role in ("", "query", "default") else ""
    if not one:
        return None
    return [Leaf(view.cut(*match.span()), context._replace(name=one)) for match in compiled(_CHUNK).finditer(view.text)]


def _composite(view: View, context: Context) -> _Found:
    """`ACCOUNT/KEY:SECRET` as a word without a name: what follows the colon is the secret."""
    if context.kind is not SlotKind.ARG or context.role or context.name:
        return None
    match = compiled(_IDENTIFIED).fullmatch(view.text)
    return None if match is None else [Leaf(view.cut(*match.span(1)), context)]


def _pairs(view: View, context: Context) -> _Found:
    """Names and values side by side, where one of the names tells that this is what they are."""
    text = view.text
    if context.role not in ("", "header", "body", "default") and context.role not in parts.SCHEMES:
        return None
    if text.startswith("-----BEGIN") or context.role == "basic" or (not context.role and is_password(context.name)):
        return None
    listed = pairs(text)
    if listed is None:
        return None
    if normalised(context.name).endswith(("COOKIE", "COOKIES")) and listed.sign == "=":
        return [_item(view, pair, context._replace(name=pair.name, role="cookie")) for pair in listed.items]
    if not any(_telling(pair, listed) for pair in listed.items):
        return None
    if listed.sign == "=" and listed.separator in (";", " "):
        return _connection(view, context, listed)
    return [_item(view, pair, _named(context, pair.name)) for pair in listed.items]


def _header(view: View, context: Context) -> _Found:
    """`Cookie: a=b; c=d`: one header, whose value looks like a list."""
    line = header_of(view.text) if context.role in ("", "body", "default") else None
    if line is None or line[1].lower() not in _HEADERS or view.text[line.end(1) :].lstrip()[:1] != ":":
        return None
    return [Leaf(view.cut(*line.span(2)), context._replace(name=line[1], role="header"))]


def _item(view: View, pair: Pair, context: Context, rule: str = "") -> Leaf:
    return Leaf(view.cut(pair.start, pair.end), context, rule)


def _telling(pair: Pair, listed: Pairs) -> bool:
    level = secrecy(pair.name)
    if level is Secrecy.WEAK:
        return listed.separator != "" or secret_header(pair.name)
    return level is Secrecy.STRONG or (listed.sign == ":" and secret_header(pair.name))


def _connection(view: View, context: Context, listed: Pairs) -> list[Leaf]:
    """`Server=…;Password=…`, `host=… password=…`."""
    host = next((view.text[pair.start : pair.end] for pair in listed.items if pair.name.lower() in _SERVERS), "")
    around = context._replace(host=host.removeprefix("tcp:").partition(",")[0].partition(":")[0].lower())
    return [
        _item(view, pair, around._replace(name="password", role="password"), "uri-other")
        if is_password(pair.name)
        else _item(view, pair, around._replace(name=pair.name, role=""), "uri-other")
        for pair in listed.items
    ]
