"""Which variable makes which HTTP client go through a proxy and trust its certificate: as data, each with its clients.

tests/external/test_wire_clients.py runs them; what is only known from a client's documentation or source says so. Which
clients no variable reaches, and why: docs/wire-clients.md.
"""

from __future__ import annotations

from unsprawl.scanner.record import NamedTuple


class Bundle(NamedTuple):
    """A variable that names a file of certificates."""

    name: str
    clients: str
    adds: bool = False
    """The client adds the file to the certificates that it has; otherwise the file is all that it trusts."""
    ran: bool = True
    """Whether a client was run with it here; otherwise its documentation says so."""


PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
"""curl reads only the small one for http; Go and Node either."""

EXCEPTIONS = ("NO_PROXY", "no_proxy")

BUNDLES: tuple[Bundle, ...] = (
    Bundle("SSL_CERT_FILE", "OpenSSL's default, so Python's ssl (httpx, urllib, aiohttp), Ruby, PHP; Go on Linux; uv"),
    Bundle("REQUESTS_CA_BUNDLE", "requests, which asks neither OpenSSL nor SSL_CERT_FILE"),
    Bundle("CURL_CA_BUNDLE", "curl, and requests where the one before is missing"),
    Bundle("GIT_SSL_CAINFO", "git over https"),
    Bundle("NODE_EXTRA_CA_CERTS", "Node, Bun", adds=True),
    Bundle("DENO_CERT", "Deno", adds=True),
    Bundle("HTTPLIB2_CA_CERTS", "httplib2, which takes a proxy only where PySocks is there"),
    Bundle("WEBSOCKET_CLIENT_CA_BUNDLE", "websocket-client", ran=False),
    Bundle("AWS_CA_BUNDLE", "boto3 and the AWS command line", ran=False),
    Bundle("CARGO_HTTP_CAINFO", "cargo", ran=False),
    Bundle("PIP_CERT", "pip, before REQUESTS_CA_BUNDLE", ran=False),
    Bundle("NIX_SSL_CERT_FILE", "programs of Nix, before SSL_CERT_FILE", ran=False),
)

ONLY_INHERITED = frozenset({"PIP_CERT", "NIX_SSL_CERT_FILE"})
"""Changed where the user has set them, and not set otherwise: they would hide another source."""

FOLDERS = ("SSL_CERT_DIR",)
"""Folders of certificates. Removed: curl 7.88 asks no file while one is set. What is in them goes into the bundles."""

SWITCHES = {"NODE_USE_ENV_PROXY": "1"}
"""Node 22.21 and later, 24 and later: fetch, and what goes through the global agent. Ignored by 20 and 23."""
