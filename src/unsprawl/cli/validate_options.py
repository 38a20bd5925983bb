"""`scan --validate`: its options, as one argument of the command. Light: every scan imports it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

import click

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.record import NamedTuple


class ValidateAsked(NamedTuple):
    """What the options say."""

    asked: bool = False
    experimental: bool = False
    costly: bool = False
    allowed: tuple[str, ...] = ()
    yes: bool = False


def validate_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options, which the command gets as `validate`."""

    @click.option("--validate", "validating", is_flag=True, help="Ask the vendors which are live; shows whom first.")
    @click.option("--experimental", is_flag=True, help="With --validate: also checks that nobody has confirmed.")
    @click.option("--costly", is_flag=True, help="With --validate: also what costs a request or leaves a trace.")
    @click.option("--allow-host", "allowed", multiple=True, metavar="HOST[:PORT]",
                  help="With --validate: a server of your own that may get its secrets; may be repeated.")  # fmt: skip
    @click.option("--yes", "-y", is_flag=True, help="With --validate: send without asking first.")
    @wraps(command)
    def taking(
        *words: object,
        validating: bool,
        experimental: bool,
        costly: bool,
        allowed: tuple[str, ...],
        yes: bool,
        **more: object,
    ) -> int:
        options = ValidateAsked(validating, experimental, costly, allowed, yes)
        _check(options)
        return command(*words, validate=options, **more)

    return taking


def _check(options: ValidateAsked) -> None:
    """Raises UsageError, before anything is scanned."""
    if not options.asked:
        if options != ValidateAsked():
            raise UsageError(
                "--experimental, --costly, --allow-host and --yes go with --validate", hint="Add --validate."
            )
        return
    hosts_of_an_option(options.allowed)
    if not options.yes and not _can_ask():
        raise UsageError(
            "--validate sends secrets to their vendors and asks first, and this is no terminal",
            hint="Add --yes to send without asking.",
        )


def hosts_of_an_option(hosts: tuple[str, ...]) -> frozenset[str]:
    """What `--allow-host` names, as servers are compared. Raises UsageError for what is none."""
    for host in hosts:
        if not _is_host(host):
            hint = "Its name as in an address: git.corp.example or host:8443."
            raise UsageError(f"--allow-host {host}: this is no host", hint=hint)
    return frozenset(host.lower().removesuffix(":443") for host in hosts)


def _is_host(text: str) -> bool:
    from unsprawl.scanner.oauth.addresses import Place, place_of

    place = place_of(f"https://{text}")
    return isinstance(place, Place) and place.target == "/" and not text.endswith("/") and "?" not in text


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
