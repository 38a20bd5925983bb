"""What the official conformance suite starts as its client: `unsprawl login` for the address that the suite appends.

The login is the program's own. The suite says by variables which scenario it is; from that come the options that a
person would type: a client id, a client metadata document. One scenario asks more of a client than a login does, to
call a tool: it is done over the session of the login once that has listed the tools.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from unsprawl.cli import main
from unsprawl.cli.login_talk import VARIABLE

if TYPE_CHECKING:
    from mcp.client.client import Client

    from unsprawl.scanner.oauth.login.session import Listed

DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The one that the suite's server takes."""
CALLING = frozenset({"auth/scope-step-up", "auth/scope-retry-limit"})


def options(scenario: str, context: dict[str, str]) -> list[str]:
    """What a person would type."""
    if scenario == "auth/pre-registration":
        os.environ[VARIABLE] = context["client_secret"]
        return ["--client-id", context["client_id"], "--secret"]
    return ["--client-metadata", DOCUMENT] if scenario == "auth/basic-cimd" else []


def call_a_tool() -> None:
    """Let the login call the first tool of the suite's server as well."""
    from unsprawl.scanner.oauth.login import session

    only_list = session.listed

    async def and_call(client: Client) -> Listed:
        found = await only_list(client)
        await client.call_tool(min(found.tools), {})
        return found

    session.listed = and_call


if __name__ == "__main__":
    name = os.environ["MCP_CONFORMANCE_SCENARIO"]
    if name in CALLING:
        call_a_tool()
    given = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}"))
    sys.exit(main(["login", *options(name, given), *sys.argv[1:]]))
