"""One made-up entry with a made-up secret in one kind of slot, written as a host writes its entries."""

from __future__ import annotations

from random import Random
from typing import Any

from unsprawl.rewriters.operations import Insert, carry_out
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Value
from unsprawl.scanner.host_files import HostFile
from unsprawl.scanner.hosts import Host

SLOTS = ("env", "header", "arg", "url", "docker")
"""Where an entry can hold a secret; `docker` is a variable of a container, set by an argument of `docker run`."""
NAME = "x"
_ADDRESS = "https://api.example.com/mcp"
_WORDS = {
    "env": "npx -y server-x",
    "arg": "npx -y server-x --token SECRET --verbose",
    "docker": "docker run -i --rm -e GITHUB_TOKEN=SECRET ghcr.io/github/github-mcp-server",
}
_EMPTY = {"json": "{}\n", "toml": "", "yaml": "{}\n"}


def sample_secret() -> str:
    """A synthetic GitHub token, the same one at every call."""
    return expand("ghp_{an:30}{chk}", Random(0), Checksum("crc32-base62", 6, 4, 0))


def sample_entry(host: Host, slot: str, secret: str) -> dict[str, Any]:
    """The entry as data. `host` as it reads the file (see `Host.at`)."""
    shape = host.shape
    entry: dict[str, Any] = dict(shape.remote if slot in ("header", "url") else shape.local)
    if slot in ("header", "url"):
        known = host.remote
        if known is not None and known.needs_type and not entry:
            entry["type"] = known.type
        _put(entry, shape.url, f"{_ADDRESS}?api_key={secret}&v=2" if slot == "url" else _ADDRESS)
        if slot == "header":
            _put(entry, known.headers if known is not None else "headers", _headers(secret, lines=shape.header_lines))
    else:
        entry |= _command(host, _WORDS[slot], secret)
        if slot == "env":
            entry[shape.env] = {"GITHUB_TOKEN": secret, "LOG_LEVEL": "info"}
    return {shape.within: entry} if shape.within else entry


def sample_text(host: Host, file: HostFile, slot: str, secret: str) -> str:
    """A whole file with that entry, called `x`, where the host looks for entries first."""
    called = host.shape.apart and slot in ("header", "url")
    steps = tuple("/home/you/project" if step == "*" else step for step in file.servers[-1 if called else 0])
    entry = sample_entry(host, slot, secret)
    holder: Any = [{"name": NAME, **entry}] if host.shape.listed else entry if host.shape.single else {NAME: entry}
    for step in reversed(steps[1:]):
        holder = {step: holder}
    codec = editing_codec_for(file.format)
    assert codec is not None
    operation = Insert(steps[:1], holder) if steps else Insert((NAME,), entry)
    return carry_out(codec, _EMPTY[file.format], [operation]).text


def _command(host: Host, template: str, secret: str) -> dict[str, Any]:
    shape, words = host.shape, [word.replace("SECRET", secret) for word in template.split()]
    if shape.words == "array":
        return {shape.command: words}
    if shape.words == "shell":
        return {shape.command: " ".join(words)}
    return {shape.command: words[0], "args": words[1:]}


def _headers(secret: str, *, lines: bool) -> Value:
    headers: dict[str, Value] = {"Authorization": f"Bearer {secret}", "X-Team": "a"}
    return [f"{name}: {value}" for name, value in headers.items()] if lines else headers


def _put(entry: dict[str, Any], dotted: str, value: Value) -> None:
    """Set a value below keys, making the objects on the way."""
    *above, last = dotted.split(".")
    for key in above:
        entry = entry.setdefault(key, {})
    entry[last] = value
