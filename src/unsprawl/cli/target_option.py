"""`--to`: the targets that there are, and a clear word for those that are known and not there yet."""

from __future__ import annotations

from typing import Any

import click

from unsprawl.rewriters.planner import ALL_TARGETS, AUTO, EXTERNAL
from unsprawl.rewriters.targets.wire import Wire
from unsprawl.scanner.errors import UsageError
from unsprawl.vault.destination_text import destination_of
from unsprawl.vault.record import Destination

LATER = {
    "oauth": "`--to oauth`, a login at the server in place of a key, is not there yet",
}
"""Known words that move nothing."""
_NOW = "`--to run` keeps the key in the vault, `--to wire` from the server as well, `--to reference` names a variable."


class _Target(click.Choice[str]):
    """Offers, and takes, what there is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        later = LATER.get(str(value).lower())
        if later is not None:
            self.fail(f"{later}. {_NOW}", param, ctx)
        return super().convert(value, param, ctx)


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
    "--to", "target", type=_Target([AUTO, *ALL_TARGETS]), default=AUTO, show_default=True,
    metavar="|".join([AUTO, *ALL_TARGETS, *LATER]),
    help="Where the values go: `run` keeps them in the vault, `wire` from the server as well, `reference` names a "
    "variable, `env-file` too, and keeps it in a plain file that the host reads by itself; "
    f"{', '.join(EXTERNAL)}: brokers of others, see `unsprawl vault brokers`. "
    f"`{'` and `'.join(LATER)}` is not there yet.",
)  # fmt: skip
