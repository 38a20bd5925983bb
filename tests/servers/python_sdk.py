"""An MCP server of the official Python SDK with the login that comes with it: `python python_sdk.py KIND PORT`.

both    authorization server and MCP server in one, as its examples are
legacy  the same without protected resource metadata
events  the same over HTTP+SSE
apart   the MCP server alone, for an authorization server elsewhere (a third argument: its issuer)
open    no login at all
"""

import sys
from typing import Any
from urllib.parse import urlencode

import uvicorn
from mcp.server.auth.provider import AuthorizationParams, OAuthAuthorizationServerProvider
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import OAuthClientInformationFull


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


class NoToken:
    """What an MCP server that is no authorization server asks about tokens."""

    async def verify_token(self, token: str) -> None:
        return None


def server(kind: str, origin: str, issuer: str) -> MCPServer[Any]:
    if kind == "open":
        return MCPServer("open")
    path = {"legacy": None, "events": "/sse"}.get(kind, "/mcp")
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
    if kind == "apart":
        return MCPServer("apart", token_verifier=NoToken(), auth=settings)
    return MCPServer(kind, auth_server_provider=Nobody(origin), auth=settings)


def main() -> None:
    kind, port, issuer = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    made = server(kind, f"http://127.0.0.1:{port}", issuer)
    app = made.sse_app() if kind == "events" else made.streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
