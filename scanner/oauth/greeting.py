"""The MCP side of a probe: what is sent to greet a server in each era, and what its answer says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from unsprawl import __version__
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.metadata import parsed_or_none
from unsprawl.scanner.oauth.visit import EVENTS
from unsprawl.scanner.record import NamedTuple

HANDSHAKE = "2025-11-25"
STATELESS = "2026-07-28"
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MODERN_ERRORS = (-32022, -32020, -32021)
"""Version not supported, header mismatch, capability missing: only a server of the stateless era says so."""
_META = "io.modelcontextprotocol/"
_ABOUT = {"name": "unsprawl-probe", "version": __version__}
ACCEPT = {"Accept": f"application/json, {EVENTS}", "Content-Type": "application/json"}


class Request(NamedTuple):
    """What is posted."""

    headers: Mapping[str, str]
    body: bytes


def initialize() -> Request:
    """The handshake of revisions up to 2025-11-25."""
    params = {"protocolVersion": HANDSHAKE, "capabilities": {}, "clientInfo": _ABOUT}
    return Request(ACCEPT, _message("initialize", params))


def discover() -> Request:
    """The question of the stateless era."""
    return _stateless("server/discover")


def list_tools(greeted: Answer, era: str) -> Request:
    """What comes next for a server that answered the greeting of its era so. No tool is called."""
    if era == "stateless":
        return _stateless("tools/list")
    version = ((message_of(greeted) or {}).get("result") or {}).get("protocolVersion")
    spoken = version if isinstance(version, str) and _VERSION.fullmatch(version) else HANDSHAKE
    headers = {"MCP-Protocol-Version": spoken, **session_of(greeted)}
    return Request({**ACCEPT, **headers}, _message("tools/list", {}))


def session_of(answer: Answer) -> dict[str, str]:
    """The header of the session that an answer opened; {} for none, or none that can be sent."""
    session = answer.header("mcp-session-id")
    return {"Mcp-Session-Id": session} if session and session.isascii() and session.isprintable() else {}


def _stateless(method: str) -> Request:
    meta = {f"{_META}protocolVersion": STATELESS, f"{_META}clientInfo": _ABOUT, f"{_META}clientCapabilities": {}}
    headers = {"MCP-Protocol-Version": STATELESS, "Mcp-Method": method}
    return Request({**ACCEPT, **headers}, _message(method, {"_meta": meta}))


def _message(method: str, params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


def message_of(answer: Answer) -> dict[str, Any] | None:
    """The JSON-RPC response in an answer, plain or as an event; None where there is none."""
    body = answer.body
    if answer.media_type == EVENTS:
        lines = body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")
        texts = ("\n".join(part[5:].strip() for part in each.split("\n") if part[:5] == "data:") for each in lines)
        found = (parsed_or_none(text.encode()) for text in texts if text)
        return next((each for each in found if _is_response(each)), None)
    loaded = parsed_or_none(body)
    return loaded if _is_response(loaded) else None


def _is_response(value: Any) -> bool:
    return isinstance(value, dict) and value.get("jsonrpc") == "2.0" and ("result" in value or "error" in value)


def is_result(answer: Answer) -> bool:
    """Whether the server did what it was asked."""
    message = message_of(answer) if answer.status == 200 else None
    return message is not None and isinstance(message.get("result"), dict)


def is_modern_error(answer: Answer) -> bool:
    """Whether only the stateless era is spoken there."""
    message = message_of(answer) if answer.status in (200, 400) else None
    error = message.get("error") if message is not None else None
    return isinstance(error, dict) and error.get("code") in _MODERN_ERRORS


def is_stream(answer: Answer) -> bool:
    """Whether it is a stream of events."""
    return answer.status == 200 and answer.media_type == EVENTS


def is_older_stream(answer: Answer) -> bool:
    """Whether it is the stream of HTTP+SSE, which says first where to post; or one that says nothing yet."""
    lines = answer.body.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    event = next((line[6:].strip() for line in lines if line.startswith("event:")), None)
    said = any(line.startswith("data:") for line in lines)
    return is_stream(answer) and (event == "endpoint" or not said)


def has_event(body: bytearray) -> bool:
    """Whether a stream has said something already."""
    return b"data:" in body and (b"\n\n" in body or b"\r\n\r\n" in body)
