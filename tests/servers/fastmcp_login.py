"""An MCP server of FastMCP with a login: `python fastmcp_login.py KIND PORT [ISSUER]`.

remote  an authorization server elsewhere (its issuer)
proxy   its own front for an authorization server elsewhere, which knows one application
hasty   the same without a consent page
front   as proxy, and it asks that server about tokens, which must know it as the client `rs`
"""

import sys

from fastmcp import FastMCP
from fastmcp.server.auth import OAuthProxy, RemoteAuthProvider, TokenVerifier
from fastmcp.server.auth.providers.introspection import IntrospectionTokenVerifier
from pydantic import AnyHttpUrl


class NoToken(TokenVerifier):
    """Knows no token: a probe needs none."""

    async def verify_token(self, token: str) -> None:
        return None


def asking(issuer: str) -> TokenVerifier:
    """Asks the authorization server (RFC 7662)."""
    where = f"{issuer}/token/introspection"
    return IntrospectionTokenVerifier(
        introspection_url=where, client_id="rs", client_secret="of-nobody", required_scopes=["tools"]
    )


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    issuer = sys.argv[3]
    origin = f"http://127.0.0.1:{port}"
    if kind == "remote":
        auth = RemoteAuthProvider(token_verifier=NoToken(), authorization_servers=[AnyHttpUrl(issuer)], base_url=origin)
    else:
        auth = OAuthProxy(
            upstream_authorization_endpoint=f"{issuer}/{'auth' if kind == 'front' else 'authorize'}",
            upstream_token_endpoint=f"{issuer}/token",
            upstream_revocation_endpoint=f"{issuer}/token/revocation" if kind == "front" else None,
            upstream_client_id="front",
            upstream_client_secret="no-secret-of-anybody",
            token_verifier=asking(issuer) if kind == "front" else NoToken(),
            base_url=origin,
            forward_resource=kind != "front",
            valid_scopes=["tools", "offline_access"] if kind == "front" else None,
            jwt_signing_key="a key for nothing but this test",
            require_authorization_consent=kind != "hasty",
        )
    server = FastMCP("login", auth=auth)
    server.tool(name="say_hello")(lambda: "hello")
    server.run(transport="http", host="127.0.0.1", port=port, show_banner=False)


if __name__ == "__main__":
    main()
