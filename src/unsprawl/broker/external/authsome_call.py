"""Runs in authsome's own interpreter, with a request on standard input: only its client can sign what its daemon takes.

Takes {"do": "store" | "stored" | "remove", "url": …, "providers": [{"definition": …, "hosts": […], "key": …}]} and
answers one line of JSON. Nothing of a value is ever in an error: those carry a word of ours.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import Any

CONNECTION = "default"


def host_of(url: str) -> str:
    """The host of an `api_url`, which may be a bare name; a `regex:` stays as it is."""
    if url.startswith("regex:"):
        return url
    rest = url.split("://", 1)[-1]
    return rest.split("/", 1)[0].rsplit(":", 1)[0].lower()


def claims(route: dict[str, Any], host: str) -> bool:
    """Whether a route of the daemon is one for the host."""
    known = host_of(str(route.get("api_url") or ""))
    if known.startswith("regex:"):
        with suppress(re.error):
            return re.fullmatch(known.removeprefix("regex:"), host) is not None
        return True
    return known == host


async def _store(client: Any, providers: list[dict[str, Any]]) -> dict[str, Any]:
    for each in providers:
        name = each["definition"]["name"]
        await client.register_provider(each["definition"], force=True)
        session = await client.start_login(provider=name, connection=CONNECTION, flow="api_key", force=True)
        if session.get("status") != "completed":
            await client.resume_login_session(session["id"], api_key=each["key"])
        await client.set_default_connection(name, CONNECTION)
    there = await _stored(client, providers)
    return {**there["claimed"], "values": there["values"]}


async def _claimed(client: Any, providers: list[dict[str, Any]]) -> dict[str, Any]:
    """Which hosts another provider claims too, or ours does not: then authsome sends nothing there."""
    routes = (await client.proxy_routes("connected"))["routes"]
    others, missing = [], []
    for each in providers:
        for host in each["hosts"]:
            owners = {str(route["provider"]) for route in routes if claims(route, host)}
            if each["definition"]["name"] not in owners:
                missing.append(host)
            elif len(owners) > 1:
                others.append(host)
    return {"ok": not others and not missing, "others": others, "missing": missing}


async def _stored(client: Any, providers: list[dict[str, Any]]) -> dict[str, Any]:
    values = {}
    for each in providers:
        name = each["definition"]["name"]
        with suppress(Exception):  # it is gone
            exported = json.loads(await client.export(name, CONNECTION, "json"))
            values[name] = next(iter(exported.values()))
    return {"ok": True, "values": values, "claimed": await _claimed(client, providers)}


async def _remove(client: Any, providers: list[dict[str, Any]]) -> dict[str, Any]:
    known = {each["name"] for each in (await client.list_providers_by_source())["custom"]}
    left = []
    for each in providers:
        name = each["definition"]["name"]
        if name not in known:
            continue
        try:
            await client.remove(name)
        except Exception:  # only an administrator may remove a provider; the value can go all the same
            try:
                await client.logout(name, CONNECTION)
            except Exception:
                left.append(name)
    return {"ok": not left, "left": left}


_DO = {"store": _store, "stored": _stored, "remove": _remove}


async def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Does what is asked, as the agent that the home belongs to. A daemon that does not run is not started."""
    from authsome.cli.client import AuthsomeApiClient
    from authsome.cli.identity import RuntimeIdentity
    from authsome.config import get_authsome_config

    home = get_authsome_config().home
    client = AuthsomeApiClient(request["url"], identity=RuntimeIdentity.load(home), home=home)
    return await _DO[request["do"]](client, request["providers"])


def main() -> int:
    """One request, one answer."""
    import asyncio

    try:
        found = asyncio.run(answer(json.load(sys.stdin)))
    except Exception as error:
        found = {"ok": False, "error": type(error).__name__}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
