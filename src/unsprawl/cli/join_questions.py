"""What a join asks: whether to trust an entry, for a value, for a name, for the hosts that a key may be sent to.

In a script nobody answers: `--confirm` says yes to what was shown before, and to nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import click

from unsprawl.cli.guided import HELP, NO, QUIT, YES, pressed
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.joining.entries import route
from unsprawl.rewriters.joining.model import Need, Wanted
from unsprawl.rewriters.joining.oddities import vendors_of
from unsprawl.rewriters.joining.own_values import OwnValue
from unsprawl.rewriters.joining.shape import Fault, fault, rule_of
from unsprawl.rewriters.joining.survey import Item
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.report.join import JoinReport
from unsprawl.scanner.secret import Secret
from unsprawl.vault.destination_text import destination_of
from unsprawl.vault.plain import shown
from unsprawl.vault.record import Destination, Place

WORD = "yes"
"""What is typed in full where something is unusual."""


class Left(Exception):
    """An entry stays without what it lacks; the text says why."""


@dataclass(slots=True)
class Answers:
    """Where answers come from."""

    report: JoinReport
    asking: bool
    """There is a terminal."""
    confirmed: Collection[str]
    """Digests of what its user looked at before."""
    given: Secret | None
    """The one value of standard input."""
    found: bool
    """Without a terminal: take what lies on this machine, where it is one value."""
    own: Callable[[Wanted, str], Sequence[OwnValue]]
    sent: Sequence[Destination]
    team: Collection[Secret]
    stopped: bool = False
    used: list[OwnValue] = field(default_factory=list)
    """What was taken from elsewhere on this machine."""

    def trusts(self, item: Item, which: str) -> bool:
        """Whether the entry may have what it lacks. Everything of it is shown first."""
        if item.digest in self.confirmed:
            return True
        if self.stopped or not self.asking:
            return False
        self.report.entry(item, which)
        if not item.unusual:
            keys = [(YES, _does(item)), (NO, "leave it as it is"), (QUIT, "ask no more"), (HELP, "show this list")]
            key = pressed(self.report, "Is it what you expect?  [y]es  [n]o  [q]uit asking  [?] help  ", keys)
            self.stopped = key == QUIT
            return key == YES
        self.report.line(
            "Whoever can write to the repository wrote this. If you did not expect it, ask them first.", first="  "
        )
        self.report.gap()
        self.report.pause()
        typed = click.prompt(f"Type {WORD} to trust it all the same", default="", show_default=False)
        return bool(typed.strip().lower() == WORD)

    def name_for(self, item: Item) -> str:
        """The variable that the server reads, where nobody says it. Raises Left."""
        name = item.wanted.found.entry.name
        if not self.asking or self.stopped:
            raise Left(f"which variable its server reads is not known: --variable {shown(name)}=NAME")
        self.report.entry(item)
        self.report.line("Nobody says which variable its server reads; its documentation does.", first="  ")
        self.report.gap()
        self.report.pause()
        typed = str(click.prompt("Variable (nothing: leave the entry)", default="", show_default=False)).strip()
        if not typed.isidentifier() or not typed.isascii():
            raise Left("no variable was named" if not typed else "that is no name of a variable")
        return typed

    def value(self, wanted: Wanted, variable: str) -> Secret:
        """Their own value for a variable. Raises Left."""
        package = wanted.found.entry.package
        if self.given is not None:
            wrong = fault(self.given, variable, package, self.team)
            if wrong is not None:
                raise Left(f"what standard input holds is not stored: {wrong.says}")
            return self.given
        own = self.own(wanted, variable) if self.asking or self.found else ()
        if not self.asking:
            return self._only(own, variable)
        for each in own:
            self.report.own_value(variable, each)
            keys = [(YES, "use it here too"), (NO, "do not"), (HELP, "show this list")]
            if pressed(self.report, "Use it?  [y]es  [n]o  [?] help  ", keys) == YES:
                self.used.append(each)
                return each.secret
        return self._typed(variable, lambda secret: fault(secret, variable, package, self.team))

    def _only(self, own: Sequence[OwnValue], variable: str) -> Secret:
        if not self.found:
            raise Left(f"no value for {shown(variable)}: --stdin takes one, --found what lies on this machine")
        if len(own) != 1:
            many = "several values lie" if own else "no value of your own lies"
            raise Left(f"{many} on this machine for {shown(variable)}: --stdin takes one")
        self.used.append(own[0])
        return own[0].secret

    def _typed(self, variable: str, wrong_with: Callable[[Secret], Fault | None]) -> Secret:
        before: Secret | None = None
        twice = not vendors_of(variable)  # nothing would tell a slip of the keyboard
        while True:
            self.report.pause()
            text = click.prompt(
                f"Your own {shown(variable)} (not shown; nothing: leave the entry)",
                hide_input=True,
                default="",
                show_default=False,
            )
            if not text:
                raise Left("no value was given")
            secret = Secret(text)
            REDACTOR.learn([secret])
            wrong = wrong_with(secret)
            if wrong is not None and (wrong.firm or secret != before):
                print(f"unsprawl: not taken: {wrong.says}", file=sys.stderr)
                if not wrong.firm:
                    print("  Enter it once more to use it all the same.", file=sys.stderr)
                before = secret
                continue
            if wrong is None and twice and secret != before:
                print("  Once more, since no rule knows its form.", file=sys.stderr)
                before = secret
                continue
            return secret

    def destination(self, wanted: Wanted, variable: str, secret: Secret) -> Destination:
        """Where the key may be sent: by a rule, or where its owner says so of each host. Raises Left."""
        told = next((each for each in wanted.routes if each.variable == variable), None)
        made = route(wanted, variable, rule_of(secret, variable, wanted.found.entry.package), self.sent)
        if not made.hosts and told is not None:
            made = told
        if not made.hosts:
            return self._own_hosts(variable, made.reason)
        known = told.hosts if told is not None else ()
        agreed = [
            name
            for name in made.hosts
            if (name not in made.unasked and name in known) or self._may_have(variable, name)
        ]
        if not agreed:
            raise Left(f"no host may have {shown(variable)}, so the proxy has nothing to put in")
        return Destination(variable, tuple(agreed), tuple(Place(place) for place in made.places))

    def _may_have(self, variable: str, name: str) -> bool:
        if not self.asking:
            raise Left(f"no rule says that {shown(variable)} may go to {shown(name)}: say it with --sent")
        self.report.pause()
        question = f"No rule says that {shown(variable)} may go to {shown(name)}. May it?"
        return click.confirm(question, default=False)

    def _own_hosts(self, variable: str, reason: str) -> Destination:
        if not self.asking:
            raise Left(f"where {shown(variable)} may be sent is not known ({reason}): say it with --sent")
        self.report.pause()
        print(f"unsprawl: where {shown(variable)} may be sent is not known: {reason}", file=sys.stderr)
        while True:
            typed = click.prompt(
                "Hosts, with commas between (nothing: leave the entry)", default="", show_default=False
            )
            if not typed.strip():
                raise Left("no host was named")
            try:
                return destination_of(f"{variable}={Place.HEADER.value}@{','.join(map(str.strip, typed.split(',')))}")
            except UsageError as error:
                print(f"unsprawl: {error.message}", file=sys.stderr)


def _does(item: Item) -> str:
    match item.standing.need:
        case Need.VALUE:
            return "ask for your own value, and keep it for just this"
        case Need.COMMAND:
            return "let this command have the value that you stored for the other one"
        case _:
            return "take it so"
