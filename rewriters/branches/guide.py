"""`MIGRATION.md`: what everybody who works in a repository does once, and why. Pure: one text for one plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from shlex import join

from unsprawl.rewriters.branches.markdown import Markdown, link
from unsprawl.rewriters.plan import EntryStep
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.rewriters.targets.run import ADDS
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.rotation import rotation_pages


@dataclass(frozen=True, slots=True)
class MovedFile:
    """One file of the commit whose entries hold no key any more."""

    name: str
    hosts: tuple[Host, ...]
    """Those in use that read it, each as it reads this file."""
    steps: tuple[EntryStep, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What stays as it is, and what to do about it."""

    path: str
    """Relative to the top, with `/`; the whole path of what lies outside."""
    what: str
    reason: str
    hint: str
    local: bool = False
    """Of no concern to others."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that the document says."""

    name: str
    """Its own."""
    branch: str
    files: tuple[MovedFile, ...]
    left: tuple[Left, ...]
    policy: bool
    """The commit brings the team's policy."""
    hook: str
    """The file that starts the check at each commit; "" for none."""
    hook_command: str
    """What to type for the check; "" for nothing."""
    hook_told: str


def guide(told: Told, clean: Callable[[str], str]) -> str:
    """The document, in Markdown. `clean` takes known values out of a text."""
    m = Markdown(clean)
    parts = [
        _beginning(m, told),
        _once(told),
        *(_host(m, host, files) for host, files in _by_host(told.files)),
        _keys(m, told),
        _check(m, told),
        _left(m, told),
        _back(m, told),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _beginning(m: Markdown, told: Told) -> str:
    lines = [
        "# The MCP keys have moved out of this repository",
        "",
        "Servers for coding assistants were configured here with keys written out, for everybody who can read the "
        "repository. The files now say where each key comes from, and everybody keeps a key of their own on their own "
        "machine. Nothing else about the servers has changed.",
        "",
    ]
    for file in told.files:
        entries = ", ".join(m.code(step.found.entry.name) for step in file.steps)
        lines.append(f"- {m.code(file.name)}: {entries}")
    lines += [
        "",
        "**The old keys are still in the history of this repository.** Whoever has a copy of it has them, so they "
        "count as leaked until they are replaced where they were issued. `unsprawl scan --history` shows where they "
        "stand, and `unsprawl revoke` how each is ended.",
    ]
    return "\n".join(lines)


def _once(told: Told) -> str:
    second = (
        "2. `unsprawl team join`, in this folder. It shows the entries, asks for your own keys, keeps them in your "
        "vault, and tells whether each entry works."
    )
    lines = [
        "## What to do once",
        "",
        "1. Install `unsprawl` for good (`pipx install` or `uv tool install`), so that it is on your PATH.",
        second,
        "3. Restart the programs below. Where one asks about a changed server, look at it and approve it.",
    ]
    return "\n".join(lines)


def _by_host(files: Iterable[MovedFile]) -> list[tuple[Host, list[MovedFile]]]:
    found: dict[str, tuple[Host, list[MovedFile]]] = {}
    for file in files:
        for host in file.hosts:
            mine = tuple(step for step in file.steps if host.id in step.found.entry.hosts)
            if mine:
                found.setdefault(host.id, (host, []))[1].append(MovedFile(file.name, (host,), mine))
    return sorted(found.values(), key=lambda each: each[0].name.lower())


def _host(m: Markdown, host: Host, files: Sequence[MovedFile]) -> str:
    lines = [f"## {m.words(host.name)}", ""]
    steps = [step for file in files for step in file.steps]
    for file in files:
        for step in file.steps:
            lines += _entry(m, host, file, step)
    also = [item for step in steps if step.target != OAuth.id for item in step.todo if not _is_command(item)]
    lines += ["", *(f"- {m.words(item)}" for item in dict.fromkeys(also))] if also else []
    if any(step.record is not None or step.target == OAuth.id for step in steps) and host.approve:
        lines += ["", f"{m.words(host.name)} asks again before it starts what has changed: {m.words(host.approve)}"]
    return "\n".join(lines)


def _entry(m: Markdown, host: Host, file: MovedFile, step: EntryStep) -> Iterator[str]:
    name = step.found.entry.name
    yield f"- {m.code(name)} in {m.code(file.name)}: {_how(m, host, step)}"
    login = step.target == OAuth.id
    for item in () if login else filter(_is_command, dict.fromkeys(step.todo)):
        assert isinstance(item, Todo)
        by_hand = item.typed.startswith(ADDS)
        said = "by hand, in place of `unsprawl team join`" if by_hand else m.words(item.said)
        yield f"  - {said}: {m.command(item.typed)}"
    if login:
        yield f"  - log in: {_login(m, host, name)}"


def _is_command(item: str) -> bool:
    """Whether it ends with something to type; the login of a host is told apart, for each of them."""
    return isinstance(item, Todo) and bool(item.typed) and not item.typed.startswith("http")


def _how(m: Markdown, host: Host, step: EntryStep) -> str:
    """Where its key comes from now: names, and no value."""
    if step.target == OAuth.id:
        return "no key any more, it is a login"
    names = ", ".join(m.code(keep.name) for keep in step.keeps)
    if step.deposit is not None:
        return f"{m.code(step.target)} hands over {names}"
    if step.record is not None:
        wire = "--wire " if step.record.wire else ""
        return f"{m.code(f'unsprawl run {wire}{step.record.ref}')} starts it with {names} from your vault"
    if not step.keeps:
        return f"{m.words(host.name)} asks for the key once, and keeps it"
    if any(keep.home == "file" for keep in step.keeps) and host.env_file is not None:
        return f"it takes {names} from {m.code(host.env_file.path)}, which {m.words(host.name)} loads"
    return f"it takes {names} from the environment"


def _login(m: Markdown, host: Host, name: str) -> str:
    """The host's own command, or its steps."""
    command = host.oauth.login_command(name)
    if command:
        return m.command(join(command))
    if host.oauth.in_app:
        return m.words(host.oauth.in_app.replace("NAME", f"`{name}`" if "`" not in name else "the entry"))
    return f"when {m.words(host.name)} asks for it"


def _keys(m: Markdown, told: Told) -> str:
    pages: dict[str, str] = {}
    for file in told.files:
        for step in file.steps:
            for what, page in rotation_pages(step.found.findings):
                pages[what] = page or pages.get(what, "")
    if not pages:
        return ""
    lines = ["## Where to get a key of your own", ""]
    for what, page in sorted(pages.items()):
        lines.append(f"- {m.words(what)}: {link(page) if page else 'at its provider'}")
    lines += ["", "Make a new one, with the least that it needs; do not take the old one over. Whoever owns the old "
              "one replaces or ends it at the same place."]  # fmt: skip
    return "\n".join(lines)


def _check(m: Markdown, told: Told) -> str:
    lines = ["## So that it stays so", ""]
    if told.hook:
        lines.append(f"- {m.code(told.hook)} starts `unsprawl hook --staged`, which stops a commit that holds a key.")
    if told.hook_told:
        lines.append(f"- Still to do: {m.words(told.hook_told)}.")
    if told.hook_command:
        lines.append(f"- Once for each clone, so that git starts the check: {m.command(told.hook_command)}")
    if told.policy:
        lines.append("- `.unsprawl.yaml` says what the team allows; `unsprawl scan` and `unsprawl migrate` follow it.")
    return "\n".join(lines) if len(lines) > 2 else ""


def _left(m: Markdown, told: Told) -> str:
    left = [each for each in told.left if not each.local]
    if not left:
        return ""
    lines = ["## Still to do", "", "These were left as they are:", ""]
    for each in left:
        hint = f" {m.words(each.hint)}" if each.hint else ""
        lines.append(f"- {m.code(each.path)}, {m.code(each.what)}: {m.words(each.reason)}.{hint}")
    return "\n".join(lines)


def _back(m: Markdown, told: Told) -> str:
    return "\n".join(
        [
            "## How to go back",
            "",
            "- On your machine: `unsprawl undo` takes back what `unsprawl` did there; it lists first, and asks.",
            f"- The branch, before it is merged: `git switch -`, then `git branch -D` with {m.code(told.branch)}.",
            "- The commit, after it is merged: `git revert` with its name. It brings the old keys back into the files: "
            "only while they are not replaced will they work.",
        ]
    )


def message(told: Told, clean: Callable[[str], str]) -> str:
    """The commit's message, in ASCII: what, why, and what is still to be done. No value, no control character."""
    moved = sum(len(file.steps) for file in told.files)
    lines = [
        "Take keys out of the MCP configuration",
        "",
        f"{moved} {'entry' if moved == 1 else 'entries'} held a key written out, for everybody with this repository.",
        "Now each says where its key comes from:",
        "",
    ]
    for file in told.files:
        names = ", ".join(_plain(clean(step.found.entry.name)) for step in file.steps)
        lines.append(f"- {_plain(clean(file.name))}: {names}")
    lines += ["", f"{told.name} tells what everybody does once."]
    if any(not each.local for each in told.left):
        lines.append("It also lists what could not be moved.")
    lines += [
        "",
        "The old keys stay in the history and count as leaked: replace each where",
        "it was issued (unsprawl revoke), after looking for other places",
        "(unsprawl scan --history).",
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    shown = one_line(text)[:80]
    return shown.encode("ascii", "backslashreplace").decode("ascii").replace("`", "'")
