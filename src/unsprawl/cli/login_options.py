"""`--remote`, `--client-id` and `--callback-port`: what the user says of logins. Nothing of it is taken from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.scanner.detect import judge
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.model import Context, Literal, SlotKind
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.targets import Bare, bare
from unsprawl.scanner.parts import LOOPBACK

_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,500}")

remote_option = click.option(
    "--remote", "remotes", multiple=True, metavar="NAME[=URL]",
    help="With `--to oauth`: NAME can log in at URL, or at the address that it calls already.",
)  # fmt: skip
client_option = click.option(
    "--client-id", "clients", multiple=True, metavar="NAME=ID",
    help="With `--to oauth`: NAME logs in with the client that you registered as ID. Never its secret.",
)  # fmt: skip
port_option = click.option(
    "--callback-port", "ports", multiple=True, metavar="NAME=PORT",
    help="With `--client-id`: the port in the redirect address that you registered for NAME.",
)  # fmt: skip


def stated(remotes: Iterable[str], clients: Iterable[str], ports: Iterable[str], target: str) -> Stated:
    """What the three options say. Raises UsageError, quoting no value."""
    remotes, clients = tuple(remotes), tuple(clients)
    if (remotes or clients) and target != OAuth.id:
        option = "--remote" if remotes else "--client-id"
        raise UsageError(f"{option} is for `--to {OAuth.id}`", hint=f"Add it, or leave {option} out.")
    at, ids = _by_name(remotes, "--remote"), _by_name(clients, "--client-id")
    for name, url in at.items():
        if url:
            _check_address(name, url)
    for name, text in ids.items():
        _check_id(name, text)
    numbers = {name: _port(name, text) for name, text in _by_name(ports, "--callback-port").items()}
    if alone := sorted(numbers.keys() - ids.keys()):
        raise UsageError(f"--callback-port {alone[0]}: no client is said to be registered for it",
                         hint=f"Add --client-id {alone[0]}=ID.")  # fmt: skip
    return Stated(at, ids, numbers)


def _by_name(texts: Iterable[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not name or name in found:
            what = "names no entry" if not name else "names one entry twice"
            raise UsageError(f"{option} {what}", hint="It is written NAME=…, NAME being the entry's.")
        found[name] = value
    return found


def _check_address(name: str, url: str) -> None:
    place = place_of(url)
    if not isinstance(place, Place):
        raise UsageError(f"--remote {name}: the address {place.reason}", hint="Write it as https://HOST/PATH.")
    if place.scheme != "https" and place.host not in LOOPBACK:
        raise UsageError(f"--remote {name}: plain http, where others could read the login", hint="Write https://…")
    if "#" in url or "{" in url or "$" in url:
        raise UsageError(f"--remote {name}: the address has a part that is still to be filled in, or a fragment",
                         hint="Write the whole address.")  # fmt: skip
    own = bare(url)
    if not isinstance(own, Bare) or own.left_out:
        raise UsageError(
            f"--remote {name}: the address holds a credential", hint="Leave it out: the login replaces it."
        )


def _port(name: str, text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 0 < number < 1 << 16:
        raise UsageError(f"--callback-port {name}: this is no port", hint="Give it as a number, 1 to 65535.")
    return number


def _check_id(name: str, text: str) -> None:
    if not _CLIENT_ID.fullmatch(text) or set(text) & set("\"'\\`"):
        raise UsageError(f"--client-id {name}: this is no id of a client", hint="Give it as the vendor shows it.")
    if isinstance(judge(text, Context(SlotKind.ENV, "CLIENT_ID")), Literal):
        raise UsageError(
            f"--client-id {name}: this looks like a secret, and none may go into the file",
            hint="Give the id. docs/oauth.md tells how hosts take a client secret without their file.",
        )
