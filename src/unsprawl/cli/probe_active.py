"""`probe --active`: says what would be created where, asks, and has it done."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.oauth import redirects
from unsprawl.scanner.oauth.attempt import Attempt
from unsprawl.scanner.oauth.may_try import place_to_register, why_not
from unsprawl.scanner.oauth.registering import CLIENT_NAME
from unsprawl.scanner.oauth.try_many import try_all
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.probe_json import Probed, judged

_NOBODY_AGREED = "nobody agreed to it"


class Agreement(NamedTuple):
    """What the command line says about registering clients."""

    yes: bool
    clients: int | None
    every: bool


def agreement_of(*, active: bool, yes: bool, clients: int | None, every: bool) -> Agreement | None:
    """None without --active. Raises UsageError where nobody could be asked, or the options do not fit together."""
    if not active:
        if yes or clients is not None:
            raise UsageError("--yes and --clients belong to --active", hint="Without --active nothing is created.")
        return None
    if clients is not None and not every:
        raise UsageError("--clients belongs to --all", hint="Without --all the servers are the ones that you name.")
    if not _can_ask():
        if not yes:
            raise UsageError(
                "--active registers a client, and this is no terminal to ask on",
                hint="Add --yes if a client may be created at the authorization server.",
            )
        if every and clients is None:
            raise UsageError(
                "--active --all --yes could register clients anywhere",
                hint="Add --clients N, the number of servers that a client may be registered at.",
            )
    return Agreement(yes, clients, every)


def tried(
    looked: Sequence[Probed],
    agreement: Agreement,
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
) -> list[Probed]:
    """The servers with what registering a client at each of them tells, as far as that was agreed to."""
    reasons = [why_not(each.seen, each.verdict) for each in looked]
    fit = [each for each, reason in zip(looked, reasons, strict=True) if not reason]
    port = redirects.a_port()
    agreed = bool(fit) and _agreed(fit, agreement, port)
    done = iter(try_all([each.seen for each in fit], announce, roots, REDACTOR.learn, _tell, port) if agreed else ())
    result = []
    for each, reason in zip(looked, reasons, strict=True):
        if reason or not agreed:
            attempt = Attempt(not_tried=reason or _NOBODY_AGREED, declined=not reason)
            result.append(judged(each.seen._replace(attempt=attempt)))
        else:
            result.append(judged(next(done)))
    return result


def _agreed(fit: Sequence[Probed], agreement: Agreement, port: int) -> bool:
    """Say exactly what would be created, and ask."""
    number = len(fit)
    if agreement.clients is not None and agreement.clients != number:
        _tell(f"{count(number, 'server')} would get a client, and --clients says {agreement.clients}: none is created")
        return False
    if agreement.yes and (not agreement.every or agreement.clients is not None):
        return True
    hosts = redirects.shapes(port)
    _tell(
        f"--active registers {count(number, 'client')}, one at each of:"
        if number > 1
        else "--active registers a client at:"
    )
    for each in fit:
        _tell(f"  {place_to_register(each.seen)} (for {each.seen.target.url})")
    _say(f'Its name is "{CLIENT_NAME}", its redirect addresses are {redirects.own(port)} and those of hosts:')
    for address in dict.fromkeys(address for shape in hosts for address in shape):
        _tell(f"  {address}")
    _say(
        f"A server that does not take them together may get up to {len(hosts) + 1}, each with fewer. All are deleted "
        "again if the server lets us (RFC 7592). If not, they stay behind there, and their ids are told. Nobody logs "
        "in, and nobody is sent to any of these addresses."
    )
    if agreement.every:
        typed = click.prompt(
            f"To register them, type how many they are ({number})", default="", show_default=False, err=True
        )
        return bool(typed.strip() == str(number))
    return click.confirm("Register it?" if number == 1 else f"Register {number} clients?", default=False, err=True)


def _say(text: str) -> None:
    """Our own words, broken where the terminal ends."""
    from shutil import get_terminal_size
    from textwrap import wrap

    for line in wrap(text, max(get_terminal_size().columns, 40), break_on_hyphens=False, break_long_words=False):
        _tell(line)


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _tell(line: str) -> None:
    print(one_line(REDACTOR.clean(line)), file=sys.stderr)
