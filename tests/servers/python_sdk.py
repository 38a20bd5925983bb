"""An MCP server of the official Python SDK with the login that comes with it: `python python_sdk.py KIND PORT`.

both    authorization server and MCP server in one, as its examples are
legacy  the same without protected resource metadata
events  the same over HTTP+SSE
apart   the MCP server alone, for an authorization server elsewhere (a third argument: its issuer)
open    no login at all
"""

import sys
from typing import Any

import uvicorn
from mcp.server.auth.provider import OAuthAuthorizationServerProvider
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.server.mcpserver import MCPServer


class Nobody(OAuthAuthorizationServerProvider[Any, Any, Any]):
    """A provider that knows no client and no token: a probe needs neither."""

    async def get_client(self, client_id: str) -> None:
        return None

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
    return MCPServer(kind, auth_server_provider=Nobody(), auth=settings)


def main() -> None:
    kind, port, issuer = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    made = server(kind, f"http://127.0.0.1:{port}", issuer)
    app = made.sse_app() if kind == "events" else made.streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
