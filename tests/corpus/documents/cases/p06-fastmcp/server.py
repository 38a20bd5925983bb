"""A server that checks keys; it holds none."""

import hmac
import os

from fastmcp import FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

mcp = FastMCP("assistant", auth=JWTVerifier(jwks_uri="https://auth.acme.example/.well-known/jwks.json", issuer="https://auth.acme.example", audience="assistant"))

API_KEY_HEADER = "X-API-Key"
TOKEN_PREFIX = "acme_"
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
⟦N {b:64}⟧
⟦N {b:64}⟧
-----END PUBLIC KEY-----"""


@mcp.tool
def search(query: str, api_key: str = "⟦N !⟧") -> str:
    """Search. `api_key` is optional, e.g. `⟦N !acme_1234⟧`."""
    if not hmac.compare_digest(api_key, os.environ["ACME_API_KEY"]):
        raise PermissionError("bad api_key")
    return query


if __name__ == "__main__":
    mcp.run(transport="http", port=8000)
