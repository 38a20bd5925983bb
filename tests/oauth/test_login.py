"""One login from the first look to the last revocation: what is sent where, what is taken back, what is told."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.oauth.bed import RESOURCE, Bed, bed
from tests.oauth.login_bed import Person, Provider, failed, login, provider, without_query
from tests.oauth.test_checks import Change, both, endpoint, issuer, meta, no_prm, opened, prm
from tests.oauth.test_login_checks import own_origin
from tests.servers.follow import follow
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document, redirect, site
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.oauth.login.document import named_callback
from unsprawl.scanner.oauth.login.outcome import LoggedIn, State
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.secret import Secret


def undone(done: LoggedIn) -> list[tuple[str, bool]]:
    return [(each.what, each.done) for each in done.taken.things]


def test_everything_is_taken_back() -> None:
    with provider() as it:
        done = login(it, person := Person())
        assert (done.state, done.tools, done.client_way, done.sign_ins) == (
            State.SIGNED_IN,
            {"say_hello"},
            "registered",
            1,
        )
        assert undone(done) == [("refresh token", True), ("access token", True), ("client", True)]
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})
        assert done.taken.afterwards == 401
        assert [each for each in it.secrets if not person.knows(each)] == []
        assert person.origins == [it.bed.mcp.url, it.bed.auth.url]


def test_the_authorization_request() -> None:
    with provider() as it:
        login(it, person := Person())
        (url,) = person.opened
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        assert without_query(url) == f"{it.bed.auth.url}/authorize"
        assert (asked["code_challenge_method"], asked["resource"], asked["scope"]) == ("S256", it.bed.url, "tools")
        back = urlsplit(asked["redirect_uri"])
        assert (back.scheme, back.hostname) == ("http", "127.0.0.1")
        assert len(back.path) > 20
        registration = next(each for each in it.bed.auth.asked if each.path == "/register").message
        assert registration["redirect_uris"] == [asked["redirect_uri"]]
        assert (registration["application_type"], registration["token_endpoint_auth_method"]) == ("native", "none")
        assert registration["client_name"] == "unsprawl"
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(asked["redirect_uri"], timeout=2)


def test_nobody_can_guess_the_next_address() -> None:
    with provider() as it:
        login(it, person := Person())
        login(it, person)
        first, second = (parse_qs(urlsplit(url).query) for url in person.opened)
    assert [name for name in ("redirect_uri", "state", "code_challenge") if first[name] == second[name]] == []


def test_what_cannot_be_taken_back_is_told() -> None:
    def change(it: Provider) -> None:
        del it.bed.metadata["revocation_endpoint"]
        it.bed.auth.routes["GET", it.bed.metadata_at] = document(it.bed.metadata)
        register = it.register
        it.bed.auth.routes["POST", "/register"] = lambda asked: document(
            {name: v for name, v in json.loads(register(asked).body).items() if "registration" not in name}, 201
        )

    with provider(change) as it:
        done = login(it)
        assert undone(done) == [("refresh token", False), ("access token", False), ("client", False)]
        assert [each.client_id for each in done.taken.things] == ["", "", "client-1"]
        assert done.taken.afterwards == 0
        assert done.state is State.SIGNED_IN


@pytest.mark.parametrize("status", [400, 401, 404, 503])
def test_a_revocation_that_fails(status: int) -> None:
    with provider(lambda it: it.bed.auth.routes.update({("POST", "/revoke"): Reply(status)})) as it:
        done = login(it)
        assert undone(done)[:2] == [("refresh token", False), ("access token", False)]
        assert str(status) in done.taken.things[0].told


def test_a_revocation_that_changes_nothing_is_seen() -> None:
    with provider(lambda it: setattr(it, "forgets_revoked", False)) as it:
        assert login(it).taken.afterwards == 200


def test_a_server_of_the_stateless_era_alone() -> None:
    """It is asked in its own tongue whether it still takes a token, else its refusal would be one of the question."""

    def change(it: Provider) -> None:
        it.forgets_revoked = False

        def answer(asked: Asked) -> Reply:
            if it.endpoint(asked).status == 401:
                return it.endpoint(asked)
            return document(mcp_answer(asked.message, stateless=True))

        it.bed.mcp.routes["POST", it.bed.path] = answer

    with provider(change) as it:
        done = login(it)
        assert (done.state, done.revision, done.taken.afterwards) == (State.SIGNED_IN, "2026-07-28", 200)


def test_the_token_for_the_client_goes_nowhere_else() -> None:
    with site() as other:

        def change(it: Provider) -> None:
            register = it.register
            it.bed.auth.routes["POST", "/register"] = lambda asked: document(
                {**json.loads(register(asked).body), "registration_client_uri": f"{other.url}/client"}, 201
            )

        with provider(change) as it:
            done = login(it)
        assert undone(done)[-1] == ("client", False)
        assert other.asked == []


@pytest.mark.parametrize(
    ("methods", "secret"),
    [(["client_secret_basic"], "s3cret of a client:%"), (["client_secret_post"], "s3cret of a client"), (["none"], "")],
    ids=["basic", "post", "none"],
)
def test_a_client_that_was_registered_by_hand(methods: list[str], secret: str) -> None:
    def change(it: Provider) -> None:
        it.clients["mine"] = {"redirect_uris": ["http://127.0.0.1/callback"]}
        it.checks_redirect_early = False

    changed = meta(token_endpoint_auth_methods_supported=methods, registration_endpoint=None)
    with provider(change, changed) as it:
        client_secret = Secret(secret) if secret else None
        done = login(it, Person(), client_id="mine", client_secret=client_secret, callback="http://127.0.0.1/callback")
        assert (done.state, done.client_way, done.client_id) == (State.SIGNED_IN, "given", "mine")
        assert undone(done) == [("refresh token", True), ("access token", True)]
        posts = [each for each in it.bed.auth.asked if each.path in ("/token", "/revoke")]
        assert len(posts) == 3
        for each in posts:
            form = parse_qs(each.body.decode())
            basic = each.headers.get("authorization", "")
            if methods == ["client_secret_basic"]:
                whole = urlencode({"": secret}).removeprefix("=").replace("+", "%20")
                assert basic == f"Basic {b64encode(f'mine:{whole}'.encode()).decode()}"
            else:
                assert (basic, form.get("client_secret", [""])) == ("", [secret])


def test_a_server_that_names_another_authorization_server_gets_no_client_of_hand() -> None:
    """The client id, and its secret, are for the one that was found first."""
    with provider() as other, provider(meta_of_client := lambda it: it.clients.update(mine={})) as it:
        assert meta_of_client is not None

        def moved(asked: Asked) -> Reply:
            if asked.headers.get("authorization"):
                it.bed.prm["authorization_servers"] = [other.bed.auth.url]
                it.bed.mcp.routes["GET", it.bed.prm_at] = document(it.bed.prm)
                it.tokens.clear()
            return it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = moved
        done = login(it, client_id="mine", client_secret=Secret("of the first alone"))
        assert done.state is State.REFUSED
        assert "another authorization server" in done.reason
        assert not any("of the first alone" in f"{dict(a.headers)}{a.body!r}" for a in other.bed.auth.asked)
        assert "POST /register" not in other.bed.auth.lines


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"client_id": "mine", "client_secret": Secret("of the first alone")}, "the client id is for"),
        ({}, "the client was registered at"),
    ],
    ids=["of hand", "registered"],
)
def test_a_client_of_a_server_that_nothing_named_goes_to_no_other(given: dict[str, Any], says: str) -> None:
    """The SDK binds a client to no issuer there, and would take it along."""
    with provider(lambda it: it.clients.update(mine={})) as other, provider(about=own_origin) as it:
        for path in (it.bed.prm_at, it.bed.metadata_at):
            del it.bed.mcp.routes["GET", path]
        it.bed.challenge = "Bearer"
        it.clients["mine"] = {}
        it.respond = lambda asked, given: {"code": given["code"], "state": given["state"]}
        it.checks_redirect_early = it.checks_resource = False
        named = document({"resource": it.bed.url, "authorization_servers": [other.bed.auth.url]})

        def moved(asked: Asked) -> Reply:
            if asked.headers.get("authorization"):
                it.bed.mcp.routes["GET", f"{RESOURCE}/mcp"] = named
                it.tokens.clear()
            return it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = moved
        done = login(it, person := Person(), **given)
        assert (done.state, len(person.opened)) == (State.REFUSED, 1), done.reason
        assert says in done.reason
        assert [line for line in other.bed.auth.lines if not line.startswith("GET /.well-known/")] == []


def test_a_port_that_is_taken() -> None:
    with site() as taken, provider() as it, pytest.raises(UsageError, match="taken"):
        login(it, client_id="mine", callback=f"{taken.url}/callback")


@pytest.mark.parametrize(
    "callback",
    [
        "https://127.0.0.1/x",
        "http://example.com/x",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/x?y=1",
        "myapp:/x",
        "x",
    ],
)
def test_a_callback_that_is_not_on_this_machine(callback: str) -> None:
    with provider() as it:
        with pytest.raises(UsageError, match="this machine"):
            login(it, callback=callback)
        assert "POST /register" not in it.bed.auth.lines


def test_a_server_that_is_open_needs_nobody() -> None:
    with provider(about=both(no_prm, opened)) as it:
        it.bed.mcp.routes["POST", it.bed.path] = lambda asked: document(mcp_answer(asked.message))
        done = login(it, person := Person())
        assert (done.state, done.tools, person.opened, undone(done)) == (State.OPEN, {"say_hello"}, [], [])


def test_a_server_that_asks_only_for_its_tools() -> None:
    def late(it: Provider) -> None:
        def answer(asked: Asked) -> Reply:
            if asked.message.get("method") in ("initialize", "notifications/initialized"):
                return document(mcp_answer(asked.message))
            return it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = answer

    with provider(late) as it:
        done = login(it)
        assert (done.state, done.tools, done.sign_ins) == (State.SIGNED_IN, {"say_hello"}, 1)
        assert "C07" in failed(done)


LOOKS: list[tuple[str, Change, State, str]] = [
    ("no PKCE list", meta(code_challenge_methods_supported=None), State.REFUSED, "A05"),
    ("no S256", meta(code_challenge_methods_supported=["plain"]), State.REFUSED, "A06"),
    ("the issuer has a slash", issuer("{auth}/", "{auth}"), State.REFUSED, "A02"),
    ("another issuer", issuer("https://evil.example.com", "{auth}"), State.REFUSED, "calls itself something else"),
    ("javascript", meta(authorization_endpoint="javascript:alert(1)"), State.REFUSED, "no address to open"),
    ("file", meta(authorization_endpoint="file:///etc/passwd"), State.REFUSED, "no address to open"),
    ("http elsewhere", meta(authorization_endpoint="http://login.example.com/"), State.REFUSED, "A03"),
    ("token endpoint over http", meta(token_endpoint="http://login.example.com/t"), State.REFUSED, "A03"),
    ("link-local", prm(authorization_servers=["http://169.254.7.7"]), State.REFUSED, "not followed"),
    ("link-local token endpoint", meta(token_endpoint="https://169.254.7.7/token"), State.REFUSED, "A03"),
    ("registration in a network of the user", meta(registration_endpoint="https://10.0.0.7/r"), State.REFUSED, "A03"),
    ("another resource", prm(resource="https://evil.example.com/mcp"), State.REFUSED, "another address"),
    ("no code", meta(response_types_supported=["token"]), State.REFUSED, "A07"),
    ("by hand", meta(registration_endpoint=None, client_id_metadata_document_supported=None), State.NEEDS_CLIENT,
     "by hand"),
    ("documents only, and none given", meta(registration_endpoint=None), State.NEEDS_CLIENT, "by hand"),
    ("a key", both(no_prm, endpoint(Reply(401, (("WWW-Authenticate", "ApiKey"),)))), State.REFUSED, "wants a key"),
    ("down", endpoint(Reply(503)), State.INCONCLUSIVE, "no usable answer"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "state", "says"), [each[1:] for each in LOOKS], ids=[each[0] for each in LOOKS])
def test_nobody_is_sent_to_a_server_that_fails(change: Change, state: State, says: str) -> None:
    with bed(change) as made:
        done = login(made.url, person := Person())
        assert (done.state, person.opened) == (state, []), done.reason
        assert says in done.reason
        assert [line for line in made.auth.lines if line.startswith("POST")] == []


def test_a_file_of_a_repository_leads_to_nothing_on_this_machine() -> None:
    with provider() as it:
        done = login(it, person := Person(), trusted=False)
        assert (done.state, person.opened, it.bed.mcp.asked) == (State.INCONCLUSIVE, [], [])


def test_nobody_comes_back() -> None:
    with provider() as it:
        done = login(it, Person(goes=lambda url: None), timeout_s=0.3)
        assert (done.state, undone(done)) == (State.ABANDONED, [("client", True)])


@pytest.mark.parametrize(("error", "state"), [("access_denied", State.ABANDONED), ("server_error", State.FAILED)])
def test_somebody_says_no(error: str, state: State) -> None:
    def change(it: Provider) -> None:
        it.respond = lambda asked, given: {"error": error, "state": given["state"], "iss": given["iss"]}

    with provider(change) as it:
        done = login(it)
        assert (done.state, error in done.reason) == (state, True)
        assert "POST /token" not in it.bed.auth.lines


def get(url: str, host: str = "", method: str = "GET") -> int:
    request = urllib.request.Request(url, headers={"Host": host} if host else {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answered:
            status: int = answered.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


def test_only_the_right_answer_counts() -> None:
    """Anybody on this machine can send one, and a page elsewhere can make a browser send one."""
    statuses: list[tuple[str, int]] = []

    def person(url: str) -> None:
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        back, state = asked["redirect_uri"], asked["state"]
        code = urlencode({"code": "of-an-attacker", "state": state})
        origin = back.rpartition("/")[0]
        for name, where, host, method in (
            ("another path", f"{origin}/other?{code}", "", "GET"),
            ("no parameters", back, "", "GET"),
            ("another state", f"{back}?code=of-an-attacker&state=guessed", "", "GET"),
            ("no state", f"{back}?code=of-an-attacker", "", "GET"),
            ("state twice", f"{back}?{code}&state=x", "", "GET"),
            ("another host", f"{back}?{code}", "rebound.example.com", "GET"),
            ("posted", f"{back}?{code}", "", "POST"),
            ("not UTF-8", f"{back}?{code}&x=%ff", "", "GET"),
        ):
            statuses.append((name, get(where, host, method)))
        follow(url)
        statuses.append(("twice", get(f"{back}?{code}")))

    with provider() as it:
        done = login(it, Person(goes=person), grace_s=10)
        assert done.state is State.SIGNED_IN
        assert "of-an-attacker" not in "".join(f"{each.body!r}" for each in it.bed.auth.asked)
    assert {status for _, status in statuses if status} <= {400, 404, 405}, statuses
    assert len(statuses) >= 8


def test_two_people_at_once_get_in_nobodys_way() -> None:
    with provider() as it:
        outcomes: list[State] = []
        threads = [threading.Thread(target=lambda: outcomes.append(login(it).state)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [State.SIGNED_IN] * 2


DOCUMENTS: list[tuple[object, str, str]] = [
    ({"client_id": "{url}", "redirect_uris": ["https://x.example.com/", "http://localhost/back"]}, "http://localhost/back",
     ""),
    ({"client_id": "{url}", "redirect_uris": ["https://x.example.com/"]}, "", "names no redirect address"),
    ({"client_id": "https://other.example.com/", "redirect_uris": ["http://127.0.0.1/"]}, "http://127.0.0.1/",
     "not its own address"),
    (["x"], "", "could not be read"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "callback", "trouble"), DOCUMENTS)
def test_a_client_metadata_document(value: object, callback: str, trouble: str) -> None:
    import asyncio

    from unsprawl.broker.wire.roots import trusted_roots

    with site() as made:
        url = f"{made.url}/client.json"
        filled = json.loads(json.dumps(value).replace("{url}", url))
        made.routes["GET", "/client.json"] = document(filled)

        async def read() -> tuple[str, str]:
            network = Network(lambda origin: None, lambda: trusted_roots(None))
            return await named_callback(url, network)

        found = asyncio.run(read())
    assert (found[0], trouble in found[1], bool(found[1])) == (callback, True, bool(trouble))


def test_a_document_where_none_is_taken() -> None:
    with provider(about=meta(client_id_metadata_document_supported=None)) as it:
        done = login(it, person := Person(), document="https://client.example.com/x.json")
        assert (done.state, done.client_way) == (State.SIGNED_IN, "registered")
        assert any("takes no client metadata documents" in line for line in person.said)


def test_metadata_of_the_endpoint_with_a_query() -> None:
    """The SDK puts a second question mark behind it."""

    def query(bed: Bed) -> None:
        bed.metadata["authorization_endpoint"] += "?tenant=a"

    with provider(about=query) as it:
        assert login(it, person := Person()).state is State.SIGNED_IN
        assert person.opened[0].count("?") == 1
        assert "tenant=a&response_type=code" in person.opened[0]


def test_a_redirect_of_the_endpoint() -> None:
    with provider() as it:
        it.bed.mcp.routes["POST", "/old"] = redirect("/mcp", 308)
        done = login(f"{it.bed.mcp.url}/old")
        assert done.state is State.SIGNED_IN
        assert "T05" in failed(done)
