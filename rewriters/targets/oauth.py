"""Target `oauth`: no key at all. The host, or a bridge for it, logs in at the server; tokens are kept there.

The old key is in no file afterwards and in use nowhere: the vault keeps it with what `undo` needs.
"""

from __future__ import annotations

from shlex import join

from unsprawl.rewriters.plan import EntryStep
from unsprawl.rewriters.targets.bridge import PACKAGE
from unsprawl.rewriters.targets.refusing import Refusing
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.hosts import Host


class OAuth(Refusing):
    """Makes an entry one that asks the server for a login."""

    id = "oauth"
    by_hand = True

    def _plan(self, situation: Situation) -> EntryStep:
        from unsprawl.rewriters.targets.login_step import login_step  # the catalogue, which the hook never needs

        return login_step(situation)


def starts_bridge(step: EntryStep) -> bool:
    """Whether a step of this target has a bridge log in for the host."""
    if step.target != OAuth.id:
        return False
    values = [getattr(each, "value", None) for each in step.operations]
    return any(PACKAGE in (value if isinstance(value, list) else str(value)) for value in values)


def log_in(host: Host, name: str) -> Todo:
    """How somebody logs in at an entry of this host."""
    if host.oauth.login:
        return Todo("log in, with a browser", join(host.oauth.login_command(name)))
    if host.oauth.in_app:
        return Todo(f"log in, with a browser: {host.oauth.in_app.replace('NAME', name)}")
    return Todo(f"log in, with a browser, when {host.name} asks for it at `{name}`")
