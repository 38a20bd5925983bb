"""OAuth credentials on the command line: read from standard input, and told of without a token."""

from __future__ import annotations

import sys
import time

from unsprawl.broker import oauth_waits
from unsprawl.broker.oauth_answer import Why
from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_input import LARGEST, credential_from
from unsprawl.vault.oauth_item import places_of, stored
from unsprawl.vault.oauth_token import Credential, moment
from unsprawl.vault.record import Record


def read_credential() -> Credential:
    """The credential that standard input describes in JSON. Raises UsageError, whose text holds nothing of it."""
    if sys.stdin.isatty():
        raise UsageError(
            "an OAuth credential is read from standard input, not typed",
            hint="unsprawl vault … < credential.json, or from a pipe; docs/oauth-tokens.md shows what it holds.",
        )
    try:
        text = Secret(sys.stdin.read(LARGEST + 1))
    except UnicodeDecodeError:
        raise UsageError("standard input is not UTF-8") from None
    credential = credential_from(text, time.time())
    REDACTOR.learn(credential.secrets())
    return credential


def state_of(record: Record, variable: str) -> str:
    """One line on a credential: where it comes from, and until when its access token is good."""
    places = places_of(record, variable)
    try:
        credential = stored(places)
    except VaultError as error:
        return f"OAuth, not readable now: {error.message}"
    wait = oauth_waits.read(places.item)
    if wait is not None and wait.generation == credential.generation and wait.why is Why.ENDED:
        return f"OAuth from {credential.host}: the sign-in has ended"
    return f"OAuth from {credential.host}, {_end(credential)}"


def _end(credential: Credential) -> str:
    if credential.access_token is None:
        return "no access token yet"
    if credential.expires_at is None:
        return "the access token's end is not known"
    ended = not credential.usable(time.time())
    return f"the access token {'ended' if ended else 'ends'} {moment(credential.expires_at)}"
