"""`run --wire` as a process: several accounts at one host, keys and tokens that change while the server runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.broker.token_endpoint import CANARY, TokenEndpoint, serving, tls_server
from tests.broker.wire.bench import run
from tests.cli.program import Program
from tests.servers.tls import Authority, way_to
from unsprawl.broker.wire.log import read as read_log
from unsprawl.scanner.secret import Secret
from unsprawl.vault import binding, service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.oauth_item import places_of, stored
from unsprawl.vault.oauth_token import Credential, to_text
from unsprawl.vault.record import Destination, Record
from unsprawl.vault.records import save
from unsprawl.vault.stores import new_item_key

HOST, AUTH = "api.vendor.example", "auth.vendor.example"
WORK, HOME, NEXT = (f"{CANARY}-key-{name}-0123456789abcdef" for name in ("work", "home", "next"))

SECRETS = [WORK, HOME, NEXT, *(f"{CANARY}-{kind}-{n}" for kind in ("access", "refresh") for n in range(1, 9))]
"""Whole ones: a placeholder is shaped like its value, and begins with the same words."""

SERVER = """
import http.client, json, os, ssl, sys
from base64 import b64encode
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
shown = "Basic " + b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
kept = {}
def connection():
    made = http.client.HTTPSConnection(proxy.hostname, proxy.port, context=ssl.create_default_context())
    made.set_tunnel("api.vendor.example", 443, {"Proxy-Authorization": shown})
    return made
for line in sys.stdin:
    how, name = line.split()
    used = kept.setdefault(name, connection()) if how == "kept" else connection()
    used.request("GET", "/me", headers={"Authorization": "Bearer " + os.environ[name]})
    answer = used.getresponse()
    print(json.dumps([answer.status, json.loads(answer.read())]), flush=True)
"""
ARGV = [sys.executable, "-I", "-c", SERVER]


class Vendor:
    """An API that knows whose token it gets, and echoes what it does not know."""

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {}
        self.connections = 0
        self.lock = threading.Lock()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                vendor.connections += 1

            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                with vendor.lock:
                    account = vendor.accounts.get(token)
                body = json.dumps({"account": account, "you_sent": token}).encode()
                self.send_response(200 if account else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class Running:
    """A server behind `unsprawl run --wire`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def asks(self, how: str, variable: str) -> tuple[int, str | None]:
        """The status and the account of one request that the server makes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{how} {variable}\n".encode())
        line = (await self.process.stdout.readline()).decode()
        self.said += line
        status, body = json.loads(line)
        return status, body["account"]

    async def ends(self) -> str:
        """Lets it end; what was ever said on stdout and stderr."""
        out, err = await self.process.communicate(b"")
        assert self.process.returncode == 0, err
        return self.said + out.decode() + err.decode()


class Bench:
    """A vendor and its token endpoint under their own names, and a way to them."""

    def __init__(self, environ: Mapping[str, str], program: Program, vendor: Vendor, endpoint: TokenEndpoint) -> None:
        self.environ = dict(environ)
        self.program = program
        self.vendor = vendor
        self.endpoint = endpoint

    def record(self, ref: str, plain: Mapping[str, str], oauth: Mapping[str, Credential] | None = None) -> Record:
        """A record of our server, with each variable bound to the vendor."""
        texts = {name: to_text(credential) for name, credential in (oauth or {}).items()}
        secrets = {name: Secret(value) for name, value in plain.items()} | texts
        made = binding.bind(ARGV, key=machine_key(), cwd="/", environ=self.environ)
        record = Record(
            ref,
            "vendor",
            (),
            "2026-11-20T00:00:00Z",
            AgeStore.id,
            tuple((name, service.deposit(secret, AgeStore()).item) for name, secret in secrets.items()),
            (made,),
            wire=tuple(Destination(name, (HOST,)) for name in secrets),
            oauth=tuple((name, new_item_key()) for name in texts),
        )
        save(record)
        return record

    async def start(self, ref: str, *, wire: bool = True) -> Running:
        """Starts our server."""
        words = [str(self.program.path), "run", *(["--wire"] if wire else []), ref, "--", *ARGV]
        pipe = asyncio.subprocess.PIPE
        return Running(
            await asyncio.create_subprocess_exec(
                *words, env=self.environ, cwd="/", stdin=pipe, stdout=pipe, stderr=pipe
            )
        )

    def signed_in(self) -> Credential:
        """What a sign-in gave, with a token that has ended."""
        return Credential(
            f"https://{AUTH}/token", "client:1", Secret(self.endpoint.refresh_token), Secret(WORK), 1_700_000_000
        )


@asynccontextmanager
async def bench(program: Program, folder: Path) -> AsyncIterator[Bench]:
    authority, vendor, endpoint = Authority(folder), Vendor(), TokenEndpoint()
    async with AsyncExitStack() as stack:
        api = stack.enter_context(tls_server(vendor.handler(), authority.server(HOST)))
        tokens = stack.enter_context(serving(endpoint, authority, AUTH))
        way = await stack.enter_async_context(way_to({f"{HOST}:443": api, f"{AUTH}:443": tokens}))
        more = {"HTTPS_PROXY": f"http://127.0.0.1:{way.port}", "UNSPRAWL_EXTRA_CA": str(authority.root)}
        yield Bench(program.environ | more, program, vendor, endpoint)


def hidden(text: str) -> bool:
    """Whether no secret is in a text; a failure shows none either."""
    return not any(secret in text for secret in SECRETS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tls"
    made.mkdir()
    return made


def test_two_accounts_of_one_record_and_of_two(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            there.vendor.accounts = {WORK: "work", HOME: "home", NEXT: "third"}
            there.record("both-abcd2345", {"WORK_TOKEN": WORK, "HOME_TOKEN": HOME})
            there.record("third-abcd2345", {"WORK_TOKEN": NEXT})
            both, third = await there.start("both-abcd2345"), await there.start("third-abcd2345")
            for how in ("new", "kept", "kept"):
                assert await both.asks(how, "WORK_TOKEN") == (200, "work")
                assert await both.asks(how, "HOME_TOKEN") == (200, "home")
                assert await third.asks(how, "WORK_TOKEN") == (200, "third")
            assert hidden(await both.ends() + await third.ends())

    run(scenario())


def test_a_rotated_key_needs_no_restart(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            there.vendor.accounts = {WORK: "work", HOME: "home"}
            there.record("both-abcd2345", {"WORK_TOKEN": WORK, "HOME_TOKEN": HOME})
            running = await there.start("both-abcd2345")
            assert await running.asks("kept", "WORK_TOKEN") == (200, "work")
            # Rotated at the vendor, and then here, as a person would.
            there.vendor.accounts = {NEXT: "work again", HOME: "home"}
            done = await asyncio.to_thread(there.program, "vault", "set", "both-abcd2345", "WORK_TOKEN", stdin=NEXT)
            assert done.returncode == 0
            assert await running.asks("new", "WORK_TOKEN") == (200, "work again")
            assert await running.asks("new", "HOME_TOKEN") == (200, "home")
            # The connection that was there keeps its value until the vendor says no to it.
            assert await running.asks("kept", "WORK_TOKEN") == (401, None)
            assert await running.asks("kept", "WORK_TOKEN") == (200, "work again")
            assert hidden(await running.ends() + done.stdout + done.stderr)

    run(scenario())


def test_a_token_whose_end_nobody_knows_is_renewed_after_a_401(start: Program, folder: Path, home: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            endpoint, vendor = there.endpoint, there.vendor
            endpoint.expires_in = None
            vendor.accounts = {HOME: "home", WORK: "tickets"}
            signed_in = replace(there.signed_in(), expires_at=None)
            record = there.record("tickets-abcd2345", {"HOME_TOKEN": HOME}, {"TICKETS_TOKEN": signed_in})
            running = await there.start(record.ref)
            assert await running.asks("kept", "TICKETS_TOKEN") == (200, "tickets")
            assert endpoint.refreshes == 0
            vendor.accounts = {HOME: "home", f"{CANARY}-access-2": "tickets again"}
            assert await running.asks("kept", "TICKETS_TOKEN") == (401, None)
            assert await running.asks("kept", "TICKETS_TOKEN") == (200, "tickets again")
            # The next 401 comes at once: another token would be refused as well, and the other account is none the
            # wiser.
            vendor.accounts = {HOME: "home"}
            for _ in range(3):
                assert await running.asks("kept", "TICKETS_TOKEN") == (401, None)
                assert await running.asks("kept", "HOME_TOKEN") == (200, "home")
            assert endpoint.refreshes == 1
            assert stored(places_of(record, "TICKETS_TOKEN")).generation == 2
            assert hidden(await running.ends())
            events = [line for line in read_log(record.ref) if line.what == "refreshed"]
            assert [(line.host, line.variables) for line in events] == [(AUTH, ("TICKETS_TOKEN",))]
            files = [path for path in home.rglob("*") if path.is_file()]
            assert all(hidden(path.read_bytes().decode("latin-1")) for path in files)

    run(scenario())


def test_an_open_connection_outlives_a_token(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            endpoint, vendor = there.endpoint, there.vendor
            endpoint.expires_in = 2

            def only_the_latest() -> None:
                vendor.accounts = {f"{CANARY}-access-{endpoint.count + 1}": "tickets"}

            endpoint.at_each = only_the_latest
            record = there.record("tickets-abcd2345", {}, {"TICKETS_TOKEN": there.signed_in()})
            running = await there.start(record.ref)
            assert await running.asks("kept", "TICKETS_TOKEN") == (200, "tickets")
            refreshes, connections = endpoint.refreshes, vendor.connections
            await asyncio.sleep(2.1)
            assert await running.asks("kept", "TICKETS_TOKEN") == (200, "tickets")
            assert endpoint.refreshes > refreshes
            assert vendor.connections == connections
            assert hidden(await running.ends())

    run(scenario())


def test_two_servers_share_one_sign_in(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            endpoint = there.endpoint
            endpoint.at_each = lambda: there.vendor.accounts.update(
                {f"{CANARY}-access-{endpoint.count + 1}": "tickets"}
            )
            record = there.record("tickets-abcd2345", {}, {"TICKETS_TOKEN": there.signed_in()})
            servers = [await there.start(record.ref) for _ in range(3)]
            answers = await asyncio.gather(*(each.asks("new", "TICKETS_TOKEN") for each in servers))
            assert answers == [(200, "tickets")] * 3
            assert (endpoint.refreshes, endpoint.revoked) == (1, False)
            for each in servers:
                assert hidden(await each.ends())

    run(scenario())


def test_an_ended_sign_in_starts_nothing_and_says_what_to_do(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            there.endpoint.revoked = True
            record = there.record("tickets-abcd2345", {}, {"TICKETS_TOKEN": there.signed_in()})
            running = await there.start(record.ref)
            out, err = await running.process.communicate()
            assert (running.process.returncode, out) == (4, b"")
            assert b"sign-in at auth.vendor.example has ended. Sign in again" in err
            assert err.count(b"\n") == 1

    run(scenario())


def test_an_end_of_the_server_waits_for_a_token_that_is_on_its_way(start: Program, folder: Path) -> None:
    """Its host closes it in the very moment in which the old refresh token is spent."""

    async def scenario() -> None:
        async with bench(start, folder) as there:
            endpoint = there.endpoint
            endpoint.expires_in = 1
            record = there.record("tickets-abcd2345", {}, {"TICKETS_TOKEN": there.signed_in()})
            running = await there.start(record.ref)
            await running.asks("new", "TICKETS_TOKEN")
            await asyncio.sleep(1.1)
            asked = threading.Event()

            def slowly() -> None:
                asked.set()
                threading.Event().wait(1)

            before = endpoint.refreshes
            endpoint.at_each = slowly
            assert running.process.stdin is not None
            running.process.stdin.write(b"new TICKETS_TOKEN\n")
            assert await asyncio.to_thread(asked.wait, 20)
            os.kill(running.process.pid, 15)
            await running.process.communicate()
            while endpoint.refreshes == before:  # it spends the old token also for a client that is gone
                await asyncio.sleep(0.05)
            assert not endpoint.revoked
            assert stored(places_of(record, "TICKETS_TOKEN")).refresh_token.reveal() == endpoint.refresh_token

    run(scenario())


def test_plain_run_hands_over_a_new_token_and_says_that_it_will_end(start: Program, folder: Path) -> None:
    async def scenario() -> None:
        async with bench(start, folder) as there:
            argv = ["/usr/bin/env"]
            record = there.record("tickets-abcd2345", {}, {"TICKETS_TOKEN": there.signed_in()})
            made = binding.bind(argv, key=machine_key(), cwd="/", environ=there.environ)
            save(replace(record, bindings=(made,), wire=()))
            words = (str(start.path), "run", record.ref, "--", *argv)
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*words, env=there.environ, cwd="/", stdout=pipe, stderr=pipe)
            out, err = await process.communicate()
            assert f"TICKETS_TOKEN={there.endpoint.access_token}\n" in out.decode()
            assert there.endpoint.refresh_token not in out.decode()
            assert err.decode().startswith("unsprawl: TICKETS_TOKEN is an access token that ends 20")
            assert hidden(err.decode())
            assert err.count(b"\n") == 1

    run(scenario())
