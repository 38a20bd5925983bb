"""Credentials that a host keeps in its file beside the server entries: for model providers, for its environment."""

from __future__ import annotations

import json
from random import Random

import pytest

from unsprawl.rules.bundle import HOSTS
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding
from unsprawl.scanner.surroundings import Surroundings

AROUND = Surroundings("/home/me", "/home/me", {}, "linux")
KEY = expand("ghp_{an:30}{chk}", Random(1), Checksum("crc32-base62", 6, 4))
UNKNOWN = expand("{an:40}", Random(2))
FILES = {  # a file of each host in the format that is easiest to write; JSON is YAML too
    "claude-code": "/home/me/.claude.json",
    "codex": "/home/me/.codex/config.toml",
    "opencode": "/srv/opencode.json",
    "qwen-code": "/home/me/.qwen/settings.json",
    "kilo-code": "/srv/kilo.json",
    "continue": "/home/me/.continue/config.yaml",
    "zed": "/home/me/.config/zed/settings.json",
    "goose": "/home/me/.config/goose/config.yaml",
    "crush": "/home/me/.config/crush/crush.json",
    "grok-cli": "/home/me/.grok/user-settings.json",
    "witsy": "/home/me/.config/Witsy/settings.json",
    "mcphost": "/home/me/.mcphost.yml",
    "librechat": "/srv/librechat.yaml",
    "openhands": "/home/me/.openhands/config.toml",
}
PLACES = [(host, path, kind) for host, places in HOSTS["beside"].items() for path, kind in places]


def loose(path: str, text: str) -> tuple[Finding, ...]:
    file = named(path, AROUND)
    assert file is not None
    found = examine(file, text.encode(), path)
    assert isinstance(found, Examined)
    assert not found.problems
    assert not [finding for entry in found.entries for finding in entry.findings]
    return found.loose


def written(path: str, keys: tuple[str, ...], value: str) -> str:
    """A document with the value at the keys; "*" is any key."""
    *above, last = [("SOME_API_KEY" if key == "*" else key) for key in keys]
    if path.endswith(".toml"):
        return f"[{'.'.join(above)}]\n{last} = {json.dumps(value)}\n" if above else f"{last} = {json.dumps(value)}\n"
    node: object = {last: value}
    for key in reversed(above):
        node = {key: node}
    return json.dumps(node)


def test_every_host_is_tried() -> None:
    assert set(FILES) == set(HOSTS["beside"])


@pytest.mark.parametrize(("host", "keys", "kind"), PLACES, ids=lambda value: str(value))
def test_a_key_beside_the_entries_is_found(host: str, keys: tuple[str, ...], kind: str) -> None:
    path = FILES[host]
    [finding] = loose(path, written(path, keys, KEY))
    context, name = finding.slot.context, "SOME_API_KEY" if keys[-1] == "*" else keys[-1]
    assert (finding.secret.reveal(), finding.entry) == (KEY, None)
    # A command line has no name of its own: what stands in it may.
    assert (context.kind, context.name) == (("other", "") if kind == "command" else (kind, name))
    assert host in finding.hosts


@pytest.mark.parametrize(("host", "keys", "kind"), PLACES, ids=lambda value: str(value))
@pytest.mark.parametrize(
    "value",
    [
        "${SOME_API_KEY}",
        "{env:SOME_API_KEY}",
        "$SOME_API_KEY",
        "${{ secrets.SOME_API_KEY }}",
        "YOUR_API_KEY",
        "<api key>",
        "user_provided",
        "https://api.example.com/v1",
        "",
    ],
)
def test_what_is_no_key_is_none(host: str, keys: tuple[str, ...], kind: str, value: str) -> None:
    path = FILES[host]
    assert loose(path, written(path, keys, value)) == ()


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        (
            "/srv/librechat.yaml",
            f"endpoints:\n  custom:\n  - name: Groq\n    apiKey: {UNKNOWN}\n    baseURL: https://api.example.com/v1\n",
            "/endpoints/custom/0/apiKey",
        ),
        (
            "/srv/librechat.yaml",
            f"endpoints:\n  azureOpenAI:\n    groups:\n    - group: a\n      apiKey: {UNKNOWN}\n",
            "/endpoints/azureOpenAI/groups/0/apiKey",
        ),
        (
            "/home/me/.continue/config.yaml",
            f"models:\n- name: a\n  provider: openai\n  apiKey: {UNKNOWN}\n",
            "/models/0/apiKey",
        ),
        (
            "/home/me/.continue/config.json",
            json.dumps({"tabAutocompleteModel": {"apiKey": UNKNOWN}}),
            "/tabAutocompleteModel/apiKey",
        ),
        (
            "/srv/opencode.jsonc",
            json.dumps({"provider": {"mine": {"options": {"apiKey": UNKNOWN, "baseURL": "http://localhost:1"}}}}),
            "/provider/mine/options/apiKey",
        ),
        (
            "/srv/opencode.json",
            json.dumps({"provider": {"mine": {"options": {"baseURL": f"https://me:{UNKNOWN}@llm.example.com/v1"}}}}),
            "/provider/mine/options/baseURL",
        ),
        (
            "/home/me/.codex/config.toml",
            f'[model_providers.mine]\nhttp_headers = {{ Authorization = "Bearer {UNKNOWN}" }}\n',
            "/model_providers/mine/http_headers/Authorization",
        ),
        (
            "/home/me/.config/zed/settings.json",
            json.dumps({"agent_servers": {"a": {"command": "x", "env": {"A_API_KEY": UNKNOWN, "LOG": "debug"}}}}),
            "/agent_servers/a/env/A_API_KEY",
        ),
        (
            "/home/me/.config/goose/config.yaml",
            f"GOOSE_PROVIDER: openai\nOPENAI_HOST: https://api.openai.com\nMY_API_KEY: {UNKNOWN}\n",
            "/MY_API_KEY",
        ),
        ("/srv/librechat.yaml.bak", f"endpoints:\n  custom:\n  - apiKey: {UNKNOWN}\n", "/endpoints/custom/0/apiKey"),
    ],
)
def test_real_shapes(path: str, text: str, pointer: str) -> None:
    [finding] = loose(path, text)
    assert finding.place.pointer == pointer
    assert finding.secret.reveal() == UNKNOWN


def test_another_hosts_keys_are_not_looked_for() -> None:
    assert loose("/home/me/.cursor/mcp.json", json.dumps({"provider": {"x": {"options": {"apiKey": KEY}}}})) == ()


def test_an_extension_of_goose_is_told_as_an_entry_alone() -> None:
    file = named("/home/me/.config/goose/config.yaml", AROUND)
    assert file is not None
    text = (
        f"extensions:\n  a:\n    type: stdio\n    cmd: npx\n    args: [x]\n    envs:\n      SOME_API_KEY: {UNKNOWN}\n"
    )
    found = examine(file, text.encode(), "name")
    assert isinstance(found, Examined)
    assert (len(found.findings), found.loose) == (1, ())
