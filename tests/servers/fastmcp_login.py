"""An MCP server of FastMCP with a login: `python fastmcp_login.py KIND PORT [ISSUER]`.

remote  an authorization server elsewhere (its issuer)
proxy   its own front for an authorization server elsewhere, which knows one application
hasty   the same without a consent page
"""

import sys

from fastmcp import FastMCP
from fastmcp.server.auth import OAuthProxy, RemoteAuthProvider, TokenVerifier
from pydantic import AnyHttpUrl


class NoToken(TokenVerifier):
    """Knows no token: a probe needs none."""

    async def verify_token(self, token: str) -> None:
        return None


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    issuer = sys.argv[3]
    origin = f"http://127.0.0.1:{port}"
    if kind == "remote":
        auth = RemoteAuthProvider(token_verifier=NoToken(), authorization_servers=[AnyHttpUrl(issuer)], base_url=origin)
    else:
        auth = OAuthProxy(
            upstream_authorization_endpoint=f"{issuer}/authorize",
            upstream_token_endpoint=f"{issuer}/token",
            upstream_client_id="front",
            upstream_client_secret="no-secret-of-anybody",
            token_verifier=NoToken(),
            base_url=origin,
            jwt_signing_key="a key for nothing but this test",
            require_authorization_consent=kind != "hasty",
        )
    FastMCP("login", auth=auth).run(transport="http", host="127.0.0.1", port=port, show_banner=False)


if __name__ == "__main__":
    main()
