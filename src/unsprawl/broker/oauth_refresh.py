"""Holds a working access token: renewed before its end, by one process at a time, and kept before it is used.

What no client can mend: the server may spend the refresh token when it has read the request. A kill between that and
the moment when we have stored the answer loses it. That time is kept short, and ends of a process wait for it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from unsprawl.broker import oauth_waits
from unsprawl.broker.oauth_answer import Denied, Granted, Outcome, Reply, Request, Why, outcome_of, request_for
from unsprawl.broker.oauth_endpoint import WHOLE_S, Unreachable
from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_item import Places, alone, keep, newest, stored
from unsprawl.vault.oauth_token import Credential

LOCK_S = 40.0
"""Longer than the call to the endpoint and the stores around it may take."""
_NOT_AGAIN_S = 60
"""A token this fresh is not renewed because an upstream refused it: another one would be refused as well."""
_SIGN_IN = "Sign in again, then store the new tokens: `unsprawl vault set REF VARIABLE --oauth`."
_HINTS = {
    Why.ENDED: _SIGN_IN,
    Why.CLIENT: "Check client_id, client_secret and token_endpoint, and store them with `unsprawl vault set --oauth`.",
    Why.UNFIT: "Check token_endpoint. It may be a page for people, or a proxy in between that answers.",
}


class SignInEnded(VaultError):
    """The server takes the refresh token no more: a person must sign in again."""


Post = Callable[[Request], Reply]
"""Sends a request. Raises Unreachable."""
Told = Callable[[str, str, bool], None]
"""Called with the endpoint's host, what happened, and whether it went well; for an audit log. No secret is in it."""


class Refresher:
    """One credential. Safe to use from several threads."""

    def __init__(
        self,
        places: Places,
        variable: str,
        *,
        send: Post,
        told: Told = lambda host, what, well: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._places = places
        self._variable = variable
        self._told = told
        self._clock = clock
        self._send = send
        self._thread = threading.Lock()
        self._rejected: Secret | None = None
        self._given: Credential | None = None
        self._unkept: Credential | None = None
        """New tokens that no store took. They are good as long as this process lives."""

    def current(self) -> Secret:
        """The access token to use now; renewed first where that is due.

        Blocks for the network then: not for an event loop's own thread. Raises SignInEnded, or VaultError when there
        is no token that may still work.
        """
        with self._thread:
            self._given = self._current()
            return _access(self._given)

    def fresh(self) -> bool:
        """Whether what `current` gave last is neither due nor refused. Never blocks."""
        given = self._given
        return given is not None and not self._due(given)

    def _current(self) -> Credential:
        try:
            credential = stored(self._places)
            if self._unkept is not None:
                credential = self._unkept
            elif not self._due(credential):
                return credential
        except VaultError:
            credential = None  # cut short in the middle of a change, gone, or locked: `newest` tells
        return self._renewed(credential)

    def rejected(self, token: Secret) -> None:
        """An upstream answered 401 to `token`: the next `current` renews it, unless somebody has meanwhile."""
        self._rejected = token

    def _due(self, credential: Credential) -> bool:
        now = self._clock()
        if credential.due(now):
            return True
        if self._rejected is None or credential.access_token != self._rejected:
            return False
        return credential.issued_at is None or not 0 <= now - credential.issued_at < _NOT_AGAIN_S

    def _renewed(self, seen: Credential | None) -> Credential:
        try:
            with alone(self._places, LOCK_S):
                credential, settled = newest(self._places)
                if self._unkept is not None and self._unkept.generation > credential.generation:
                    credential, settled = self._unkept, False
                self._unkept = None
                if not settled:  # a change was cut short, or a store did not take it
                    self._keep(credential)
                return self._asked(credential) if self._due(credential) else credential
        except StoreUnavailable:
            if seen is not None and seen.usable(self._clock()):
                return seen
            raise

    def _asked(self, credential: Credential) -> Credential:
        """`credential` with a new access token, or itself while that may still work. Raises VaultError."""
        now = self._clock()
        wait = oauth_waits.read(self._places.item)
        if wait is not None and wait.holds(credential.generation, now):
            denied = Denied(wait.why, f"it was asked a moment ago, without success ({wait.why})")
            return self._while_it_works(credential, denied, now, until=wait.until)
        with _to_the_end():
            outcome = self._outcome(credential, now)
            if isinstance(outcome, Granted):
                given = outcome.access_token, outcome.refresh_token, outcome.lifetime_s, outcome.scope
                renewed = credential.renewed(*given, now)
                self._keep(renewed)
                self._rejected = None
                self._told(credential.host, "", True)
                with suppress(VaultError):
                    oauth_waits.clear(self._places.item)
                return renewed
            if outcome.refresh_token is not None:
                rotated = replace(credential, refresh_token=outcome.refresh_token, generation=credential.generation + 1)
                self._keep(rotated)
                credential = rotated
        wait = oauth_waits.after(outcome, credential.generation, wait, now)
        with suppress(VaultError):
            oauth_waits.write(self._places.item, wait)
        self._told(credential.host, outcome.detail, False)
        return self._while_it_works(credential, outcome, now, until=wait.until)

    def _outcome(self, credential: Credential, now: float) -> Outcome:
        try:
            return outcome_of(self._send(request_for(credential)), now)
        except Unreachable as error:
            return Denied(Why.UNREACHABLE, str(error))

    def _keep(self, credential: Credential) -> None:
        try:
            keep(self._places, credential)
            self._unkept = None
        except VaultError as error:
            self._unkept = credential
            self._told(credential.host, f"the new tokens could not be stored: {error.message}", False)

    def _while_it_works(self, credential: Credential, denied: Denied, now: float, until: float) -> Credential:
        if denied.why is Why.ENDED:
            raise SignInEnded(
                f"{self._variable} cannot be renewed: the sign-in at {credential.host} has ended", hint=_SIGN_IN
            )
        if credential.usable(now):
            return credential
        hint = _HINTS.get(denied.why, f"It is asked again in {max(1, round(until - now))} s at the earliest.")
        raise VaultError(f"{self._variable} cannot be renewed at {credential.host}: {denied.detail}", hint=hint)


def _access(credential: Credential) -> Secret:
    if credential.access_token is None:  # `due` says so before
        raise VaultError("the OAuth credential holds no access token")
    return credential.access_token


_busy: set[object] = set()
_less_busy = threading.Condition()


def await_kept(limit_s: float = WHOLE_S + 5) -> None:
    """Returns when no thread is between sending a refresh token and keeping the new one: call it before `os._exit`."""
    with _less_busy:
        _less_busy.wait_for(lambda: not _busy, limit_s)


@contextmanager
def _to_the_end() -> Iterator[None]:
    """What ends a process waits until the block is over: from sending the refresh token to keeping the new one.

    Of signals those of this thread (where there are others, the system gives it to one of them), also the alarm by
    which `run --headers` ends in time.
    """
    me = object()
    with _less_busy:
        _busy.add(me)
    before = _signals_wait()
    try:
        yield
    finally:
        with _less_busy:
            _busy.discard(me)
            _less_busy.notify_all()
        if before is not None:
            import signal

            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _signals_wait() -> set[int] | None:
    if os.name != "posix":
        return None
    import signal

    ends = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM}
    return {*signal.pthread_sigmask(signal.SIG_BLOCK, ends)}
