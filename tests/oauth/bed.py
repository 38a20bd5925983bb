"""A correct MCP server with its authorization server, and what to change to make it an incorrect one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.mapping_proxy import proxy
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, Site, document, site
from tests.servers.tls import Authority
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.scanner.oauth.many import probe_all
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.report.probe_json import Probed, judged

RESOURCE = "/.well-known/oauth-protected-resource"
SERVER = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
VALID = "a token that only the bed knows"


@dataclass(slots=True)
class Bed:
    """Both sites, and the parts of their answers; `serve` writes the routes from these parts."""

    mcp: Site
    auth: Site
    path: str
    issuer: str
    challenge: str | None
    prm: dict[str, Any]
    metadata: dict[str, Any]
    prm_at: str
    metadata_at: str
    stateless: bool = False
    registrar: Any = None
    """That of tests.oauth.registrar, where the authorization server has one."""

    @property
    def url(self) -> str:
        return self.mcp.url + self.path

    def endpoint(self, asked: Asked) -> Reply:
        """The MCP endpoint."""
        if asked.headers.get("authorization") != f"Bearer {VALID}":
            headers = (("WWW-Authenticate", self.challenge),) if self.challenge is not None else ()
            return Reply(401, headers)
        return document(mcp_answer(asked.message, stateless=self.stateless))

    def serve(self) -> None:
        """Publish the parts as they are now."""
        self.mcp.routes |= {("POST", self.path): self.endpoint, ("GET", self.path): Reply(405)}
        self.mcp.routes["GET", self.prm_at] = document(self.prm)
        self.auth.routes["GET", self.metadata_at] = document(self.metadata)


Change = Callable[[Bed], object]


MCP_NAME, AUTH_NAME = "mcp.example.com", "auth.example.com"


@contextmanager
def public(
    folder: Path, change: Change | None = None, auth_name: str = AUTH_NAME
) -> Iterator[tuple[Bed, dict[str, str]]]:
    """The pair under public names, and the environment in which a program finds it there and trusts it."""
    authority = Authority(folder)
    secure = authority.server(MCP_NAME, auth_name)
    with site(secure) as mcp, site(secure) as auth:
        ports = {name: int(each.url.rpartition(":")[2]) for name, each in ((MCP_NAME, mcp), (auth_name, auth))}
        mcp.url, auth.url = f"https://{MCP_NAME}", f"https://{auth_name}"
        with proxy(ports, []) as port, _laid(mcp, auth, change) as made:
            yield made, {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(authority.root)}


@contextmanager
def bed(change: Change | None = None) -> Iterator[Bed]:
    """The correct pair, changed by `change`, which may answer what is to be changed once the routes are written."""
    with site() as mcp, site() as auth, _laid(mcp, auth, change) as made:
        yield made


@contextmanager
def _laid(mcp: Site, auth: Site, change: Change | None) -> Iterator[Bed]:
    named = f"{mcp.url}{RESOURCE}/mcp"
    made = Bed(
        mcp,
        auth,
        "/mcp",
        auth.url,
        f'Bearer realm="mcp", resource_metadata="{named}", scope="tools"',
        {
            "resource": f"{mcp.url}/mcp",
            "authorization_servers": [auth.url],
            "scopes_supported": ["tools"],
            "bearer_methods_supported": ["header"],
        },
        {
            "issuer": auth.url,
            "authorization_endpoint": f"{auth.url}/authorize",
            "token_endpoint": f"{auth.url}/token",
            "registration_endpoint": f"{auth.url}/register",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
            "client_id_metadata_document_supported": True,
            "authorization_response_iss_parameter_supported": True,
        },
        f"{RESOURCE}/mcp",
        SERVER,
    )
    later = change(made) if change is not None else None
    made.serve()
    if callable(later):
        later(made)
    yield made


def probe(url: str, **about: Any) -> Probed:
    """One server, judged."""
    return judged(look(url, **about))


def look(url: str, **about: Any) -> Observed:
    """One server, as it was seen."""
    return together([Target(url, **about)])[0]


def together(targets: list[Target], announce: Callable[[str], None] = lambda origin: None) -> list[Observed]:
    """Several at once."""
    return probe_all(targets, announce, lambda: trusted_roots(None))


def probed(change: Change | None = None, **about: Any) -> Probed:
    """The correct pair with one change, judged."""
    with bed(change) as made:
        return probe(made.url, **about)


def results(found: Probed) -> dict[str, str]:
    """Check by check."""
    return {each.check.id: each.result for each in found.results}


def failed(found: Probed) -> set[str]:
    """The ids of what failed."""
    return {each.check.id for each in found.results if each.failed}


def works(found: Probed) -> dict[str, bool | None]:
    """Host by host."""
    return {each.client.id: each.works for each in found.hosts}
