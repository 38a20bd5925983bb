"""An MCP server of the official Python SDK with the login that comes with it: `python python_sdk.py KIND PORT`.

It calls itself by its address on loopback, or by a fourth argument: the address at which others reach it.

both    authorization server and MCP server in one, as its examples are
legacy  the same without protected resource metadata
events  the same over HTTP+SSE
apart   the MCP server alone, for an authorization server elsewhere (a third argument: its issuer)
asking  as apart; asks that authorization server about each token, as its client `rs`
open    no login at all
demo    as both, and anybody is signed in who comes
demo-events  the same over HTTP+SSE
"""

import secrets
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken


class Nobody(OAuthAuthorizationServerProvider[Any, Any, Any]):
    """A provider that registers clients and knows no token: a probe needs none."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._clients: dict[str, OAuthClientInformationFull] = {}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self._clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        assert client_info.client_id is not None
        self._clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        return f"{self._origin}/login?{urlencode({'state': params.state or ''})}"

    async def load_access_token(self, token: str) -> None:
        return None


class Anybody(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Signs in whoever asks; tokens in memory, refresh tokens rotate."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.clients: dict[str, OAuthClientInformationFull] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        code = secrets.token_urlsafe(24)
        self.codes[code] = AuthorizationCode(
            code=code,
            scopes=params.scopes or ["tools"],
            expires_at=time.time() + 60,
            client_id=client.client_id,
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        return construct_redirect_uri(str(params.redirect_uri), code=code, state=params.state, iss=self.origin)

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        del self.codes[authorization_code.code]
        return self._issued(client.client_id, authorization_code.scopes, authorization_code.resource)

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        del self.refresh[refresh_token.token]
        return self._issued(client.client_id, scopes or refresh_token.scopes, f"{self.origin}/mcp")

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.access.get(token)

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        self.access.pop(token.token, None)
        self.refresh.pop(token.token, None)

    def _issued(self, client_id: str, scopes: list[str], resource: str | None) -> OAuthToken:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        end = int(time.time()) + 3600
        self.access[access] = AccessToken(
            token=access, client_id=client_id, scopes=scopes, expires_at=end, resource=resource
        )
        self.refresh[refresh] = RefreshToken(token=refresh, client_id=client_id, scopes=scopes)
        return OAuthToken(access_token=access, refresh_token=refresh, expires_in=3600, scope=" ".join(scopes))


class NoToken:
    """What an MCP server that is no authorization server asks about tokens."""

    async def verify_token(self, token: str) -> None:
        return None


class Asking:
    """Asks the authorization server (RFC 7662)."""

    def __init__(self, issuer: str, resource: str) -> None:
        self.issuer = issuer
        self.resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        async with httpx2.AsyncClient(auth=("rs", "of-nobody")) as client:
            told = (await client.post(f"{self.issuer}/token/introspection", data={"token": token})).json()
        if not told.get("active") or self.resource not in (told.get("aud"), *told.get("aud", [])):
            return None
        scopes = str(told.get("scope", "")).split()
        return AccessToken(token=token, client_id=told["client_id"], scopes=scopes, resource=self.resource)


def server(kind: str, origin: str, issuer: str, at: str) -> MCPServer[Any]:
    if kind == "open":
        return MCPServer("open")
    path = {"legacy": None, "events": "/sse", "demo-events": "/sse"}.get(kind, at)
    settings = AuthSettings.model_validate(  # from text: as a URL object each address would get a slash at its end
        {
            "issuer_url": issuer or origin,
            "resource_server_url": None if path is None else origin + path,
            "validate_token_resource": None if path is None else True,
            "client_registration_options": ClientRegistrationOptions(enabled=True, valid_scopes=["tools"]),
            "revocation_options": RevocationOptions(enabled=True),
            "required_scopes": ["tools"],
        }
    )
    if kind == "asking":
        asking: MCPServer[Any] = MCPServer(kind, token_verifier=Asking(issuer, origin + "/mcp"), auth=settings)
        asking.tool(name="say_hello")(lambda: "hello")
        return asking
    if kind == "apart":
        return MCPServer("apart", token_verifier=NoToken(), auth=settings)
    if kind.startswith("demo"):
        made: MCPServer[Any] = MCPServer(kind, auth_server_provider=Anybody(origin), auth=settings)
        made.tool(name="say_hello")(lambda: "hello")
        return made
    return MCPServer(kind, auth_server_provider=Nobody(origin), auth=settings)


def main() -> None:
    kind, port, issuer = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    known = urlsplit(sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] else f"http://127.0.0.1:{port}/mcp")
    made = server(kind, f"{known.scheme}://{known.netloc}", issuer, known.path)
    app = made.sse_app() if kind.endswith("events") else made.streamable_http_app(streamable_http_path=known.path)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
