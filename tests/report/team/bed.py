"""Anonymous documents of a made-up team, as `scan --anonymous` writes them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from unsprawl import __version__
from unsprawl.scanner.report.team.documents import Document, Fault, parsed

KEY = "5e1f-09ab-77c0"
RULES = {"GitHub": "github-pat-classic", "Brave": "brave-search", "Linear": "linear-api-key", "Slack": "slack-bot"}


def named(text: str) -> str:
    """A secret's id, or that of a file."""
    return sha256(text.encode()).hexdigest()[:20]


def finding(
    number: int,
    secret: str,
    provider: str | None = "GitHub",
    *,
    host: str = "cursor",
    state: str = "",
    entry: int | None = 0,
    guessable: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One place of the secret of that name."""
    verdict = {"state": state, "rights": ["read", "write"] if state == "live" else [], "severity": None}
    made: dict[str, Any] = {
        "secret": number,
        "secret_id": named(secret),
        "rule": RULES.get(provider or "", "generic-secret"),
        "provider": provider,
        "severity": "critical" if provider == "GitHub" else "high",
        "ended": None,
        "confidence": "high",
        "place": named(host),
        "slot": {"kind": "env", "key": None},
        "hosts": [host],
        "shared": False,
        "copy": False,
        "commented": False,
        "document": False,
        "entry": entry,
        "approach": 6 if entry is not None else None,
        "verdict": verdict if state else None,
    }
    if guessable:
        del made["secret_id"]
    return made | more


def history(secrets: int, repository: object = 1) -> dict[str, Any]:
    """What a scan of that repository's history counted."""
    return {
        "repository": named(f"repository {repository}"), "secrets": secrets, "ended": 0, "places": secrets,
        "providers": [],
    }  # fmt: skip


def moved(
    number: int, secret: str, provider: str = "GitHub", *, needed: bool, ended: str | None = None
) -> dict[str, Any]:
    """A secret that a migration took out of all files."""
    kept = ("secret", "secret_id", "rule", "provider", "severity")
    whole = finding(number, secret, provider)
    return {key: whole[key] for key in kept} | {"needed": needed, "ended": ended}


def entry(approach: int | None = 6, *marks: str, **more: Any) -> dict[str, Any]:
    """One server."""
    made = {
        "place": named("cursor"),
        "transport": "stdio",
        "approach": approach,
        "approach_candidates": [] if approach is not None else [7, 3, 2],
        "marks": list(marks),
        "hosts": ["cursor"],
        "shared": False,
        "target": "run",
        "service": None,
    }
    return made | more


def document(
    name: str,
    when: str = "2026-11-20",
    findings: list[dict[str, Any]] | None = None,
    entries: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One document. `when`: a day, or a time."""
    return {
        "schema_version": 1,
        "tool": {"name": "unsprawl", "version": __version__},
        "command": "scan",
        "anonymous": True,
        "as": name,
        "team_key": KEY,
        "when": when if "T" in when else f"{when}T09:30:00Z",
        "machine": named(name.casefold()),
        "looked": "machine",
        "validated": False,
        "complete": True,
        "problems": [],
        "suppressed": [],
        "violations": 0,
        "findings": findings or [],
        "entries": entries if entries is not None else [entry()],
        "moved": [],
        "history": None,
    } | more


def read(*raw: dict[str, Any]) -> tuple[list[Document], list[Fault]]:
    """The documents as they would be read from files `/in/0.json`, `/in/1.json` …"""
    found = [parsed(f"/in/{number}.json", json.dumps(each).encode()) for number, each in enumerate(raw)]
    return [each for each in found if isinstance(each, Document)], [each for each in found if isinstance(each, Fault)]


def acme() -> list[dict[str, Any]]:
    """A team in the middle of it: ada is done but for one old key, bo is half way, cem never joined, dee is clean."""
    shared = finding(1, "shared", state="live")
    return [
        document(
            "ada",
            "2026-11-16",
            [
                shared | {"hosts": ["claude-code"]},
                finding(2, "ada brave", "Brave", host="claude-code", entry=1),
                finding(3, "ada linear", "Linear", host="claude-desktop", state="live", entry=2),
                finding(4, "team slack", "Slack", host="cursor", entry=3),
            ],
            [entry(), entry(), entry(), entry(), entry(5), entry(None), entry(7)],
            validated=True,
        ),
        document(
            "ada",
            "2026-11-27",
            [],
            [
                entry(1, "wired"),
                entry(1, "wired"),
                entry(2),
                entry(6, "vaulted"),
                entry(5, "referenced"),
                entry(3),
                entry(7),
            ],
            validated=True,
            moved=[
                moved(1, "shared", needed=False),
                moved(2, "ada brave", "Brave", needed=True),
                moved(3, "ada linear", "Linear", needed=False, ended="vendor"),
                moved(4, "team slack", "Slack", needed=False),
            ],
        ),
        document(
            "bo",
            "2026-11-17",
            [
                shared,
                finding(2, "bo github", state="live", entry=1),
                finding(2, "bo github", host="claude-desktop", state="live", entry=4),
                finding(3, "team slack", "Slack", host="claude-desktop", entry=2),
                finding(4, "database", None, host="claude-desktop", entry=3, guessable=True, severity="medium"),
                finding(5, "notes", "Brave", host="cursor", entry=None, document=True, hosts=[]),
            ],
            [entry(), entry(), entry(), entry(), entry(), entry(None), entry(7), entry(7)],
        ),
        document(
            "bo",
            "2026-11-26T16:05:00Z",
            [
                shared | {"verdict": None},
                finding(4, "database", None, host="claude-desktop", entry=3, guessable=True, severity="medium"),
                finding(5, "notes", "Brave", host="cursor", entry=None, document=True, hosts=[]),
            ],
            [entry(), entry(1, "wired"), entry(1, "wired"), entry(), entry(1, "wired"), entry(3), entry(7), entry(7)],
            complete=False,
            problems=[{"code": "unreadable", "count": 2}],
            moved=[moved(2, "bo github", needed=True), moved(3, "team slack", "Slack", needed=True)],
        ),
        document(
            "bo",
            "2026-11-18",
            [],
            [],
            looked="history",
            history=history(2) | {"places": 3, "providers": [{"provider": "GitHub", "secrets": 2}]},
        ),
        document("dee", "2026-11-27T08:00:00Z", [], [entry(2), entry(2), entry(7)]),
    ]
