"""How `login` reaches the user: the address to sign in at, the browser, the client's secret."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping

import click
from rich.text import Text

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.login.options import Talk
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.secret import Secret

VARIABLE = "UNSPRAWL_CLIENT_SECRET"
_LONGEST = 4096
# By Python's own module, in a process of its own: a browser may write to stdout or take the terminal, and a text
# browser would. Isolated, so that no module of the working folder is taken for it.
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def talk(*, browser: bool, yes: bool) -> Talk:
    """What a login needs. `browser`: open the address, not only show it. `yes`: questions are answered already."""

    def say(text: str) -> None:
        print(one_line(text), file=sys.stderr)

    def sign_in(url: str, why: str) -> None:
        _show(url, why)
        if browser:
            _open(url)

    def ask(question: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            return False
        return click.confirm(question, default=False, err=True)

    return Talk(say, sign_in, REDACTOR.learn, ask)


def _show(url: str, why: str) -> None:
    """The whole address, its host emphasised: what is opened is what is read here."""
    place = place_of(url)
    host = place.host if isinstance(place, Place) else ""
    shown = Text(one_line(url))
    at = shown.plain.lower().find(host, len("http://"))
    if host and at >= 0:
        shown.stylize("bold reverse", at, at + len(host))
    console = console_for(sys.stderr)
    again = f" once more ({why})" if why else ""
    console.print(Text(f"Sign in{again} at ").append(host, "bold").append(":"), soft_wrap=True)
    console.print(shown, soft_wrap=True)


def _open(url: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != VARIABLE}
    nowhere = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _OPEN, url],
            env=environ, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True,
        )  # fmt: skip
    except OSError:
        _not_opened()
        return

    def wait() -> None:
        if process.wait():
            _not_opened()

    threading.Thread(target=wait, daemon=True).start()


def _not_opened() -> None:
    print("No browser could be opened: open the address yourself.", file=sys.stderr)


def client_secret(environ: Mapping[str, str]) -> Secret:
    """The secret of a client that was registered by hand. Never an argument: other processes see those."""
    text = environ.get(VARIABLE, "")
    if not text and sys.stdin.isatty():
        text = click.prompt("The client's secret", hide_input=True, err=True)
    elif not text:
        text = sys.stdin.readline(_LONGEST).rstrip("\r\n")
    if not text:
        raise UsageError("no client secret came", hint=f"Set {VARIABLE}, or pass it through a pipe.")
    secret = Secret(text)
    REDACTOR.learn([secret])
    return secret
