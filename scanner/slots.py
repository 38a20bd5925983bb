"""Entries to slots: every value of an entry that can hold a credential, whole and in parts."""

from __future__ import annotations

from collections.abc import Iterator, Set

from unsprawl.scanner import parts
from unsprawl.scanner.arguments import Argument, arguments, assignment_of, header_of
from unsprawl.scanner.dissect import Leaf, leaves
from unsprawl.scanner.embedded import own_name
from unsprawl.scanner.entry_looks import nested
from unsprawl.scanner.entry_parts import (
    ARGS_KEYS,
    COMMAND_KEYS,
    ENV_KEYS,
    ENV_NAME_KEYS,
    HEADER_KEYS,
    HOLDER_KEYS,
    URL_KEYS,
)
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Context, Entry, Slot, SlotKind
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.pairs import pairs
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import HOST_OWNED, HOST_TOKENS, ServerNode
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.view import View


class Held(NamedTuple):
    """A part of a value: `slot` tells where it is, `leaf` what is judged and in which surroundings."""

    slot: Slot
    leaf: Leaf


class SlotGroup(NamedTuple):
    """One value. `view` is its text; `held` what it holds, if anything, to be judged instead of the whole."""

    node: Node
    """The string itself: a path alone is not enough where a key is written twice."""
    whole: Slot
    view: View
    held: tuple[Held, ...] = ()


_URL_KINDS = {
    "password": SlotKind.URL_USERINFO,
    "user": SlotKind.URL_USERINFO,
    "query": SlotKind.URL_QUERY,
    "segment": SlotKind.URL_PATH,
    "capability": SlotKind.URL_PATH,
}
_OWN_KEYS = (SlotKind.ENV, SlotKind.HEADER)
"""Kinds whose key is that of the file, whatever names there are within the value."""


def slots(server: ServerNode) -> Iterator[SlotGroup]:
    """All slots of one entry, in file order within each kind."""
    entry, node = server
    if node.text() is not None:  # an entry that is a plain string
        yield from (_url if entry.url else _line)(node, entry.key_path, entry)
        return
    left_out = {(*entry.key_path, *steps) for steps, _, _ in nested(node)}
    if HOST_TOKENS in entry.marks:
        left_out |= {(*entry.key_path, *steps) for steps in HOST_OWNED}
    above = {path[:length] for path in left_out for length in range(len(entry.key_path) + 1, len(path))}
    yield from _members(node, entry.key_path, entry, left_out, above)


def _members(
    node: Node, base: KeyPath, entry: Entry, left_out: Set[KeyPath], above: Set[KeyPath]
) -> Iterator[SlotGroup]:
    """`above` are the paths on the way to what is left out."""
    for member in node.members:
        path = (*base, member.key)
        value = member.value
        if path in left_out:
            continue
        if member.key in COMMAND_KEYS and _is_one_line(value):
            yield from _line(value.items[0], (*path, 0), entry)
        elif member.key in ARGS_KEYS + COMMAND_KEYS and value.kind is Kind.ARRAY:
            yield from _arguments(value, path, entry)
        elif member.key in ARGS_KEYS + COMMAND_KEYS and value.kind is Kind.STRING:
            yield from _line(value, path, entry)
        elif member.key in URL_KEYS and value.kind is Kind.STRING:
            yield from _url(value, path, entry)
        elif value.kind is Kind.OBJECT and (member.key in HOLDER_KEYS or path in above):
            yield from _members(value, path, entry, left_out, above)
        else:
            yield from _below(value, path, member.key, entry)


def _below(node: Node, path: KeyPath, name: str, entry: Entry) -> Iterator[SlotGroup]:
    """What a member of an entry holds: variables, headers, or strings with no meaning of their own to us."""
    if name in ENV_KEYS or (name in ENV_NAME_KEYS and node.kind is Kind.ARRAY):
        yield from _named(node, path, Context(SlotKind.ENV, "", package=entry.package))
    elif name in HEADER_KEYS:
        yield from _named(node, path, Context(SlotKind.HEADER, "", "", entry.package, parts.host_of(entry.url)))
    elif node.kind is Kind.OBJECT:
        for member in node.members:
            yield from _below(member.value, (*path, member.key), own_name(node) or member.key, entry)
    else:
        yield from other_slots(node, path, name, entry.package)


def _named(node: Node, path: KeyPath, context: Context) -> Iterator[SlotGroup]:
    """Variables or headers: as a map, as a list of `NAME=value` or `Name: value`, of {name, value}, or as one text."""
    for member in node.members:
        yield from _value(member.value, (*path, member.key), context._replace(name=member.key))
    for index, item in enumerate((node,) if node.kind is Kind.STRING else node.items):
        here = path if item is node else (*path, index)
        called = own_name(item)
        if item.kind is Kind.STRING:
            yield from _listed(item, here, context, alone=item is node)
        elif called:
            value = next(member for member in item.members if member.key.lower() == "value")
            yield from _value(value.value, (*here, value.key), context._replace(name=called))
        elif context.kind is SlotKind.HEADER and len(item.members) == 1:
            (header,) = item.members
            yield from _value(header.value, (*here, header.key), context._replace(name=header.key))
        else:
            yield from other_slots(item, here, str(path[-1]), context.package)


def _listed(node: Node, path: KeyPath, context: Context, *, alone: bool) -> Iterator[SlotGroup]:
    """`NAME=value` or `Name: value` in one string, or several of them."""
    text = node.text() or ""
    listed = pairs(text)
    single = assignment_of("-e", text) if context.kind is SlotKind.ENV else header_of(text)
    if single is not None:
        yield slot_group(context._replace(name=single[1]), path, node, View.of(text).cut(single.start(2), len(text)))
    elif listed is not None:
        for pair in listed.items:
            yield slot_group(context._replace(name=pair.name), path, node, View.of(text).cut(pair.start, pair.end))
    elif alone or context.kind is not SlotKind.ENV:  # a bare word in a list `env` names a variable to pass on
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        yield from other_slots(node, path, name, context.package)


def other_slots(node: Node, path: KeyPath, name: str, package: str = "") -> Iterator[SlotGroup]:
    """Every string below a node that has no meaning of its own to us, named by its nearest key."""
    if node.kind is Kind.STRING:
        yield from _value(node, path, Context(SlotKind.OTHER, name, package=package))
    called = own_name(node)
    for member in node.members:
        own = called if called and member.key.lower() == "value" else member.key
        yield from other_slots(member.value, (*path, member.key), own, package)
    for index, item in enumerate(node.items):
        yield from other_slots(item, (*path, index), name, package)


def variable_slots(node: Node, package: str) -> Iterator[SlotGroup]:
    """The variables of an environment file, for a server of that package. A line of it that is none has no name."""
    for member in node.members:
        if member.key:
            yield from _value(member.value, (member.key,), Context(SlotKind.FILE, member.key, package=package))
        else:
            yield from other_slots(member.value, (member.key,), "")


def string_slots(node: Node, path: KeyPath, kind: SlotKind) -> Iterator[SlotGroup]:
    """The value at the path of a credential beside the entries, named by its nearest key; what is no string is none."""
    if node.text() is not None:
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        yield from _value(node, path, Context(kind, name))


def input_slots(node: Node, path: KeyPath) -> Iterator[SlotGroup]:
    """The values of VS Code's `inputs`: a default is named by the input's id, which says what it is."""
    for index, item in enumerate(node.items):
        name = _input_name(item)
        if item.kind is not Kind.OBJECT:
            yield from other_slots(item, (*path, index), "inputs")
        for member in item.members:
            called = name if member.key == "default" else member.key
            yield from other_slots(member.value, (*path, index, member.key), called)


def _input_name(item: Node) -> str:
    """What names the default of an input: its id, or its description where only that says what is asked for. What is
    typed as a password is a secret whatever they say."""
    said = [text for key in ("id", "description") if (node := item.get(key)) is not None and (text := node.text())]
    named = next((text for text in said if secrecy(text) is Secrecy.STRONG), None)
    named = named or next((text for text in said if secrecy(text) is Secrecy.WEAK), None)
    hidden = item.get("password")
    if named is None and hidden is not None and hidden.value is True:
        return f"{said[0] if said else 'input'} secret"
    return named or (said[0] if said else "inputs")


def _value(node: Node, path: KeyPath, context: Context) -> Iterator[SlotGroup]:
    text = node.text()
    if text is None and node.kind is Kind.NUMBER and context.kind in _OWN_KEYS:
        return  # a bare number is a setting; PINs are written as strings
    if text:
        yield slot_group(context, path, node, View.of(text))
    elif node.kind in (Kind.OBJECT, Kind.ARRAY):
        yield from other_slots(node, path, context.name, context.package)


def slot_group(context: Context, path: KeyPath, node: Node, view: View) -> SlotGroup:
    """A value and what it holds. A URL or JSON text within a variable or an argument stays in its kind of slot: that
    is where it must be rewritten."""
    held = []
    for leaf in leaves(view, context):
        name = context.name if context.kind in _OWN_KEYS or context.name else leaf.key or leaf.context.name
        told = context._replace(name=name, role=leaf.context.role, host=leaf.context.host)
        held.append(Held(_slot(told, path, node, leaf.view), leaf))
    return SlotGroup(node, _slot(context, path, node, view), view, tuple(held))


def undivided(context: Context, path: KeyPath, node: Node, view: View) -> SlotGroup:
    """A value that is judged as a whole, whatever it holds."""
    return SlotGroup(node, _slot(context, path, node, view), view)


def _slot(context: Context, path: KeyPath, node: Node, view: View) -> Slot:
    start, end = view.span(0, len(view.text)) if view.text else (0, 0)
    return Slot(context, path, start, end, Secret((node.text() or "")[start:end]))


def _url(node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    text = node.text()
    if not text:
        return
    yield url_group(node, path, View.of(text), entry.package)


def url_group(node: Node, path: KeyPath, view: View, package: str) -> SlotGroup:
    """An address and the parts of it, each as the kind of slot that it is."""
    context = Context(SlotKind.URL_PATH, "", package=package, host=parts.host_of(view.text))
    group = slot_group(context, path, node, view)
    return group._replace(held=tuple(_of_url(held) for held in group.held))


def _of_url(held: Held) -> Held:
    """With the kind of slot that its part of the URL is."""
    role = held.leaf.context.role
    kind = _URL_KINDS.get(role, SlotKind.URL_QUERY if held.leaf.context.name else SlotKind.OTHER)
    told = held.slot.context._replace(kind=kind, name=held.leaf.context.name)
    return Held(held.slot._replace(context=told), held.leaf._replace(context=held.leaf.context._replace(kind=kind)))


def _line(node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    """A command as one text: most often a program alone, sometimes a whole line for a shell."""
    text = node.text() or ""
    if len(text.split()) < 2:
        yield from other_slots(node, path, str(path[-1]), entry.package)
        return
    whole = View.of(text)
    context = Context(SlotKind.ARG, "", package=entry.package)
    group = slot_group(context._replace(role=Shell.POSIX), path, node, whole)
    yield group._replace(whole=_slot(context, path, node, whole))


def _is_one_line(node: Node) -> bool:
    """Whether a list of words has one that is a whole line for a shell: `["API_KEY=… npx -y x"]`."""
    return len(node.items) == 1 and len((node.items[0].text() or "").split()) > 1


def _arguments(node: Node, path: KeyPath, entry: Entry) -> Iterator[SlotGroup]:
    words: list[str | None] = [item.text() for item in node.items]
    before = len(entry.command) - len(words) if path[-1] in ARGS_KEYS else 0
    host = next((host for word in entry.command if (host := parts.host_of(word))), "")
    for argument in arguments([*entry.command[: max(before, 0)], *words]):
        index = argument.word - max(before, 0)
        if index < 0:
            continue
        item, here = node.items[index], (*path, index)
        text = item.text()
        if text is None:
            yield from other_slots(item, here, argument.name, entry.package)
        elif argument.end > argument.start:
            context = argument_context(argument, entry.package, host)
            yield slot_group(context, here, item, View.of(text).cut(argument.start, argument.end))


def argument_context(argument: Argument, package: str, host: str) -> Context:
    """What surrounds the value of an argument. `host` is that of the address on its command line, or ""."""
    sent = argument.role in ("header", "login")
    return Context(SlotKind.ARG, argument.name, argument.role, package, host if sent else "")
