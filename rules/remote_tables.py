"""Reads the vendors' remote servers in rules/remotes/ and says what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unsprawl.rules.reading import read, read_schema, schema_errors


def read_remotes(paths: list[Path], folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The vendors' remote servers, and what is wrong with their files."""
    schema = read_schema(folder / "remotes.schema.json") if paths else {}
    rows = [(path, read(path)) for path in paths]
    wrong = [error for path, row in rows for error in schema_errors(row, schema, f"remotes/{path.name}")]
    wrong += [f"remotes/{path.name}: its id is not its name" for path, row in rows if row.get("id") != path.stem]
    return [row for _, row in rows], wrong


def faults(tables: dict[str, Any]) -> list[str]:
    """Names that two services claim, hosts that are none, kinds of reasons that nothing is said of."""
    wrong, claimed = [], dict[tuple[str, str], str]()
    hosts = {host["id"] for host in tables.get("hosts", {}).get("hosts", ())}
    kinds = tables.get("keep_local", {}).get("kinds", {})
    for row in tables.get("remotes", ()):
        where = f"remotes/{row['id']}.yaml"
        for kind in ("npm", "pypi", "images", "programs"):
            for name in row.get("replaces", {}).get(kind, ()):
                other = claimed.setdefault((kind, name), row["id"])
                wrong += [] if other == row["id"] else [f"{where}: {name} is {other}'s"]
        listed = (*row.get("works_in", ()), *(each["host"] for each in row.get("oauth", {}).get("clients", ())))
        wrong += [f"{where}: there is no host {name}" for name in listed if name not in hosts]
        said = (reason["kind"] for reason in row.get("keep_local_when", ()))
        wrong += [f"{where}: keep_local.yaml says nothing of {kind}" for kind in said if kind not in kinds]
    return wrong
