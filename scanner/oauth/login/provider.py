"""The SDK's OAuth client, with our listener, our memory and our checks around it."""

from __future__ import annotations

from urllib.parse import parse_qs

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from unsprawl.scanner.oauth.login.front import Endpoints
from unsprawl.scanner.oauth.login.gate import Gate, Refused
from unsprawl.scanner.oauth.login.listing import about
from unsprawl.scanner.oauth.login.options import MOST_SIGN_INS, Options
from unsprawl.scanner.oauth.login.sign_in import SignIn

_METHODS = ("client_secret_basic", "client_secret_post")


class Memory:
    """Where the SDK keeps what it got: here, and nowhere else."""

    def __init__(self, client: OAuthClientInformationFull | None) -> None:
        self.client = client
        self._tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self._tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self._tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def provider_for(url: str, options: Options, redirect: str, gate: Gate, sign_in: SignIn) -> OAuthClientProvider:
    """What the HTTP client of the SDK authenticates with."""
    pending: list[tuple[str, Endpoints]] = []
    times = 0

    async def begin(given: str) -> None:
        nonlocal times
        base, _, query = given.partition("?response_type=")  # the SDK takes no heed of a query in the endpoint
        endpoints = await gate.approve(base, lambda each: each.authorization, "the authorization endpoint")
        times += 1
        if times > MOST_SIGN_INS:
            raise Refused("the server wants more and more sign-ins")
        mark = "&" if "?" in base else "?"
        asked = parse_qs(query)
        gate.client_id = asked.get("client_id", [""])[0]
        gate.keep_home(gate.client_id, endpoints)
        sign_in.note(resource=asked.get("resource", [""])[0])
        gate.scopes = tuple(asked.get("scope", [""])[0].split())
        pending.append((f"{base}{mark}response_type={query}", endpoints))

    async def end() -> AuthorizationCodeResult:
        url, endpoints = pending.pop()
        code, response = await sign_in.code(url, endpoints, "" if times == 1 else "the server asks for more, or again")
        state = parse_qs(url.partition("?")[2]).get("state", [""])[0]
        return AuthorizationCodeResult(code=code.reveal(), state=state, iss=response.iss)

    metadata = OAuthClientMetadata.model_validate(
        {
            "client_name": about().name,
            "redirect_uris": [redirect],
            "token_endpoint_auth_method": _method(gate.endpoints, secret=False),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "application_type": "native",
        }
    )
    return OAuthClientProvider(
        server_url=url,
        client_metadata=metadata,
        storage=Memory(_given(options, redirect, gate.endpoints)),
        redirect_handler=begin,
        callback_handler=end,
        client_metadata_url=options.document or None,
    )


def _given(options: Options, redirect: str, endpoints: Endpoints | None) -> OAuthClientInformationFull | None:
    """The client that the user has; bound to the authorization server that our look has found."""
    if not options.client_id:
        return None
    secret = options.client_secret
    return OAuthClientInformationFull.model_validate(
        {
            "client_id": options.client_id,
            "client_secret": secret.reveal() if secret is not None else None,
            "token_endpoint_auth_method": _method(endpoints, secret=secret is not None),
            "redirect_uris": [redirect],
            "issuer": (endpoints.issuer if endpoints is not None else "") or None,
        }
    )


def _method(endpoints: Endpoints | None, *, secret: bool) -> str | None:
    """How the client proves who it is at the token endpoint; None to let the server say."""
    listed = endpoints.auth_methods if endpoints is not None else ()
    if secret:
        return next((each for each in _METHODS if each in listed), _METHODS[0])
    if not listed or "none" in listed:
        return "none"
    return next((each for each in _METHODS if each in listed), None)
