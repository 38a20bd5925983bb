"""A stdio MCP server that first writes down how it was started: one JSON line with argv, env and cwd.

The file is named by `--record-to FILE` (for hosts that strip the environment) or by the variable RECORD_TO.
Standard library only: it must run under any Python 3.11+, whatever else is installed there.
"""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

FLAG = "--record-to"
METHOD_NOT_FOUND = -32601
PARSE_ERROR = -32700
NEWEST_HANDSHAKE = "2025-11-25"
TOOL = {
    "name": "say_hello",
    "description": "Answers with a greeting.",
    "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
}


def record_path(argv: list[str], env: dict[str, str]) -> str | None:
    if FLAG in argv[1:-1]:
        return argv[argv.index(FLAG, 1) + 1]
    return env.get("RECORD_TO")


def record_start() -> None:
    if path := record_path(sys.argv, dict(os.environ)):
        start = {"argv": sys.argv, "env": dict(os.environ), "cwd": str(Path.cwd())}
        line = json.dumps(start, ensure_ascii=True) + "\n"
        # One write in append mode: servers that start at once cannot mix their lines. 0600: it holds the environment.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def result_of(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """The result for a request, or None for a method this server does not know."""
    match method:
        case "initialize":
            return {
                "protocolVersion": params.get("protocolVersion", NEWEST_HANDSHAKE),
                "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
                "serverInfo": {"name": "recorder", "version": "1"},
            }
        case "ping":
            return {}
        case "tools/list":
            return {"tools": [TOOL]}
        case "tools/call":
            return {"content": [{"type": "text", "text": "hello"}]}
        case "resources/list":
            return {"resources": []}
        case "prompts/list":
            return {"prompts": []}
        case _:
            return None


def reply_to(line: str) -> dict[str, Any] | None:
    """The answer to one line from the client; None where none is due (a notification, or a client's own response)."""
    try:
        message = json.loads(line)
    except ValueError:
        return {"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": "not JSON"}}
    if not isinstance(message, dict) or "id" not in message or "method" not in message:
        return None
    answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    result = result_of(message["method"], message.get("params") or {})
    if result is None:
        return answer | {"error": {"code": METHOD_NOT_FOUND, "message": "unknown method"}}
    return answer | {"result": result}


def main() -> None:
    record_start()
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):  # Claude Code ends its servers with SIGINT
        for line in sys.stdin:
            if (answer := reply_to(line)) is not None:
                print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
