"""The redirect address of a login: the one that is registered for a client, or one that nobody can guess."""

from __future__ import annotations

from urllib.parse import urlsplit

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.oauth.login.callback import Listener, random_path
from unsprawl.scanner.oauth.login.document import is_loopback, named_callback
from unsprawl.scanner.oauth.login.front import Front
from unsprawl.scanner.oauth.login.options import Options, Talk
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.registration_checks import has_cimd


async def listening(found: Front, options: Options, talk: Talk, network: Network) -> Listener:
    """A listener that has started. Raises UsageError for an address that cannot be listened on."""
    listener = _listener(await _address(found, options, talk, network))
    try:
        await listener.start()
    except OSError:
        raise UsageError("the port of the callback is taken", hint="End the program that listens there.") from None
    return listener


async def _address(found: Front, options: Options, talk: Talk, network: Network) -> str:
    """The one to listen on; "" for any."""
    if options.document and not has_cimd(found.seen):
        talk.say("the authorization server takes no client metadata documents: a client is registered")
    elif options.document and not options.callback:
        named = await named_callback(options.document, network)
        if named.trouble:
            talk.say(named.trouble)
        return named.callback
    return options.callback


def refuse_elsewhere(callback: str) -> None:
    """Raises UsageError for a redirect address that is not on this machine."""
    if not is_loopback(callback):
        raise UsageError(
            "the callback must be an address of this machine", hint="Write it as http://127.0.0.1:PORT/PATH."
        )


def _listener(callback: str) -> Listener:
    if not callback:
        return Listener("127.0.0.1", 0, random_path())
    refuse_elsewhere(callback)
    parts = urlsplit(callback)
    return Listener(parts.hostname or "", parts.port or 0, parts.path)
