"""Real and hostile spellings of server entries: exactly which texts are secrets, where they stand and what they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from random import Random
from typing import Any, TypeAlias

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding

RANDOM = Random(7)
GH = expand("ghp_{an:30}{chk}", RANDOM, Checksum("crc32-base62", 6, 4))
FIGMA = expand("figd_{w:40}", RANDOM)
NOTION = expand("ntn_{d:11}{an:35}", RANDOM)
GOOGLE = expand("AIza{w:35}", RANDOM)
KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
KEY2 = "Zt5Bn8Wq2Lc7Xe" + "4Mf9Rd1Vh6Kj3Py0S"
HEX = "9f86d081884c7d659a2f" + "eaa0c55ad015"
UUID = "7c9e6679-7425-40de-" + "944b-e07fc1f90ae7"
PW = "Xq7" + "!mR2vLp"
FILE = ConfigFile("/p/mcp.json", (Reading("cursor", "json", (("mcpServers",),), "project", True),))

Told: TypeAlias = tuple[str, str, str]
"""(kind, key, secret as the parsed file has it)."""


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def look(entry: object) -> tuple[Examined, str]:
    text = json.dumps({"mcpServers": {"x": entry}}, indent=2, ensure_ascii=False)
    found = examine(FILE, text.encode("utf-8", "surrogatepass"), "mcp.json")
    assert isinstance(found, Examined)
    return found, text


def told(entry: object) -> list[Told]:
    """What is found, after checking that each place is where that very secret is written."""
    found, text = look(entry)
    lines = text.split("\n")
    for finding in found.findings:
        place = finding.place
        assert place.line == place.end_line
        written = lines[place.line - 1][place.column - 1 : place.end_column - 1]
        assert json.loads(f'"{written}"') == finding.secret.reveal()
    return [_told(finding) for finding in found.findings]


def _told(finding: Finding) -> Told:
    return (str(finding.slot.context.kind), finding.slot.context.name, finding.secret.reveal())


def args(*words: object, command: str = "npx", **more: object) -> dict[str, Any]:
    return {"command": command, "args": list(words), **more}


def env(**variables: object) -> dict[str, Any]:
    return {"command": "npx", "args": ["-y", "x"], "env": variables}


def headers(**values: object) -> dict[str, Any]:
    return {"url": "https://api.acme.test/mcp", "headers": {name.replace("_", "-"): v for name, v in values.items()}}


def url(text: str) -> dict[str, Any]:
    return {"url": text}


def esc(data: object, times: int = 1) -> str:
    text = json.dumps(data)
    for _ in range(times):
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text


COMMAND_LINES: dict[str, tuple[object, list[Told]]] = {
    "a line as the command": ({"command": f"npx -y x --token {KEY}"}, [("arg", "token", KEY)]),
    "a line, equals": ({"command": f"npx -y x --api-key={KEY} --verbose"}, [("arg", "api-key", KEY)]),
    "a line, vendor": ({"command": f"uvx srv {GH}"}, [("arg", "", GH)]),
    "a line and args": ({"command": "npx -y x", "args": ["--token", KEY]}, [("arg", "token", KEY)]),
    "a line that begins with a variable": ({"command": f"API_TOKEN={KEY} npx -y x"}, [("arg", "API_TOKEN", KEY)]),
    "a line with single quotes": ({"command": f"npx x --token '{KEY}'"}, [("arg", "token", KEY)]),
    "a line with double quotes": ({"command": f'npx x --token "{KEY}"'}, [("arg", "token", KEY)]),
    "a line with escaped quotes": (
        {"command": f'npx x --config "{{\\"apiKey\\":\\"{KEY}\\"}}"'},
        [("arg", "config", KEY)],
    ),
    "a line with a header": (
        {"command": f'npx mcp-remote https://a.acme.test/sse --header "Authorization: Bearer {KEY}"'},
        [("arg", "Authorization", KEY)],
    ),
    "a line with a folder": ({"command": f"C:\\tools\\node.exe C:\\srv\\i.js --token {KEY}"}, [("arg", "token", KEY)]),
    "bash -c": (args("-c", f"API_KEY={KEY} npx -y x", command="bash"), [("arg", "API_KEY", KEY)]),
    "bash -lc with export": (
        args("-lc", f"export API_KEY='{KEY}' && exec npx -y x", command="/bin/bash"),
        [("arg", "API_KEY", KEY)],
    ),
    "sh -c with two": (
        args("-c", f'export A_TOKEN="{KEY}"; B_SECRET={KEY2} npx x', command="sh"),
        [("arg", "A_TOKEN", KEY), ("arg", "B_SECRET", KEY2)],
    ),
    "zsh -ic in one word": (args("-ic", f"npx x --token={KEY}", command="zsh"), [("arg", "token", KEY)]),
    "a whole bash line as the command": (
        {"command": f"bash -c \"API_KEY='{KEY}' npx x\""},
        [("arg", "API_KEY", KEY)],
    ),
    "bash in bash": (
        args("-c", f"bash -c 'export API_KEY={KEY}; npx x'", command="bash"),
        [("arg", "API_KEY", KEY)],
    ),
    "bash with a password in quotes": (
        args("-c", "PGPASSWORD='a b" + PW + "' psql", command="bash"),
        [("arg", "PGPASSWORD", "a b" + PW)],
    ),
    "bash with a quote in the password": (
        args("-c", "DB_PASSWORD='Xq7'\\''mR2vLp' srv", command="bash"),
        [("arg", "DB_PASSWORD", "Xq7'\\''mR2vLp")],
    ),
    "bash with a newline": (
        args("-c", f"set -e\nexport API_KEY={KEY}\nnpx x", command="bash"),
        [("arg", "API_KEY", KEY)],
    ),
    "bash that pipes": (
        args("-c", f"curl -H 'X-Api-Key: {KEY}' https://a.acme.test | jq", command="bash"),
        [("arg", "X-Api-Key", KEY)],
    ),
    "bash with JSON": (
        args("-c", f"npx x --config '{json.dumps({'apiKey': KEY})}'", command="bash"),
        [("arg", "config", KEY)],
    ),
    "cmd /c in words": (args("/c", "npx", "-y", "x", "--token", KEY, command="cmd"), [("arg", "token", KEY)]),
    "cmd /c set": (args("/c", f"set API_KEY={KEY}&& npx -y x", command="cmd"), [("arg", "API_KEY", KEY)]),
    "cmd /c set with blanks": (
        args("/C", f"set API_KEY={KEY} && npx -y x", command="cmd.exe"),
        [("arg", "API_KEY", KEY)],
    ),
    "cmd /c set in quotes": (args("/c", f'set "API_KEY={KEY}" && npx', command="cmd"), [("arg", "API_KEY", KEY)]),
    "cmd with a Windows flag": (args("/c", "tool", f"/apikey:{KEY}", command="cmd"), [("arg", "apikey", KEY)]),
    "powershell": (
        args("-NoProfile", "-Command", f"$env:API_KEY='{KEY}'; npx -y x", command="powershell"),
        [("arg", "API_KEY", KEY)],
    ),
    "pwsh with blanks": (args("-c", f'$env:API_KEY = "{KEY}"; npx -y x', command="pwsh"), [("arg", "API_KEY", KEY)]),
    "powershell call": (
        args("-Command", f"& npx x --token '{KEY}'", command="powershell.exe"),
        [("arg", "token", KEY)],
    ),
    "powershell two": (
        args("-Command", f"$env:A_KEY='{KEY}';$env:B_TOKEN='{KEY2}';npx x", command="powershell"),
        [("arg", "A_KEY", KEY), ("arg", "B_TOKEN", KEY2)],
    ),
    "env in words": (args(f"API_KEY={KEY}", "npx", "-y", "x", command="env"), [("arg", "API_KEY", KEY)]),
    "env in words, path": (
        args("-i", f"DB_PASSWORD={PW}", "srv", command="/usr/bin/env"),
        [("arg", "DB_PASSWORD", PW)],
    ),
    "wsl": (args("-d", "Ubuntu", "env", f"API_KEY={KEY}", "npx", "x", command="wsl"), [("arg", "API_KEY", KEY)]),
    "wsl bash": (args("bash", "-lc", f"API_KEY={KEY} npx x", command="wsl.exe"), [("arg", "API_KEY", KEY)]),
    "wsl -- line": (
        args("--", "bash", "-c", f"export API_KEY={KEY} && npx x", command="wsl"),
        [("arg", "API_KEY", KEY)],
    ),
    "ssh": (args("-i", "~/.ssh/id", "me@box", f"API_KEY={KEY} npx -y x", command="ssh"), [("arg", "API_KEY", KEY)]),
    "ssh in words": (args("me@box", "npx", "x", "--token", KEY, command="ssh"), [("arg", "token", KEY)]),
    "uv run --with": (
        args("run", "--with", "mcp", "srv.py", "--api-key", KEY, command="uv"),
        [("arg", "api-key", KEY)],
    ),
    "docker -e": (
        args("run", "-i", "--rm", "-e", f"API_KEY={KEY}", "img", command="docker"),
        [("arg", "API_KEY", KEY)],
    ),
    "docker --env": (args("run", "--env", f"API_KEY={KEY}", "img", command="docker"), [("arg", "API_KEY", KEY)]),
    "docker --env=": (args("run", f"--env=API_KEY={KEY}", "img", command="podman"), [("arg", "API_KEY", KEY)]),
    "docker -e glued": (args("run", f"-eAPI_KEY={KEY}", "img", command="docker"), [("arg", "API_KEY", KEY)]),
    "docker exec": (
        args("exec", "-i", "-e", f"API_KEY={KEY}", "box", "srv", command="docker"),
        [("arg", "API_KEY", KEY)],
    ),
    "docker --build-arg": (
        args("build", "--build-arg", f"NPM_TOKEN={KEY}", ".", command="docker"),
        [("arg", "NPM_TOKEN", KEY)],
    ),
    "docker names only": (args("run", "-e", "API_KEY", "--env", "B_TOKEN", "img:1", command="docker"), []),
    "docker image behind a name": (
        args("run", "-e", "API_KEY", "mcp/notion", KEY + "Q9", command="docker"),
        [("arg", "", KEY + "Q9")],
    ),
    "docker with a bash": (
        args("run", "img", "bash", "-c", f"TOKEN={KEY} srv", command="docker"),
        [("arg", "TOKEN", KEY)],
    ),
    "docker connection": (
        args("run", "-e", f"DATABASE_URL=postgres://u:{PW}@db.acme.test/x", "img", command="docker"),
        [("arg", "DATABASE_URL", PW)],
    ),
    "docker line": ({"command": f"docker run -i -e API_KEY={KEY} img"}, [("arg", "API_KEY", KEY)]),
    "cross-env": (args("cross-env", f"API_KEY={KEY}", "node", "x.js"), [("arg", "API_KEY", KEY)]),
    "sudo env": (args("env", f"API_KEY={KEY}", "srv", command="sudo"), [("arg", "API_KEY", KEY)]),
    "fish": (args("-c", f"set -gx API_KEY {KEY}; npx x", command="fish"), [("arg", "API_KEY", KEY)]),
    "cd first": (args("-c", f"cd /srv && TOKEN={KEY} node i.js", command="bash"), [("arg", "TOKEN", KEY)]),
    "references stay quiet": (
        args(
            "-c",
            'export A_TOKEN="$(op read op://x/y/z)" && B_KEY=$B_KEY C_KEY=${C_KEY:-} npx x --t `pass x`',
            command="bash",
        ),
        [],
    ),
    "a default in a line": (
        args("-c", f"API_KEY=${{API_KEY:-{KEY}}} npx x", command="bash"),
        [("arg", "API_KEY", KEY)],
    ),
    "a plain program": ({"command": "/Applications/My App.app/Contents/MacOS/srv", "args": ["--stdio"]}, []),
    "a plain line": ({"command": "uv --directory /srv/x run srv.py --port 8080 --log-level debug"}, []),
    "args as one text": ({"command": "npx", "args": f"-y x --token {KEY}"}, [("arg", "token", KEY)]),
    "dotted env": (args("x", f"--env.GITHUB_TOKEN={GH}"), [("arg", "GITHUB_TOKEN", GH)]),
    "dotted env in two words": (args("x", "--env.API_KEY", KEY), [("arg", "API_KEY", KEY)]),
    "env name value": (args("x", "--env", "API_KEY", KEY), [("arg", "API_KEY", KEY)]),
    "config pair": (args("x", "--config", f"apiKey={KEY}"), [("arg", "apiKey", KEY)]),
    "set": (args("x", "--set", f"auth.token={KEY}"), [("arg", "auth.token", KEY)]),
    "java": (args(f"-Dapi.key={KEY}", "-jar", "x.jar", command="java"), [("arg", "api.key", KEY)]),
    "java password": (args(f"-Ddb.password={PW}", "-jar", "x.jar", command="java"), [("arg", "db.password", PW)]),
    "figma": (
        args("figma-developer-mcp", f"--figma-api-key={FIGMA}", "--stdio"),
        [("arg", "figma-api-key", FIGMA)],
    ),
    "python -c": (args("-c", f"import os; os.environ['T']='{GH}'", command="python"), [("arg", "c", GH)]),
}

PROGRAMS: dict[str, tuple[object, list[Told]]] = {
    "mcp-remote header in two": (
        args("-y", "mcp-remote", "https://a.acme.test/mcp", "--header", f"Authorization: Bearer {KEY}"),
        [("arg", "Authorization", KEY)],
    ),
    "mcp-remote header in one": (
        args("mcp-remote@latest", "https://a.acme.test/mcp", f"--header=Authorization: Bearer {KEY}"),
        [("arg", "Authorization", KEY)],
    ),
    "mcp-remote header first": (
        args("mcp-remote", "--header", f"Authorization:Bearer {KEY}", "https://a.acme.test/mcp"),
        [("arg", "Authorization", KEY)],
    ),
    "mcp-remote no blanks": (
        args("mcp-remote", "https://a.acme.test/mcp", "--header", f"X-Api-Key:{KEY}"),
        [("arg", "X-Api-Key", KEY)],
    ),
    "mcp-remote variable": (
        args("mcp-remote", "https://a.acme.test", "--header", "Authorization:${AUTH}", env={"AUTH": f"Bearer {KEY}"}),
        [("env", "AUTH", KEY)],
    ),
    "mcp-remote reference": (
        args("mcp-remote", "https://a.acme.test", "--header", "Authorization: Bearer ${AUTH}"),
        [],
    ),
    "mcp-remote client": (
        args(
            "mcp-remote",
            "https://a.acme.test",
            "--static-oauth-client-info",
            json.dumps({"client_id": UUID, "client_secret": KEY}),
        ),
        [("arg", "static-oauth-client-info", KEY)],
    ),
    "mcp-remote client file": (
        args("mcp-remote", "https://a.acme.test", "--static-oauth-client-info", "@/p/c.json"),
        [],
    ),
    "mcp-remote metadata": (
        args("mcp-remote", "https://a.acme.test", "--static-oauth-client-metadata", json.dumps({"scope": "a b"})),
        [],
    ),
    "mcp-remote basic": (
        args("mcp-remote", "https://a.acme.test", "--header", "Authorization: Basic " + basic("svc:" + PW)),
        [("arg", "Authorization", basic("svc:" + PW))],
    ),
    "two headers": (
        args("mcp-remote", "https://a.acme.test", "--header", f"X-Api-Key: {KEY}", "--header", f"X-App-Secret: {KEY2}"),
        [("arg", "X-Api-Key", KEY), ("arg", "X-App-Secret", KEY2)],
    ),
    "supergateway": (
        args("-y", "supergateway", "--sse", f"https://a.acme.test/sse?key={KEY}", "--oauth2Bearer", KEY2),
        [("arg", "sse", KEY), ("arg", "oauth2Bearer", KEY2)],
    ),
    "supergateway header": (
        args("supergateway", "--streamableHttp", "https://a.acme.test", "--header", f"Authorization: Bearer {KEY}"),
        [("arg", "Authorization", KEY)],
    ),
    "mcp-proxy": (
        args("-H", "Authorization", f"Bearer {KEY}", "https://a.acme.test/sse", command="mcp-proxy"),
        [("arg", "Authorization", KEY)],
    ),
    "mcp-proxy long": (
        args(
            "--headers",
            "X-Api-Key",
            KEY,
            "https://a.acme.test/sse",
            command="mcp-proxy",
            env={"API_ACCESS_TOKEN": KEY2},
        ),
        [("arg", "X-Api-Key", KEY), ("env", "API_ACCESS_TOKEN", KEY2)],
    ),
    "curl": (
        args("-s", "-H", f"Authorization: Bearer {KEY}", "https://a.acme.test", command="curl"),
        [("arg", "Authorization", KEY)],
    ),
    "curl -u": (args("-u", f"svc:{PW}", "https://a.acme.test", command="curl"), [("arg", "u", PW)]),
    "curl --user": (args("--user", f"svc:{PW}", "https://a.acme.test", command="curl"), [("arg", "user", PW)]),
    "curl -u key": (args("-u", f"{KEY}:", "https://a.acme.test", command="curl"), [("arg", "u", KEY)]),
    "curl -u glued": (args(f"-usvc:{PW}", "https://a.acme.test", command="curl"), [("arg", "u", PW)]),
    "curl -d JSON": (
        args("-d", json.dumps({"key": "v", "api_key": KEY}), "https://a.acme.test", command="curl"),
        [("arg", "d", KEY)],
    ),
    "curl -d form": (
        args("-d", f"grant_type=x&client_secret={KEY}&scope=a", "https://a.acme.test", command="curl"),
        [("arg", "d", KEY)],
    ),
    "curl cookie": (
        args("-b", f"theme=dark; session={KEY}", "https://a.acme.test", command="curl"),
        [("arg", "Cookie", KEY)],
    ),
    "curl in docker": (
        args("run", "curlimages/curl:8", "-u", f"svc:{PW}", "https://a.acme.test", command="docker"),
        [("arg", "u", PW)],
    ),
    "wget": (
        args(f"--header=X-Api-Key: {KEY}", "-qO-", "https://a.acme.test", command="wget"),
        [("arg", "X-Api-Key", KEY)],
    ),
    "wget password": (
        args("--user=svc", f"--password={PW}", "https://a.acme.test", command="wget"),
        [("arg", "password", PW)],
    ),
    "httpie": (
        args("GET", "a.acme.test/x", f"Authorization:Bearer {KEY}", command="http"),
        [("arg", "Authorization", KEY)],
    ),
    "httpie auth": (args("-a", f"svc:{PW}", "a.acme.test/x", command="http"), [("arg", "a", PW)]),
    "httpie field": (args("a.acme.test/x", f"api_key=={KEY}", "q=1", command="https"), [("arg", "api_key", KEY)]),
    "smithery": (
        args(
            "-y",
            "@smithery/cli@latest",
            "run",
            "@x/y",
            "--key",
            UUID,
            "--config",
            json.dumps(json.dumps({"apiKey": KEY})),
        ),
        [("arg", "key", UUID), ("arg", "config", KEY)],
    ),
    "smithery escaped": (
        args("@smithery/cli", "run", "x", "--config", esc({"apiKey": KEY, "b": {"accessToken": KEY2}})),
        [("arg", "config", KEY), ("arg", "config", KEY2)],
    ),
    "smithery escaped twice": (
        args("@smithery/cli", "run", "x", "--config", esc({"apiKey": KEY, "debug": False}, 2)),
        [("arg", "config", KEY)],
    ),
    "smithery on Windows": (
        args(
            "/c",
            "npx",
            "-y",
            "@smithery/cli@latest",
            "run",
            "x",
            "--config",
            '"{\\"apiKey\\":\\"' + KEY + '\\"}"',
            command="cmd",
        ),
        [("arg", "config", KEY)],
    ),
    "config without quotes": (args("x", "--config", f"{{apiKey: {KEY}}}"), [("arg", "config", KEY)]),
    "config in single quotes": (args("x", "--config", f"{{'apiKey': '{KEY}'}}"), [("arg", "config", KEY)]),
    "config glued": (args("x", f'--config={{"apiKey":"{KEY}"}}'), [("arg", "config", KEY)]),
    "redis-cli": (
        args("-h", "cache.acme.test", "-a", PW, "--no-auth-warning", command="redis-cli"),
        [("arg", "a", PW)],
    ),
    "redis URL": (args("redis-mcp", "--url", f"redis://:{PW}@cache.acme.test:6379/0"), [("arg", "url", PW)]),
    "mysql glued": (args("-h", "db.acme.test", "-uroot", f"-p{PW}", command="mysql"), [("arg", "p", PW)]),
    "mysql long": (args("-h", "db.acme.test", f"--password={PW}", command="mysql"), [("arg", "password", PW)]),
    "mysql port": (args("-P", "3306", "-p", "--host", "db.acme.test", command="mysql"), []),
    "psql": (args(f"postgresql://app:{PW}@db.acme.test/x", command="psql"), [("arg", "", PW)]),
    "psql words": (args(f"host=db.acme.test user=app password={PW}", command="psql"), [("arg", "password", PW)]),
    "sshpass": (args("-p", PW, "ssh", "me@box", "srv", command="sshpass"), [("arg", "p", PW)]),
    "sqlcmd": (args("-S", "db.acme.test", "-U", "sa", "-P", PW, command="sqlcmd"), [("arg", "P", PW)]),
    "mongosh": (args("mongodb://db.acme.test", "-u", "app", "-p", PW, command="mongosh"), [("arg", "p", PW)]),
    "access token in two": (
        args("@supabase/mcp-server-supabase", "--access-token", "sbp_" + HEX + HEX[:8]),
        [("arg", "access-token", "sbp_" + HEX + HEX[:8])],
    ),
    "a URL behind --access-token": (args("x", "--access-token", "https://a.acme.test/v1"), []),
    "a login in short flags": (args("-u", "svc", "-p", PW, "-P", "5432", command="acme"), [("arg", "p", PW)]),
    "a login, glued": (args("-u", "root", f"-p{PW}", "-h", "db.acme.test", command="mysql-mcp"), [("arg", "p", PW)]),
    "a port beside a user": (args("run", "-u", "1000", "-p", "8080:80", "img", command="docker"), []),
    "a port of a server": (args("-u", "svc", "-p", "8080", command="acme"), []),
    "an account's id and secret": (
        args("-y", "@acme/mcp", f"AC{HEX}/SX1:{KEY}9"),
        [("arg", "", KEY + "9")],
    ),
    "key uuid": (args("x", "--key", UUID), [("arg", "key", UUID)]),
    "an org's id": (args("x", "--org-id", UUID, "--project", UUID, "--workspace-id", UUID), []),
    "password flag": (args("x", "--password", PW, "--username", "me"), [("arg", "password", PW)]),
    "weak password flag": (args("x", "--password", "Summer" + "2024!"), [("arg", "password", "Summer" + "2024!")]),
}


def _cases(*tables: dict[str, tuple[object, list[Told]]]) -> Iterable[Any]:
    return [pytest.param(entry, expected, id=name) for table in tables for name, (entry, expected) in table.items()]


@pytest.mark.parametrize(("entry", "expected"), _cases(COMMAND_LINES, PROGRAMS))
def test_found_exactly(entry: object, expected: list[Told]) -> None:
    assert told(entry) == expected


PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + (KEY + KEY2 + "+/\n") * 12 + "-----END RSA PRIVATE KEY-----"

JSON_TEXTS: dict[str, tuple[object, list[Told]]] = {
    "notion": (
        env(OPENAPI_MCP_HEADERS=json.dumps({"Authorization": f"Bearer {NOTION}", "Notion-Version": "2022-06-28"})),
        [("env", "OPENAPI_MCP_HEADERS", NOTION)],
    ),
    "two headers": (
        env(
            MCP_HEADERS=json.dumps({"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY2, "Accept": "application/json"})
        ),
        [("env", "MCP_HEADERS", KEY), ("env", "MCP_HEADERS", KEY2)],
    ),
    "escaped": (
        env(HEADERS=esc({"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY2})),
        [("env", "HEADERS", KEY), ("env", "HEADERS", KEY2)],
    ),
    "Authorization without a scheme": (env(HEADERS=json.dumps({"Authorization": KEY})), [("env", "HEADERS", KEY)]),
    "deep": (
        env(CONFIG=json.dumps({"a": [{"b": {"apiKey": KEY}}, {"db": {"password": PW, "user": "u"}}]})),
        [("env", "CONFIG", KEY), ("env", "CONFIG", PW)],
    ),
    "JSON in JSON": (
        env(CONFIG=json.dumps({"headers": json.dumps({"Authorization": f"Bearer {KEY}"})})),
        [("env", "CONFIG", KEY)],
    ),
    "a URL in JSON": (
        env(CONFIG=json.dumps({"dsn": f"postgres://u:{PW}@db.acme.test/x"})),
        [("env", "CONFIG", PW)],
    ),
    "written with escapes": (
        env(CONFIG='{"password": "Xq7\\u0021mR2\\/vLp"}'),
        [("env", "CONFIG", "Xq7\\u0021mR2\\/vLp")],
    ),
    "name and value": (
        env(
            HEADERS=json.dumps([{"name": "Authorization", "value": f"Bearer {KEY}"}, {"name": "Accept", "value": "x"}])
        ),
        [("env", "HEADERS", KEY)],
    ),
    "exported cookies": (
        env(COOKIES=json.dumps([{"domain": ".acme.test", "name": "auth_token", "value": KEY}])),
        [("env", "COOKIES", KEY)],
    ),
    "lines that nobody escaped": (
        env(CONFIG='{"type": "x", "private_key": "' + PEM + '", "b": "c"}'),
        [("env", "CONFIG", PEM)],
    ),
    "with a mistake": (env(CONFIG=f'{{"apiKey": "{KEY}", "b": tru'), [("env", "CONFIG", KEY)]),
    "trailing comma": (env(CONFIG=f'{{"apiKey": "{KEY}",}}'), [("env", "CONFIG", KEY)]),
    "service account": (
        env(
            GOOGLE_CREDENTIALS_JSON=json.dumps(
                {
                    "type": "service_account",
                    "private_key_id": HEX + HEX[:8],
                    "private_key": PEM,
                    "client_email": "a@b.iam.gserviceaccount.com",
                    "client_id": "1234567890123",
                }
            )
        ),
        None,
    ),
    "harmless": (
        env(
            CONFIG=json.dumps(
                {"model": "gpt-4o", "maxTokens": 100, "ids": [UUID], "url": "https://a.acme.test", "tools": ["a", "b"]}
            )
        ),
        [],
    ),
    "references": (env(HEADERS=json.dumps({"Authorization": "Bearer ${TOKEN}", "X-Key": "${env:K}"})), []),
    "placeholders": (env(HEADERS=json.dumps({"Authorization": "Bearer YOUR_TOKEN_HERE", "X-Api-Key": "<key>"})), []),
    "mixed": (
        env(CONFIG=json.dumps({"openaiKey": "sk-your-key-here", "apiKey": KEY, "token": "${TOKEN}"})),
        [("env", "CONFIG", KEY)],
    ),
    "in a header": (headers(X_Config=json.dumps({"apiKey": KEY})), [("header", "X-Config", KEY)]),
    "in a query": (
        url("https://a.acme.test/mcp?config=%7B%22apiKey%22%3A%22" + KEY + "%22%7D"),
        [("url-query", "apiKey", KEY)],
    ),
    "header list": (
        env(HEADERS=f"X-Api-Key:{KEY},X-Client-Secret:{KEY2},Accept:*/*"),
        [("env", "HEADERS", KEY), ("env", "HEADERS", KEY2)],
    ),
    "header list with equals": (
        env(OTEL_EXPORTER_OTLP_HEADERS=f"x-honeycomb-team={KEY},api-key={KEY2}"),
        [("env", "OTEL_EXPORTER_OTLP_HEADERS", KEY2)],
    ),
    "header list with blanks": (
        env(MCP_HEADERS=f"Authorization: Bearer {KEY}, X-Api-Key: {KEY2}"),
        [("env", "MCP_HEADERS", KEY), ("env", "MCP_HEADERS", KEY2)],
    ),
    "header lines": (
        env(EXTRA_HEADERS=f"Authorization: Bearer {KEY}\nX-Api-Key: {KEY2}\n"),
        [("env", "EXTRA_HEADERS", KEY), ("env", "EXTRA_HEADERS", KEY2)],
    ),
    "YAML": (
        env(CONFIG=f'server:\n  api_key: {KEY}\n  port: 8080\n  password: "{PW}"\n'),
        [("env", "CONFIG", KEY), ("env", "CONFIG", PW)],
    ),
    "env file": (
        env(EXTRA_ENV=f"A_TOKEN={KEY}\nB=1\nC_SECRET='{KEY2}'"),
        [("env", "EXTRA_ENV", KEY), ("env", "EXTRA_ENV", KEY2)],
    ),
    "form body": (
        env(BODY=f"grant_type=client_credentials&client_id=abc&client_secret={KEY}"),
        [("env", "BODY", KEY)],
    ),
    "one header line": (env(AUTH_HEADER=f"Authorization: Bearer {KEY}"), [("env", "AUTH_HEADER", KEY)]),
    "prose": (env(NOTE="Set token: get one from https://a.acme.test, then key=value pairs work"), []),
    "base64 of harmless JSON": (env(SETTINGS=base64.b64encode(b'{"model":"gpt-4o","max":100}').decode()), []),
}

HEADERS: dict[str, tuple[object, list[Told]]] = {
    "bearer": (headers(Authorization=f"Bearer {KEY}"), [("header", "Authorization", KEY)]),
    "lower case": (headers(authorization=f"bearer {KEY}"), [("header", "authorization", KEY)]),
    "no scheme": (headers(Authorization=KEY), [("header", "Authorization", KEY)]),
    "token": (headers(Authorization=f"Token {KEY}"), [("header", "Authorization", KEY)]),
    "token=": (headers(Authorization=f'Token token="{KEY}"'), [("header", "Authorization", KEY)]),
    "ApiKey": (headers(Authorization=f"ApiKey {KEY}"), [("header", "Authorization", KEY)]),
    "Bot": (headers(Authorization=f"Bot {KEY}"), [("header", "Authorization", KEY)]),
    "Key id:secret": (headers(Authorization=f"Key {UUID}:{HEX}"), [("header", "Authorization", f"{UUID}:{HEX}")]),
    "a vendor's scheme": (headers(Authorization=f"Zoho-oauthtoken {KEY}"), [("header", "Authorization", KEY)]),
    "sso-key": (headers(Authorization=f"sso-key {KEY}:{KEY2}"), [("header", "Authorization", f"{KEY}:{KEY2}")]),
    "basic": (headers(Authorization="Basic " + basic("me:" + PW)), [("header", "Authorization", basic("me:" + PW))]),
    "basic, key as user": (
        headers(Authorization="Basic " + basic(KEY + ":")),
        [("header", "Authorization", basic(KEY + ":"))],
    ),
    "basic, key as password": (
        headers(Authorization="Basic " + basic("api:" + KEY)),
        [("header", "Authorization", basic("api:" + KEY))],
    ),
    "basic reference": (headers(Authorization="Basic ${TOKEN}"), []),
    "basic sample": (headers(Authorization="Basic " + basic("username:password")), []),
    "basic placeholder": (headers(Authorization="Basic <base64>"), []),
    "bearer twice": (headers(Authorization=f"Bearer Bearer {KEY}"), [("header", "Authorization", KEY)]),
    "digest": (
        headers(Authorization=f'Digest username="me", realm="a", response="{HEX[::-1]}"'),
        [("header", "Authorization", f'username="me", realm="a", response="{HEX[::-1]}"')],
    ),
    "aws": (
        headers(
            Authorization="AWS4-HMAC-SHA256 Credential="
            + expand("AKIA{b32:16}", RANDOM)
            + f"/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={HEX}{HEX[::-1]}"
        ),
        None,
    ),
    "custom": (
        headers(X_Api_Key=KEY, X_Acme_Token=KEY2),
        [("header", "X-Api-Key", KEY), ("header", "X-Acme-Token", KEY2)],
    ),
    "api-key": (headers(api_key=UUID), [("header", "api-key", UUID)]),
    "private token": (headers(PRIVATE_TOKEN=KEY), [("header", "PRIVATE-TOKEN", KEY)]),
    "in single quotes": (headers(Authorization=f"'Bearer {KEY}'"), [("header", "Authorization", KEY)]),
    "a reference": (headers(Authorization="Bearer ${input:token}", X_Api_Key="{env:KEY}"), []),
    "a word": (headers(Authorization="Bearer token", X_Api_Key="your-api-key"), []),
    "no credentials": (
        headers(
            Accept="application/json",
            X_Request_Id=UUID,
            User_Agent="x/1.0",
            X_MCP_Toolsets="repos,issues",
            X_Tenant_Id=UUID,
        ),
        [],
    ),
    "cookie": (headers(Cookie=f"theme=dark; session={KEY}; lang=en"), [("header", "Cookie", KEY)]),
    "two cookies": (
        headers(Cookie=f'li_at={KEY}; JSESSIONID="ajax:{HEX[:19]}"; lang=v=2&lang=en-us'),
        [("header", "Cookie", KEY), ("header", "Cookie", f"ajax:{HEX[:19]}")],
    ),
    "counting cookies": (
        headers(Cookie=f"_ga=GA1.2.{HEX[:10]}.1700000000; _gid=GA1.2.1; cookieconsent=yes; csrftoken={KEY}"),
        [],
    ),
    "cloudflare cookie": (
        headers(Cookie=f"cf_clearance={KEY}-1700000000-1.2.1.1-{KEY2}"),
        [("header", "Cookie", f"cf_clearance={KEY}-1700000000-1.2.1.1-{KEY2}"[13:])],
    ),
    "a header line with cookies": (
        {"url": "https://a.acme.test", "headers": [f"Cookie: metabase.SESSION={UUID}; metabase.TIMEOUT=alive"]},
        [("header", "Cookie", UUID)],
    ),
    "a header line with cookies in a variable": (
        env(AUTH_HEADER=f"Cookie: sid={KEY}; lang=en"),
        [("env", "AUTH_HEADER", KEY)],
    ),
    "when a session ends": (
        headers(Cookie=f"grafana_session={HEX}; grafana_session_expiry=1764300000"),
        [("header", "Cookie", HEX)],
    ),
    "session id": (headers(Cookie=f"PHPSESSID={HEX[:26]}"), [("header", "Cookie", HEX[:26])]),
    "cookie alone": (headers(Cookie=KEY), [("header", "Cookie", KEY)]),
    "cookie reference": (headers(Cookie="session=${SESSION}"), []),
    "cookie placeholder": (headers(Cookie="session=YOUR_SESSION_COOKIE"), []),
    "cookie variable": (env(LINKEDIN_COOKIE=f"li_at={KEY}"), [("env", "LINKEDIN_COOKIE", KEY)]),
    "cookie variable alone": (env(LINKEDIN_COOKIE=KEY), [("env", "LINKEDIN_COOKIE", KEY)]),
    "list of lines": (
        {
            "url": "https://a.acme.test",
            "headers": [f"Authorization: Bearer {KEY}", "Accept: x/y", f"X-Api-Key: {KEY2}"],
        },
        [("header", "Authorization", KEY), ("header", "X-Api-Key", KEY2)],
    ),
    "list of pairs": (
        {
            "url": "https://a.acme.test",
            "headers": [{"name": "Authorization", "value": f"Bearer {KEY}"}, {"key": "X-A", "value": "b"}],
        },
        [("header", "Authorization", KEY)],
    ),
    "list of objects": (
        {"url": "https://a.acme.test", "headers": [{"Authorization": f"Bearer {KEY}"}]},
        [("header", "Authorization", KEY)],
    ),
    "nested deeper": (
        {"url": "https://a.acme.test", "requestInit": {"headers": {"Authorization": f"Bearer {KEY}"}}},
        [("header", "Authorization", KEY)],
    ),
    "env as a list": ({"command": "x", "env": [f"API_KEY={KEY}", "PORT=1"]}, [("env", "API_KEY", KEY)]),
    "env as pairs": ({"command": "x", "env": [{"name": "API_KEY", "value": KEY}]}, [("env", "API_KEY", KEY)]),
}


@pytest.mark.parametrize(("entry", "expected"), _cases(JSON_TEXTS, HEADERS))
def test_found_exactly_in_texts_and_headers(entry: object, expected: list[Told] | None) -> None:
    found = told(entry)
    if expected is None:
        assert found
    else:
        assert found == expected


HEX64 = HEX + HEX[::-1]
PHRASE = "abandon ability able about above absent absorb abstract absurd abuse access " + "accident"
PEM_LINE = PEM.replace("\n", "\\n")
OPENSSH = PEM.replace("RSA PRIVATE", "OPENSSH PRIVATE")

CONNECTIONS: dict[str, tuple[object, list[Told]]] = {
    "postgres": (
        env(DATABASE_URL=f"postgres://app:{PW}@db.acme.test:5432/x?sslmode=require"),
        [("env", "DATABASE_URL", PW)],
    ),
    "encoded": (
        env(DATABASE_URL="mysql://u:%40Name%202320@db.acme.test/x"),
        [("env", "DATABASE_URL", "%40Name%202320")],
    ),
    "raw slash": (env(MONGO_URI="mongodb+srv://u:aB3/d9+Qx7==@c0.acme.test/x"), [("env", "MONGO_URI", "aB3/d9+Qx7==")]),
    "raw at": (env(DB_URI="postgres://u:p@ss" + PW + "@db.acme.test/x"), [("env", "DB_URI", "p@ss" + PW)]),
    "raw hash": (env(DB_URI="postgres://u:a#b" + PW + "@db.acme.test/x"), [("env", "DB_URI", "a#b" + PW)]),
    "raw question": (env(DB_URI="postgres://u:a?b" + PW + "@db.acme.test/x"), [("env", "DB_URI", "a?b" + PW)]),
    "many hosts": (
        env(MONGO_URL=f"mongodb://u:{PW}@a.acme.test:27017,b.acme.test:27017/x?replicaSet=r"),
        [("env", "MONGO_URL", PW)],
    ),
    "jdbc": (
        env(JDBC_URL=f"jdbc:postgresql://db.acme.test/x?user=u&password={PW}&ssl=true"),
        [("env", "JDBC_URL", PW)],
    ),
    "jdbc sqlserver": (
        env(JDBC_URL=f"jdbc:sqlserver://db.acme.test:1433;databaseName=x;user=u;password={PW};encrypt=true"),
        [("env", "JDBC_URL", PW)],
    ),
    "jdbc oracle": (env(JDBC_URL=f"jdbc:oracle:thin:app/{PW}@//db.acme.test:1521/x"), [("env", "JDBC_URL", PW)]),
    "ado": (
        env(CONNECTION_STRING=f"Server=db.acme.test;Database=x;User Id=sa;Password={PW};Encrypt=True;"),
        [("env", "CONNECTION_STRING", PW)],
    ),
    "ado quoted": (
        env(CONNECTION_STRING=f"Server=db.acme.test;User Id=sa;Password='a;b{PW}';Encrypt=True"),
        [("env", "CONNECTION_STRING", "a;b" + PW)],
    ),
    "odbc": (
        env(ODBC=f"DRIVER={{ODBC Driver 18 for SQL Server}};SERVER=db.acme.test;UID=sa;PWD={{{PW}}}"),
        [("env", "ODBC", PW)],
    ),
    "libpq": (env(PG_DSN=f"host=db.acme.test user=app password='{PW} x' dbname=x"), [("env", "PG_DSN", PW + " x")]),
    "libpq plain": (env(PG_DSN=f"host=db.acme.test password={PW} user=app"), [("env", "PG_DSN", PW)]),
    "azure storage": (
        env(
            AZURE_STORAGE_CONNECTION_STRING=f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY}{KEY2}{KEY[:24]}==;EndpointSuffix=core.windows.net"
        ),
        None,
    ),
    "service bus": (
        env(
            SERVICE_BUS=f"Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={KEY}{KEY2[:12]}="
        ),
        [("env", "SERVICE_BUS", f"{KEY}{KEY2[:12]}=")],
    ),
    "sas": (
        env(
            SAS_URL=f"https://acme.blob.core.windows.net/c?sv=2022-11-02&se=2027-01-01&sp=rl&sig={KEY}%2B{KEY2[:10]}%3D"
        ),
        [("env", "SAS_URL", f"{KEY}%2B{KEY2[:10]}%3D")],
    ),
    "redis": (env(REDIS_URL=f"rediss://default:{PW}@cache.acme.test:6380"), [("env", "REDIS_URL", PW)]),
    "redis without user": (env(REDIS_URL=f"redis://:{PW}@cache.acme.test:6379"), [("env", "REDIS_URL", PW)]),
    "smtp": (env(SMTP_URL=f"smtps://me%40acme.test:{PW}@smtp.acme.test:465"), [("env", "SMTP_URL", PW)]),
    "amqp": (env(AMQP_URL=f"amqps://u:{PW}@mq.acme.test/v"), [("env", "AMQP_URL", PW)]),
    "kafka": (
        env(
            KAFKA_JAAS=f'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="{PW}";'
        ),
        [("env", "KAFKA_JAAS", PW)],
    ),
    "proxy": (env(HTTPS_PROXY=f"http://me:{PW}@proxy.acme.test:3128"), [("env", "HTTPS_PROXY", PW)]),
    "git": (args(f"git+https://{GH}@github.com/acme/srv.git", command="uvx"), [("arg", "", GH)]),
    "git oauth2": (args(f"git+https://oauth2:{KEY}@gitlab.acme.test/a/srv.git", command="uvx"), [("arg", "", KEY)]),
    "pip index": (
        args("--index-url", f"https://me:{PW}@pypi.acme.test/simple", "srv", command="uvx"),
        [("arg", "index-url", PW)],
    ),
    "ftp": (env(FTP_URL=f"ftp://me:{PW}@ftp.acme.test"), [("env", "FTP_URL", PW)]),
    "clickhouse": (env(URL=f"clickhouse://u:{PW}@ch.acme.test:9440/x"), [("env", "URL", PW)]),
    "two strings": (
        env(DB_URLS=f"postgres://u:{PW}@a.acme.test/x,postgres://u:{PW}9@b.acme.test/x"),
        None,
    ),
    "local default": (env(DATABASE_URL="postgres://postgres:postgres@127.0.0.1:5432/x"), []),
    "local service": (env(DATABASE_URL="mysql://root:root@db:3306/x", REDIS_URL="redis://:redis@redis:6379"), []),
    "local ado": (env(MSSQL="Server=localhost;User Id=sa;Password=admin;Database=x"), []),
    "local libpq": (env(PG_DSN="host=localhost user=postgres password=postgres"), []),
    "no password": (env(DATABASE_URL="postgres://app@db.acme.test/x", MSSQL="Server=db;Trusted_Connection=True;"), []),
    "placeholder": (env(DATABASE_URL="postgres://user:password@host:5432/db", B="mongodb://<user>:<pass>@h/x"), []),
    "reference": (env(DATABASE_URL="postgres://u:${DB_PASSWORD}@db.acme.test/x", M="Server=x;Password=${env:PW};"), []),
    "weak but real": (
        env(DATABASE_URL="postgres://app:" + "Summer" + "2024!@db.acme.test/x"),
        [("env", "DATABASE_URL", "Summer" + "2024!")],
    ),
    "ssh": (args("ssh://git@github.com/acme/x.git", "sftp://me@box.acme.test/x"), []),
}

URLS: dict[str, tuple[object, list[Told]]] = {
    **{
        f"query {name}": (url(f"https://mcp.acme.test/mcp?{name}={KEY}&x=1"), [("url-query", name, KEY)])
        for name in (
            "token",
            "key",
            "api_key",
            "apikey",
            "apiKey",
            "access_token",
            "code",
            "sig",
            "signature",
            "exaApiKey",
            "tavilyApiKey",
            "userToken",
            "auth",
            "secret",
            "X-Amz-Signature",
            "api-key",
            "authToken",
            "session",
            "jwt",
            "password",
            "pat",
            "subscription-key",
            "k",
        )
    },
    "query uuid": (url(f"https://mcp.exa.ai/mcp?exaApiKey={UUID}"), [("url-query", "exaApiKey", UUID)]),
    "query uuid key": (url(f"https://mcp.acme.test/mcp?key={UUID}"), [("url-query", "key", UUID)]),
    "query ids": (
        url(f"https://mcp.acme.test/mcp?project_id={UUID}&profile=x&user_id={UUID}&features=a,b&read_only=true"),
        [],
    ),
    "query reference": (url("https://mcp.acme.test/mcp?token=${TOKEN}&key={{key}}"), []),
    "query default": (url(f"https://mcp.acme.test/mcp?token=${{T:-{KEY}}}"), [("url-query", "token", KEY)]),
    "query placeholder": (url("https://mcp.acme.test/mcp?api_key=YOUR_API_KEY&token=<token>&k=xxxx"), []),
    "query encoded": (
        url(f"https://mcp.acme.test/mcp?token={KEY}%2F{KEY2}%3D%3D"),
        [("url-query", "token", f"{KEY}%2F{KEY2}%3D%3D")],
    ),
    "query two": (
        url(f"https://mcp.acme.test/mcp?token={KEY}&secret={KEY2}"),
        [("url-query", "token", KEY), ("url-query", "secret", KEY2)],
    ),
    "query in arg": (args("mcp-remote", f"https://mcp.acme.test/mcp?token={KEY}"), [("arg", "token", KEY)]),
    "query in env": (env(MCP_URL=f"https://mcp.acme.test/mcp?token={KEY}"), [("env", "MCP_URL", KEY)]),
    "fragment": (url(f"https://mcp.acme.test/mcp#token={KEY}"), [("url-query", "token", KEY)]),
    "user": (url(f"https://{KEY}@mcp.acme.test/mcp"), [("url-userinfo", "", KEY)]),
    "user and password": (url(f"https://me:{PW}@mcp.acme.test/mcp"), [("url-userinfo", "", PW)]),
    "user, x-oauth": (url(f"https://{GH}:x-oauth-basic@github.com/x"), [("url-userinfo", "", GH)]),
    "composio": (url(f"https://mcp.composio.dev/gmail/{KEY}"), [("url-path", "", KEY)]),
    "composio uuid": (url(f"https://mcp.composio.dev/composio/server/{UUID}/mcp"), [("url-path", "", UUID)]),
    "zapier": (url("https://mcp.zapier.com/api/mcp/s/" + basic(UUID + ":" + UUID) + "/mcp"), None),
    "make": (url(f"https://eu2.make.com/mcp/api/v1/u/{UUID}/sse"), None),
    "pipedream": (url(f"https://mcp.pipedream.net/{UUID}/slack"), [("url-path", "", UUID)]),
    "firecrawl": (url(f"https://mcp.firecrawl.dev/fc-{HEX}/v2/mcp"), [("url-path", "", f"fc-{HEX}")]),
    "alchemy": (url(f"https://eth-mainnet.g.alchemy.com/v2/{KEY}"), [("url-path", "", KEY)]),
    "infura": (env(RPC_URL=f"https://mainnet.infura.io/v3/{HEX}"), [("env", "RPC_URL", HEX)]),
    "quiknode": (
        env(RPC_URL=f"https://a-b-c.solana-mainnet.quiknode.pro/{HEX}{HEX[:8]}/"),
        [("env", "RPC_URL", HEX + HEX[:8])],
    ),
    "helius": (env(RPC_URL=f"https://mainnet.helius-rpc.com/?api-key={UUID}"), [("env", "RPC_URL", UUID)]),
    "telegram": (url("https://api.telegram.org/bot123456789:" + expand("{w:35}", RANDOM) + "/x"), None),
    "slack webhook": (env(SLACK_WEBHOOK_URL="https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/" + KEY[:24]), None),
    "discord webhook": (
        env(DISCORD_WEBHOOK_URL="https://discord.com/api/webhooks/123456789012345678/" + expand("{w:68}", RANDOM)),
        None,
    ),
    "trycloudflare": (url("https://lorem-ipsum-dolor-sit.trycloudflare.com/mcp"), []),
    "ngrok": (url("https://a1b2-203-0-113-9.ngrok-free.app/sse"), []),
    "supabase project": (url("https://abcdefghijklmnopqrst.supabase.co/functions/v1/mcp"), []),
    "github": (url("https://github.com/acme/x/blob/" + HEX + HEX[:8] + "/README.md"), []),
    "docs": (args("https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit"), []),
    "plain": (url("https://mcp.acme.test/v1/projects/my-long-project-name-here/mcp"), []),
    "local": (url(f"http://localhost:3000/sessions/{HEX}/mcp"), []),
    "notion page": (env(PAGE=f"https://www.notion.so/acme/Page-{HEX}"), []),
    "empty": (url(""), []),
    "httpUrl": ({"httpUrl": f"https://mcp.acme.test/?token={KEY}"}, [("url-query", "token", KEY)]),
}

OTHERS: dict[str, tuple[object, list[Told]]] = {
    "client secret": (
        {"url": "https://a.acme.test", "oauth": {"clientId": "abc", "clientSecret": KEY}},
        [("other", "clientSecret", KEY)],
    ),
    "client_secret": (
        {"url": "https://a.acme.test", "oauth": {"client_id": "abc", "client_secret": KEY}},
        [("other", "client_secret", KEY)],
    ),
    "auth.client_secret": (
        {"url": "https://a.acme.test", "auth": {"client_secret": KEY, "scopes": ["a:b"]}},
        [("other", "client_secret", KEY)],
    ),
    "CLIENT_SECRET in auth": (
        {"url": "https://a.acme.test", "auth": {"CLIENT_ID": UUID, "CLIENT_SECRET": KEY}},
        [("other", "CLIENT_SECRET", KEY)],
    ),
    "apiKey of an entry": ({"url": "https://a.acme.test", "apiKey": KEY}, [("other", "apiKey", KEY)]),
    "bearer token": (
        {"url": "https://a.acme.test", "auth": {"type": "bearer", "token": KEY}},
        [("other", "token", KEY)],
    ),
    "settings": (
        {"source": "extension", "settings": {"github_personal_access_token": GH}},
        [("other", "github_personal_access_token", GH)],
    ),
    "disabled": ({**env(API_KEY=KEY), "disabled": True}, [("env", "API_KEY", KEY)]),
    "pem": (env(PRIVATE_KEY=PEM), [("env", "PRIVATE_KEY", PEM)]),
    "pem escaped": (env(GITHUB_APP_PRIVATE_KEY=PEM_LINE), [("env", "GITHUB_APP_PRIVATE_KEY", PEM_LINE)]),
    "pem in one line": (
        env(SSH_PRIVATE_KEY=PEM.replace("\n", " ")),
        [("env", "SSH_PRIVATE_KEY", PEM.replace("\n", " "))],
    ),
    "openssh": (env(SSH_KEY=OPENSSH), [("env", "SSH_KEY", OPENSSH)]),
    "pem base64": (
        env(SNOWFLAKE_PRIVATE_KEY=base64.b64encode(PEM.encode()).decode()),
        [("env", "SNOWFLAKE_PRIVATE_KEY", base64.b64encode(PEM.encode()).decode())],
    ),
    "seed phrase": (env(WALLET_MNEMONIC=PHRASE), [("env", "WALLET_MNEMONIC", PHRASE)]),
    "seed phrase 2": (env(SEED_PHRASE=PHRASE + " " + PHRASE), [("env", "SEED_PHRASE", PHRASE + " " + PHRASE)]),
    "seed words of a wallet": (env(WALLET_SEED=PHRASE), [("env", "WALLET_SEED", PHRASE)]),
    "a sentence": (
        env(
            DESCRIPTION=PHRASE,
            SYSTEM_PROMPT="you are a helpful agent that reads files and answers short questions about them",
        ),
        [],
    ),
    "a sentence under a phrase's name": (
        env(SEARCH_PHRASE="how to write good code that other people can read with ease today"),
        [],
    ),
    "wallet key": (env(PRIVATE_KEY="0x" + HEX64), [("env", "PRIVATE_KEY", "0x" + HEX64)]),
    "wallet key bare": (env(EVM_PRIVATE_KEY=HEX64), [("env", "EVM_PRIVATE_KEY", HEX64)]),
    "wallet key base58": (
        env(SOLANA_PRIVATE_KEY=(KEY + KEY2 + KEY)[:88]),
        [("env", "SOLANA_PRIVATE_KEY", (KEY + KEY2 + KEY)[:88])],
    ),
    "wallet key as numbers": (env(SOLANA_PRIVATE_KEY="[" + ",".join(str(n * 37 % 256) for n in range(64)) + "]"), None),
    "wallet address": (env(WALLET_ADDRESS="0x" + HEX64[:40], CONTRACT="0x" + HEX64[:40], TX_HASH="0x" + HEX64), []),
    "task-master-ai": (
        env(
            ANTHROPIC_API_KEY="ANTHROPIC_API_KEY_HERE",
            PERPLEXITY_API_KEY="PERPLEXITY_API_KEY_HERE",
            OPENAI_API_KEY="OPENAI_API_KEY_HERE",
            GOOGLE_API_KEY=GOOGLE,
            XAI_API_KEY="XAI_API_KEY_HERE",
            OPENROUTER_API_KEY="YOUR_OPENROUTER_KEY_HERE",
            MISTRAL_API_KEY="MISTRAL_API_KEY_HERE",
            AZURE_OPENAI_API_KEY="AZURE_OPENAI_API_KEY_HERE",
            OLLAMA_API_KEY="OLLAMA_API_KEY_HERE",
        ),
        [("env", "GOOGLE_API_KEY", GOOGLE)],
    ),
    "weak passwords": (
        env(
            DB_PASSWORD="Summer" + "2024!",
            SMTP_PASS="hello" + "World99",
            APP_PASSWORD="qwmz xkvt " + "plro bdnf",
            PASSWORD="correct-horse-" + "battery",
        ),
        [
            ("env", "DB_PASSWORD", "Summer" + "2024!"),
            ("env", "SMTP_PASS", "hello" + "World99"),
            ("env", "APP_PASSWORD", "qwmz xkvt " + "plro bdnf"),
            ("env", "PASSWORD", "correct-horse-" + "battery"),
        ],
    ),
    "a wrong provider's key": (
        env(GITHUB_PERSONAL_ACCESS_TOKEN=GOOGLE),
        [("env", "GITHUB_PERSONAL_ACCESS_TOKEN", GOOGLE)],
    ),
    "two in one text": (env(NOTES=f"old {GH} and new {GOOGLE}"), [("env", "NOTES", GH), ("env", "NOTES", GOOGLE)]),
    "beside a reference": (env(API_KEY=f"{KEY}${{SUFFIX}}"), [("env", "API_KEY", KEY)]),
    "a list of keys": (env(API_KEYS=f"{KEY},{KEY2}"), None),
    "in a key": ({"command": "x", "env": {"A": json.dumps({GH: 1})}}, [("env", "A", GH)]),
}


@pytest.mark.parametrize(("entry", "expected"), _cases(CONNECTIONS, URLS, OTHERS))
def test_found_exactly_in_addresses_and_others(entry: object, expected: list[Told] | None) -> None:
    found = told(entry)
    if expected is None:
        assert found
    else:
        assert sorted(found) == sorted(expected)
