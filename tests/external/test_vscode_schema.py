"""The transcribed VS Code schema takes what VS Code takes and refuses what it underlines."""

from typing import Any

import pytest

from tests.external.vscode import complaints

PROMPT = {"id": "token", "type": "promptString", "description": "Token", "password": True}


def server(**content: Any) -> dict[str, Any]:
    return {"servers": {"tickets": content}}


def with_input(**changes: Any) -> dict[str, Any]:
    merged = {key: value for key, value in (PROMPT | changes).items() if value is not None}
    return {"servers": {}, "inputs": [merged]}


@pytest.mark.parametrize(
    "document",
    [
        {},
        server(type="stdio", command="npx", args=["-y", "tickets"], env={"A": "${input:token}", "B": None, "C": 1}),
        server(command="npx", envFile="${workspaceFolder}/.env", cwd="/", dev={"watch": "*.ts"}),
        server(type="http", url="https://wiki.example/mcp", headers={"Authorization": "Bearer ${input:token}"}),
        server(url="http://127.0.0.1:1/mcp", oauth={"clientId": "unsprawl"}),
        with_input(),
        with_input(type="pickString", password=None, options=["a", {"value": "b"}]),
        {"inputs": [{"id": "token", "type": "command", "command": "extension.token"}]},
    ],
)
def test_accepts(document: dict[str, Any]) -> None:
    assert complaints(document) == []


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"mcpServers": {}}, "$"),
        (server(command="npx", env={"A": True}), "$.servers.tickets"),
        (server(command="npx", env_vars=["A"]), "$.servers.tickets"),
        (server(command=["npx"]), "$.servers.tickets"),
        (server(command="npx", url="https://wiki.example/mcp"), "$.servers.tickets"),
        (server(type="http", headers={}), "$.servers.tickets"),
        (server(url="${input:url}"), "$.servers.tickets"),
        (server(url="https://wiki.example/mcp", headers={"A": 1}), "$.servers.tickets"),
        (with_input(description=None), "$.inputs[0]"),
        (with_input(id=None), "$.inputs[0]"),
        (with_input(password="true"), "$.inputs[0]"),
        (with_input(type="pickString", password=None), "$.inputs[0]"),
        ({"inputs": {"token": PROMPT}}, "$.inputs"),
    ],
)
def test_refuses(document: dict[str, Any], place: str) -> None:
    assert complaints(document) == [place]
