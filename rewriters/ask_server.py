"""Ask a stdio server for its tools, through the official MCP SDK. Never calls one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HINT = "Add it to this installation: `pipx inject unsprawl mcp`, or install the extra `mcp` (see the README)."


def can_ask() -> bool:
    """Whether the MCP SDK is installed."""
    from importlib.util import find_spec

    return find_spec("mcp") is not None


class Silent(Exception):
    """The server could not be asked. The text is safe to show: it holds nothing that the server printed."""


def tools_of(command: Sequence[str], environ: Mapping[str, str], cwd: str, timeout_s: float) -> int:
    """Start the server, agree on a protocol version, and count its tools.

    `environ` is all that it gets besides what the SDK always passes (HOME, LOGNAME, PATH, SHELL, TERM, USER).
    Raises Silent.
    """
    if not can_ask():
        raise Silent("the MCP SDK is not installed")
    import logging

    import anyio

    # The SDK logs a line that is no JSON-RPC with its content, and that may hold the secret.
    logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)
    try:
        return anyio.run(_ask, list(command), dict(environ), cwd, timeout_s)
    except TimeoutError:
        raise Silent(f"the server did not answer within {timeout_s:.0f} seconds") from None
    except OSError as error:
        raise Silent(f"the server could not be started ({error.strerror})") from None
    except Exception:
        # What the SDK raises may quote the server's output.
        raise Silent("the server stopped, or did not speak MCP") from None


async def _ask(command: list[str], environ: dict[str, str], cwd: str, timeout_s: float) -> int:
    import tempfile

    import anyio
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=command[0], args=command[1:], env=environ, cwd=cwd)
    with tempfile.TemporaryFile("w+", errors="replace") as errors:  # thrown away: it may hold secrets
        with anyio.fail_after(timeout_s):
            async with stdio_client(parameters, errlog=errors) as streams, ClientSession(*streams) as session:
                await session.initialize()
                return len((await session.list_tools()).tools)
