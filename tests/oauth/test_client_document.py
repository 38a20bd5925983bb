"""Client ID metadata documents: each check with what breaks it, how they are fetched, and what hostile ones do."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.homes import github
from tests.servers.mapping_proxy import proxy
from tests.servers.sites import Reply, Site, document, page, redirect, site
from tests.servers.tls import Authority
from unsprawl.broker.wire.roots import trusted_roots
from unsprawl.rules.samples import expand
from unsprawl.scanner.oauth.addresses import Reach
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.client_document import ClientDocument, Word, of_answer, of_file, secrets_of, word_of
from unsprawl.scanner.oauth.client_document_checks import CHECKS, document_checks, evaluated
from unsprawl.scanner.oauth.client_document_fetch import fetched

ADDRESS = "https://client.example.com/oauth/client.json"
NAME = "client.example.com"
GOOD: dict[str, Any] = {
    "client_id": ADDRESS,
    "client_name": "Tickets",
    "client_uri": "https://client.example.com",
    "redirect_uris": ["http://127.0.0.1:3118/callback", "http://127.0.0.1/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "application_type": "native",
}
PUBLIC_JWK = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "kid": "1"}


def changed(**keys: Any) -> dict[str, Any]:
    """The good one, changed; None takes a key out."""
    return {key: value for key, value in {**GOOD, **keys}.items() if value is not None}


def judged(data: Any, address: str = ADDRESS) -> tuple[set[str], Word, ClientDocument]:
    """What fails of a file, and the word."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    made = of_file("client.json", content, address)
    results = evaluated(made)
    return {each.check.id for each in results if each.failed}, word_of(made, results), made


def served(reply: Answer, reach: Reach | None = Reach.PUBLIC, address: str = ADDRESS) -> tuple[set[str], Word]:
    made = of_answer(address, address, reply, reach)
    results = evaluated(made)
    return {each.check.id for each in results if each.failed}, word_of(made, results)


def answer(body: Any = None, status: int = 200, kind: str = "application/json", **more: Any) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(GOOD if body is None else body).encode()
    return Answer(ADDRESS, status, (("content-type", kind),) if kind else (), text, **more)


def test_a_good_one_passes_everything() -> None:
    assert judged(GOOD)[:2] == (set(), Word.VALID)
    assert served(answer()) == (set(), Word.VALID)
    results = evaluated(of_answer(ADDRESS, ADDRESS, answer(), Reach.PUBLIC))
    assert [each.check.id for each in results if each.result == "unknown"] == ["D22"]


REDIRECTS = "redirect_uris"
# What is changed, the checks that fail, and the word that is said then.
CONTENT: list[tuple[str, dict[str, Any], str, Word]] = [
    ("another id", {"client_id": f"{ADDRESS}/"}, "D13", Word.INVALID),
    ("capital", {"client_id": ADDRESS.replace("client.", "Client.")}, "D13", Word.INVALID),
    ("port", {"client_id": ADDRESS.replace(".com/", ".com:443/")}, "D13", Word.INVALID),
    ("no id", {"client_id": None}, "D13", Word.INVALID),
    ("id is a number", {"client_id": 3}, "D13", Word.INVALID),
    ("no name", {"client_name": None}, "D14", Word.INVALID),
    ("empty name", {"client_name": "  "}, "D14", Word.INVALID),
    ("name is a list", {"client_name": ["x"]}, "D14", Word.INVALID),
    ("name turns round", {"client_name": "Tick\u202eets"}, "D15", Word.WARNINGS),
    ("name is escaped", {"client_name": "\x1b[31mx"}, "D15", Word.WARNINGS),
    ("two lines", {"client_name": "a\nb"}, "D15", Word.WARNINGS),
    ("long name", {"client_name": "x" * 101}, "D15", Word.WARNINGS),
    ("no redirects", {REDIRECTS: None}, "D16", Word.INVALID),
    ("empty redirects", {REDIRECTS: []}, "D16", Word.INVALID),
    ("one redirect as text", {REDIRECTS: "http://127.0.0.1/callback"}, "D16", Word.INVALID),
    ("a number among them", {REDIRECTS: ["http://127.0.0.1/callback", 3]}, "D16", Word.INVALID),
    ("plain http", {REDIRECTS: ["http://client.example.com/cb"]}, "D17 D28", Word.INVALID),
    ("script", {REDIRECTS: ["javascript:alert(1)", "http://127.0.0.1/cb"]}, "D17", Word.INVALID),
    ("data", {REDIRECTS: ["data:text/html,x", "http://127.0.0.1/cb"]}, "D17", Word.INVALID),
    ("link-local", {REDIRECTS: ["https://169.254.169.254/cb", "http://127.0.0.1/cb"]}, "D17", Word.INVALID),
    ("no address", {REDIRECTS: ["callback", "http://127.0.0.1/cb"]}, "D17", Word.INVALID),
    ("application scheme", {REDIRECTS: ["cursor://x/cb", "http://127.0.0.1/cb"]}, "D17", Word.WARNINGS),
    ("user name", {REDIRECTS: ["https://a:b@client.example.com/cb", "http://127.0.0.1/cb"]}, "D17", Word.INVALID),
    ("fragment", {REDIRECTS: ["http://127.0.0.1/callback#x"]}, "D18", Word.INVALID),
    ("wildcard", {REDIRECTS: ["https://client.example.com/*", "http://127.0.0.1/cb"]}, "D18", Word.INVALID),
    ("a name", {REDIRECTS: ["http://localhost:3118/callback"]}, "D19", Word.VALID),
    ("secret", {"client_secret": "x"}, "D20", Word.INVALID),
    ("empty secret", {"client_secret": ""}, "D20", Word.INVALID),
    ("secret's end", {"client_secret_expires_at": 0}, "D20", Word.INVALID),
    ("no method", {"token_endpoint_auth_method": None}, "D21", Word.WARNINGS),
    ("basic", {"token_endpoint_auth_method": "client_secret_basic"}, "D21", Word.INVALID),
    ("post", {"token_endpoint_auth_method": "client_secret_post"}, "D21", Word.INVALID),
    ("shared key", {"token_endpoint_auth_method": "client_secret_jwt"}, "D21", Word.INVALID),
    ("strange method", {"token_endpoint_auth_method": "magic"}, "D21", Word.WARNINGS),
    ("method is true", {"token_endpoint_auth_method": True}, "D21", Word.WARNINGS),
    ("method is a list", {"token_endpoint_auth_method": ["none"]}, "D21", Word.WARNINGS),
    ("keys missing", {"token_endpoint_auth_method": "private_key_jwt"}, "D22", Word.INVALID),
    ("keys", {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [PUBLIC_JWK]}}, "", Word.VALID),
    ("keys elsewhere", {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": f"{ADDRESS}/k"}, "", Word.VALID),
    ("keys by http", {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://h.example/k"}, "D22 D26",
     Word.INVALID),
    ("keys twice", {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": ADDRESS, "jwks": {"keys": []}},
     "D22", Word.INVALID),
    ("no list of keys", {"token_endpoint_auth_method": "private_key_jwt", "jwks": []}, "D22", Word.INVALID),
    ("keys for nothing", {"jwks_uri": ADDRESS, "jwks": {"keys": []}}, "D22", Word.WARNINGS),
    ("private key", {"jwks": {"keys": [{**PUBLIC_JWK, "d": "secret"}]}}, "D23", Word.INVALID),
    ("symmetric key", {"jwks": {"keys": [{"kty": "oct", "k": "secret"}]}}, "D23", Word.INVALID),
    ("odd keys", {"jwks": {"keys": [3, None, "x"]}}, "", Word.VALID),
    ("machines", {"grant_types": ["client_credentials"]}, "D24", Word.INVALID),
    ("grants are text", {"grant_types": "authorization_code"}, "D24", Word.INVALID),
    ("grants by default", {"grant_types": None}, "", Word.VALID),
    ("implicit", {"response_types": ["token"]}, "D25", Word.INVALID),
    ("responses by default", {"response_types": None}, "", Word.VALID),
    ("logo by http", {"logo_uri": "http://client.example.com/x.png"}, "D26", Word.WARNINGS),
    ("logo is a script", {"logo_uri": "javascript:alert(1)"}, "D26", Word.WARNINGS),
    ("logo is near", {"logo_uri": "https://127.0.0.1/x.png"}, "D26", Word.WARNINGS),
    ("logo is metadata", {"logo_uri": "http://169.254.169.254/latest"}, "D26", Word.WARNINGS),
    ("policy is a number", {"policy_uri": 3}, "D26", Word.WARNINGS),
    ("foreign redirect", {REDIRECTS: ["https://vscode.dev/redirect", "http://127.0.0.1/cb"]}, "D27", Word.VALID),
    ("own redirect", {REDIRECTS: ["https://client.example.com/cb"], "application_type": "web"}, "", Word.VALID),
    ("web", {"application_type": "web"}, "D28", Word.VALID),
    ("no kind", {"application_type": None}, "D28", Word.VALID),
    ("odd kind", {"application_type": "toaster"}, "D28", Word.VALID),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fails", "word"), [case[1:] for case in CONTENT], ids=[case[0] for case in CONTENT])
def test_what_stands_in_it(change: dict[str, Any], fails: str, word: Word) -> None:
    assert judged(changed(**change))[:2] == (set(fails.split()), word)


ADDRESSES = [
    ("http", "http://client.example.com/oauth/client.json", "D01"),
    ("no path", "https://client.example.com", "D02"),
    ("root", "https://client.example.com/", "D03"),
    ("one dot", "https://client.example.com/./client.json", "D04"),
    ("two dots", "https://client.example.com/a/../client.json", "D04"),
    ("coded dots", "https://client.example.com/%2e%2E/client.json", "D04"),
    ("dots in a name", "https://client.example.com/a..b/c.json", ""),
    ("fragment", "https://client.example.com/client.json#x", "D05"),
    ("empty fragment", "https://client.example.com/client.json#", "D05"),
    ("user", "https://me@client.example.com/client.json", "D06"),
    ("query", "https://client.example.com/client.json?v=1", "D07"),
    ("this machine", "https://127.0.0.1/client.json", "D08"),
    ("its name", "https://localhost:8443/client.json", "D08"),
    ("private", "https://10.1.2.3/client.json", "D08"),
    ("link-local", "https://169.254.1.1/client.json", "D08"),
    ("metadata service", "https://metadata.google.internal/client.json", "D08"),
    ("port", "https://client.example.com:8443/client.json", ""),
    ("no URL", "client.json", "D01 D02 D03 D04 D05 D06 D07"),
]


@pytest.mark.parametrize(("address", "fails"), [case[1:] for case in ADDRESSES], ids=[case[0] for case in ADDRESSES])
def test_the_address(address: str, fails: str) -> None:
    found, word, _ = judged(changed(client_id=address), address)
    assert found == set(fails.split())
    assert word is (Word.WARNINGS if fails in ("D03", "D07") else Word.INVALID if fails else Word.VALID)


def test_without_an_address_the_document_says_what_it_is() -> None:
    found, word, made = judged(changed(client_id="http://client.example.com/c.json"), "")
    assert (found, word) == ({"D01"}, Word.INVALID)
    by_id = {each.check.id: each for each in evaluated(made)}
    assert (by_id["D13"].result, by_id["D13"].seen) == ("unknown", "where it will be published was not said")


ANSWERS = [
    ("redirect", answer(status=302), "D09", Word.INVALID),
    ("moved for good", answer(status=308), "D09", Word.INVALID),
    ("not there", answer(status=404), "D09", Word.INVALID),
    ("accepted", answer(status=202), "D09", Word.INVALID),
    ("needs a login", answer(status=401), "D09", Word.INVALID),
    ("busy", answer(status=429), "", Word.INCONCLUSIVE),
    ("down", answer(status=503), "", Word.INCONCLUSIVE),
    ("nobody", Answer(ADDRESS, fault=Fault.NAME), "", Word.INCONCLUSIVE),
    ("no trust", Answer(ADDRESS, fault=Fault.TLS), "", Word.INCONCLUSIVE),
    ("endless", answer(b" " * 100, fault=Fault.LONG), "D12", Word.INVALID),
    ("text", answer(kind="text/plain"), "D10", Word.WARNINGS),
    ("no kind", answer(kind=""), "D10", Word.WARNINGS),
    ("page", answer(b"<!doctype html>", kind="text/html"), "D10 D12", Word.INVALID),
    ("own kind", answer(kind="application/client-metadata+json; charset=utf-8"), "", Word.VALID),
    ("odd kind", answer(kind="application/json+evil"), "D10", Word.WARNINGS),
    ("large", answer(changed(software_id="x" * 6000)), "D11", Word.WARNINGS),
    ("list", answer(b"[]"), "D12", Word.INVALID),
    ("twice", answer(b'{"client_id": "a", "client_id": "b"}'), "D12", Word.INVALID),
    ("deep", answer(b"[" * 100_000), "D11 D12", Word.INVALID),
    ("no UTF-8", answer(b'{"client_id": "\xff"}'), "D12", Word.INVALID),
    ("NaN", answer(b'{"client_id": NaN}'), "D12", Word.INVALID),
]


@pytest.mark.parametrize(("reply", "fails", "word"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
def test_how_it_is_served(reply: Answer, fails: str, word: Word) -> None:
    assert served(reply) == (set(fails.split()), word)


@pytest.mark.parametrize("reach", [Reach.PRIVATE, Reach.LOOPBACK, Reach.NEVER])
def test_a_name_may_lead_where_no_server_may_go(reach: Reach) -> None:
    assert served(answer(), reach) == ({"D08"}, Word.INVALID)


def test_every_check_has_something_that_breaks_it() -> None:
    broken = {name for _, _, fails, _ in CONTENT for name in fails.split()}
    broken |= {name for _, _, fails in ADDRESSES for name in fails.split()}
    broken |= {name for _, _, fails, _ in ANSWERS for name in fails.split()}
    assert broken == set(CHECKS) == {each.id for each in document_checks()}


SECRET = expand("{an:40}", Random(71))
TOKEN = github(72)


@pytest.mark.parametrize(
    "data",
    [
        changed(client_secret=SECRET), changed(registration_access_token=SECRET), changed(client_name=TOKEN),
        changed(redirect_uris=[f"http://127.0.0.1/{TOKEN}"]), changed(redirect_uris=[f"https://u:{SECRET}@h.example/"]),
        changed(redirect_uris=[f"https://h.example/?token={SECRET}"]), changed(token_endpoint_auth_method=SECRET),
        changed(grant_types=[SECRET]), changed(response_types=[SECRET]), changed(application_type=SECRET),
        changed(jwks={"keys": [{"kty": "oct", "k": SECRET}]}), changed(jwks={"keys": [{SECRET: "x", "d": SECRET}]}),
        changed(client_id=f"https://u:{SECRET}@h.example/c"), changed(client_id=f"https://h.example/c?key={SECRET}"),
        changed(client_id={SECRET: SECRET}), {SECRET: SECRET}, changed(logo_uri=f"https://h.example/?k={SECRET}"),
    ],
)  # fmt: skip
def test_no_check_quotes_a_secret(data: dict[str, Any]) -> None:
    made = judged(data)[2]
    hidden = {each.reveal() for each in secrets_of(made)}
    for each in evaluated(made):
        assert SECRET not in each.seen
        assert TOKEN not in each.seen or TOKEN in hidden


def fetch(*urls: str) -> list[tuple[Answer, Reach | None]]:
    return fetched(urls, lambda origin: None, lambda: trusted_roots(None))


@contextmanager
def public_site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with TLS under a public name, behind the proxy of the environment."""
    authority = Authority(folder)
    with site(authority.server(NAME)) as made, proxy({NAME: int(made.url.rpartition(":")[2])}, []) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
        yield made


def test_it_is_fetched_as_servers_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with public_site(tmp_path, monkeypatch) as made:
        made.routes["GET", "/oauth/client.json"] = document(GOOD)
        ((reply, reach),) = fetch(ADDRESS)
        assert served(reply, reach) == (set(), Word.VALID)
        (asked,) = made.asked
        assert asked.headers["accept"] == "application/json"
        assert not {"authorization", "cookie"} & set(asked.headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with public_site(tmp_path, monkeypatch) as made:
        made.routes["GET", "/oauth/client.json"] = redirect("/other.json", status)
        made.routes["GET", "/other.json"] = document(GOOD)
        ((reply, reach),) = fetch(ADDRESS)
        assert served(reply, reach) == ({"D09"}, Word.INVALID)
        assert made.lines == ["GET /oauth/client.json"]


def spaces() -> Iterator[bytes]:
    while True:
        yield b" " * 65536


def drip() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(200, (("Content-Type", "application/json"),), stream=spaces), Fault.LONG),
        (Reply(200, (("Content-Type", "application/json"),), stream=drip), Fault.SLOW),
        (page(), None),
    ],
    ids=["endless", "drip", "page"],
)
def test_hostile_sites(reply: Reply, fault: Fault | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unsprawl.scanner.oauth.visit.REQUEST_S", 1.0)
    with public_site(tmp_path, monkeypatch) as made:
        made.routes["GET", "/oauth/client.json"] = reply
        ((seen, reach),) = fetch(ADDRESS)
        assert seen.fault is fault
        assert served(seen, reach)[1] is (Word.INCONCLUSIVE if fault is Fault.SLOW else Word.INVALID)


def test_this_machine_is_asked_since_the_user_typed_it_and_is_no_place_for_a_document() -> None:
    with site() as made:
        made.routes["GET", "/c.json"] = document(changed(client_id=f"{made.url}/c.json"))
        ((reply, reach),) = fetch(f"{made.url}/c.json")
        assert (reply.status, reach) == (200, Reach.LOOPBACK)
        assert served(reply, reach, f"{made.url}/c.json")[0] == {"D01", "D08"}


@pytest.mark.parametrize(
    "url", ["https://169.254.1.1/c.json", "https://metadata.google.internal/c", "http://h.example/c"]
)
def test_some_places_are_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr("httpx.AsyncHTTPTransport.handle_async_request", refuse)
    ((reply, _),) = fetch(url)
    assert reply.fault in (Fault.UNSAFE, Fault.NAME)


def test_a_name_that_resolves_to_a_link_local_address_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.7.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    ((reply, reach),) = fetch(ADDRESS)
    assert (reply.fault, reach) == (Fault.UNSAFE, Reach.NEVER)
    assert served(reply, reach) == ({"D08", "D09"}, Word.INVALID)
