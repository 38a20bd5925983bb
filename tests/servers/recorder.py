"""A stdio MCP server that first writes down how it was started: one JSON line with argv, env and cwd.

The file is named by `--record-to FILE` (for hosts that strip the environment) or by the variable RECORD_TO.
With `--stateless` it speaks revision 2026-07-28 and nothing else. `--tool NAME`, repeated, gives it other tools.
Standard library only: it must run under any Python 3.11+, whatever else is installed there.
"""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

FLAG = "--record-to"
TOOL_FLAG = "--tool"
STATELESS_FLAG = "--stateless"
METHOD_NOT_FOUND = -32601
PARSE_ERROR = -32700
UNSUPPORTED_VERSION = -32022
NEWEST_HANDSHAKE = "2025-11-25"
STATELESS = "2026-07-28"
TOOLS = ("say_hello",)


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


def tool(name: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    return {"name": name, "description": "Answers with a greeting.", "inputSchema": schema}


def result_of(method: str, params: dict[str, Any], tools: tuple[str, ...]) -> dict[str, Any] | None:
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
            return {"tools": [tool(name) for name in tools]}
        case "tools/call":
            return {"content": [{"type": "text", "text": "hello"}]}
        case "resources/list":
            return {"resources": []}
        case "prompts/list":
            return {"prompts": []}
        case _:
            return None


def stateless_result_of(method: str, tools: tuple[str, ...]) -> dict[str, Any] | None:
    """The same in revision 2026-07-28, which has no handshake."""
    result: dict[str, Any] = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
    match method:
        case "server/discover":
            return result | {"supportedVersions": [STATELESS], "capabilities": {"tools": {}}}
        case "tools/list":
            return result | {"tools": [tool(name) for name in tools]}
        case _:
            return None


def answer(message: Any, tools: tuple[str, ...] = TOOLS, *, stateless: bool = False) -> dict[str, Any] | None:
    """The answer to a message; None where none is due (a notification, or a client's own response)."""
    if not isinstance(message, dict) or "id" not in message or "method" not in message:
        return None
    method, params = message["method"], message.get("params") or {}
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if stateless and params.get("_meta", {}).get("io.modelcontextprotocol/protocolVersion") != STATELESS:
        data = {"supported": [STATELESS], "requested": params.get("protocolVersion", "")}
        return reply | {"error": {"code": UNSUPPORTED_VERSION, "message": "unsupported version", "data": data}}
    result = stateless_result_of(method, tools) if stateless else result_of(method, params, tools)
    if result is None:
        return reply | {"error": {"code": METHOD_NOT_FOUND, "message": "unknown method"}}
    return reply | {"result": result}


def reply_to(line: str, tools: tuple[str, ...], *, stateless: bool) -> dict[str, Any] | None:
    """The answer to one line from the client."""
    try:
        message = json.loads(line)
    except ValueError:
        return {"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": "not JSON"}}
    return answer(message, tools, stateless=stateless)


def main() -> None:
    record_start()
    named = tuple(word for flag, word in zip(sys.argv, sys.argv[1:], strict=False) if flag == TOOL_FLAG)
    stateless = STATELESS_FLAG in sys.argv
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):  # Claude Code ends its servers with SIGINT
        for line in sys.stdin:
            if (reply := reply_to(line, named or TOOLS, stateless=stateless)) is not None:
                print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
