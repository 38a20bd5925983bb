"""One visit of the user to the authorization server: the address shown and opened, the answer checked."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from unsprawl.scanner.oauth.login.callback import Abandoned, Listener, Response
from unsprawl.scanner.oauth.login.front import Endpoints
from unsprawl.scanner.oauth.login.ledger import refuses_target
from unsprawl.scanner.oauth.login.options import Options, Talk
from unsprawl.scanner.oauth.login.seen import LoginSeen
from unsprawl.scanner.secret import Secret


class NotSignedIn(Exception):
    """The sign-in gave no code that may be used. The text is ours."""

    def __init__(self, text: str, *, by_user: bool = False) -> None:
        super().__init__(text)
        self.by_user = by_user
        """Nobody came back, or somebody said no: nothing is wrong with the server."""


class SignIn:
    """Sends the user there and waits."""

    def __init__(self, listener: Listener, options: Options, talk: Talk, pause: Callable[[bool], None]) -> None:
        """`pause` is told True while a person is waited for, and False when the machine goes on."""
        self._listener = listener
        self._options = options
        self._talk = talk
        self._pause = pause
        self.seen = LoginSeen()

    def note(self, **found: object) -> None:
        """Add to what was seen."""
        self.seen = self.seen._replace(**found)  # type: ignore[arg-type]

    async def code(self, url: str, endpoints: Endpoints, why: str) -> tuple[Secret, Response]:
        """The code that comes back for an authorization request. Raises NotSignedIn.

        `state` and `iss` are checked before anything else of the answer is looked at.
        """
        asked = parse_qs(url.partition("?")[2])
        state = asked.get("state", [""])[0]
        self._listener.expect(state)
        self._pause(True)
        try:
            self._talk.sign_in(url, why)
            response = await self._listener.response(self._options.timeout_s, self._options.grace_s)
        except Abandoned:
            raise NotSignedIn(
                f"nobody came back from the sign-in within {self._options.timeout_s:.0f} seconds", by_user=True
            ) from None
        finally:
            self._pause(False)
        self.note(state=response.state, issuer=endpoints.issuer, advertised=endpoints.iss_advertised)
        if response.state != "same":
            raise NotSignedIn("an answer came back without the right state; nothing of it was used")
        self._check_issuer(response, endpoints)
        self._talk.learn([response.code] if response.code else [])
        if response.error:
            self.note(refused=response.error, target_refused=refuses_target(response.error, response.description))
            raise NotSignedIn(
                f"the authorization server refused: {response.error[:60]}", by_user=response.error == "access_denied"
            )
        return response.code, response

    def _check_issuer(self, response: Response, endpoints: Endpoints) -> None:
        if response.iss is None:
            self.note(iss="absent")
            if endpoints.iss_advertised:
                raise NotSignedIn("the answer does not say who it is from, though that is advertised")
        elif response.iss != endpoints.issuer:
            self.note(iss="other")
            raise NotSignedIn("the answer is from another authorization server; nothing of it was used")
        else:
            self.note(iss="same")
