"""hosts.yaml as the program takes it in: folders resolved, paths taken apart, the files of all hosts in one table."""

from __future__ import annotations

from typing import Any

SYSTEMS = ("linux", "macos", "windows")
_OF_FILES = {"references": "references", "refusals": "rewrite", "shapes": "shape", "logins": "oauth"}
"""What a file may say otherwise than its host, by the name that the program has for it."""


def faults(table: dict[str, Any], entries: dict[str, Any]) -> list[str]:
    """What a schema cannot say: folders that do not exist or begin with themselves, hosts that do not exist."""
    folders = table.get("folders", {})
    known = {host["id"] for host in table.get("hosts", ())}
    wrong = [
        f"entries.yaml: /host_owned: {host} is no host"
        for owned in entries.get("host_owned", ())
        for host in owned["hosts"]
        if host not in known
    ]
    for name, places in folders.items():
        for place in places:
            first = place["path"].partition("/")[0]
            # One that stands further up is complete already, so no circle can come about.
            above = list(folders)[: list(folders).index(name)]
            if first[:1] == "<" and first.strip("<>") not in above:
                wrong.append(f"hosts.yaml: /folders/{name}: begins with {first}, which is not above it")
    for host in table.get("hosts", ()):
        for file in host["files"]:
            first = file["path"].partition("/")[0]
            if first[:1] == "<" and first.strip("<>") not in folders:
                wrong.append(f"hosts.yaml: host {host['id']}: begins with {first}, which is no folder")
        child = host["child_env"]
        for way in (way for place in (host, *host["files"]) for way in place.get("references") or ()):
            if way["form"] == "inherit" and (child["mode"], child["evidence"]) != ("full", way["evidence"]):
                wrong.append(f"hosts.yaml: host {host['id']}: inherits nothing that child_env tells with that evidence")
    return wrong


def compiled(table: dict[str, Any]) -> dict[str, Any]:
    """The table with `folders` resolved, with `files` of its own that `scanner.hosts` and `patterns` take apart, and
    with `beside` by host.
    """
    hosts = [
        {key: value for key, value in host.items() if key not in ("files", "beside")}
        | {f"file_{name}": _by_path(host, key) for name, key in _OF_FILES.items()}
        for host in table["hosts"]
    ]
    files = tuple(_file(host, file) for host in table["hosts"] for file in host["files"])
    beside = {
        host["id"]: tuple((tuple(place["path"]), place.get("kind", "other")) for place in host["beside"])
        for host in table["hosts"]
        if "beside" in host
    }
    return {**table, "folders": _folders(table["folders"]), "hosts": hosts, "files": files, "beside": beside}


def _by_path(host: dict[str, Any], key: str) -> dict[str, Any]:
    return {file["path"]: file[key] for file in host["files"] if key in file}


def _folders(table: dict[str, Any]) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Each folder as (path, systems) without `<…>`."""
    found: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for name, places in table.items():
        resolved: list[tuple[str, tuple[str, ...]]] = []
        for place in places:
            first, slash, rest = place["path"].partition("/")
            systems = tuple(place.get("os", SYSTEMS))
            for path, own in found[first.strip("<>")] if first[:1] == "<" else ((first, SYSTEMS),):
                both = tuple(system for system in own if system in systems)
                if both:
                    resolved.append((path + slash + rest, both))
        found[name] = tuple(resolved)
    return found


def _file(host: dict[str, Any], file: dict[str, Any]) -> tuple[Any, ...]:
    """(host id, anchor, steps, fields of `scanner.hosts.HostFile`): keep both in step."""
    first, *rest = file["path"].split("/")
    anchored = first in ("", "~") or first[:1] in ("$", "%", "<") or first.endswith(":")
    return (
        host["id"],
        (first or "/") if anchored else "",
        tuple(rest if anchored else (first, *rest)),
        (
            file["path"],
            file["scope"],
            tuple(file.get("os", ())),
            tuple(tuple(path) for path in file["servers"]),
            file.get("comments", host["comments"]),
            file.get("live", False),
            file.get("alone", False),
            file.get("format", host["format"]),
            file.get("also", False),
            file.get("strings", False),
            file.get("when", ""),
        ),
    )
