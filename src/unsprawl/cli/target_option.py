"""`--to`: the targets that there are; `--sent`: where keys are sent, for those that need to know."""

from __future__ import annotations

import click

from unsprawl.rewriters.planner import ALL_TARGETS, AUTO, EXTERNAL
from unsprawl.rewriters.targets.wire import Wire
from unsprawl.scanner.errors import UsageError
from unsprawl.vault.destination_text import destination_of
from unsprawl.vault.record import Destination

sent_option = click.option(
    "--sent", multiple=True, metavar="NAME=PLACES@HOSTS",
    help="With `--to wire` or a broker: where the key in NAME is sent, if no rule tells it: "
    "ACME_KEY=header@api.acme.example",
)  # fmt: skip


def destinations(texts: tuple[str, ...], target: str) -> tuple[Destination, ...]:
    """What `--sent` says. Raises UsageError."""
    if texts and target not in (Wire.id, *EXTERNAL):
        raise UsageError(
            f"--sent is for `--to {Wire.id}`, and for brokers of others", hint="Add it, or leave --sent out."
        )
    found = tuple(map(destination_of, texts))
    names = [each.variable for each in found]
    if len(set(names)) != len(names):
        raise UsageError("--sent names one key twice", hint="Several hosts go into one, with commas between.")
    return found


target_option = click.option(
    "--to", "target", type=click.Choice([AUTO, *ALL_TARGETS]), default=AUTO, show_default=True,
    metavar="TARGET",
    help="Where the values go: `run` keeps them in the vault, `wire` from the server as well, `reference` names a "
    "variable, `env-file` too, and keeps it in a plain file that the host reads by itself; `run-argv` hands over what "
    "a server takes as an argument only; `oauth` makes it a login at the server, without any key; "
    f"{', '.join(EXTERNAL)}: brokers of others, see `unsprawl vault brokers`.",
)  # fmt: skip
