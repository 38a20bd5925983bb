"""The active part: a correct authorization server fails nothing and keeps nothing; a change fails what it should."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.oauth.bed import Bed, bed, failed, look, probed, results, works
from tests.oauth.registrar import Registrar, Setting, consent, registering, tried
from tests.oauth.test_checks import at_the_origin, both, meta, no_prm
from tests.servers.sites import Reply, document, page, redirect
from unsprawl.scanner.oauth.attempt import End
from unsprawl.scanner.oauth.checks import BY_REQUEST, EVALUATED
from unsprawl.scanner.oauth.result import known_checks
from unsprawl.scanner.report.probe_json import Probed

OWN = re.compile("http://127.0.0.1:[0-9]+/callback")
UPSTREAM = "https://login.example.com/oauth/authorize"


def has(**parts: Any) -> Setting:
    """The registrar with these parts."""

    def setting(made: Registrar) -> None:
        for name, value in parts.items():
            setattr(made, name, value)

    return setting


def back(words: dict[str, str], **answer: str) -> Reply:
    return redirect(f"{words['redirect_uri']}?{urlencode({**answer, 'state': words['state']})}")


def upstream(words: dict[str, str], client: dict[str, Any]) -> Reply:
    """A front without consent."""
    asked = {"response_type": "code", "client_id": "the-front", "redirect_uri": "https://front.example.com/callback"}
    return redirect(f"{UPSTREAM}?{urlencode(asked)}")


def by_a_page(made: Registrar) -> None:
    """The same, by a page that goes on by itself."""
    where = f"{UPSTREAM}?response_type=code&amp;client_id=the-front"
    text = f"<meta http-equiv='refresh' content='0; url={where}'>".encode()
    made.goes = lambda words, client: Reply(200, (("Content-Type", "text/html"),), text)


def by_way_of_itself(made: Registrar) -> None:
    """The same, behind a redirect to an address of its own."""
    made.goes = lambda words, client: redirect("/start?txn=1")
    other = made.manage
    made.manage = lambda asked: (  # type: ignore[method-assign]
        upstream({}, {}) if asked.path.startswith("/start") else other(asked)
    )


def refuses_resource(made: Registrar) -> None:
    made.allow = lambda words: "invalid_target" if "resource" in words else ""


def entra(made: Registrar) -> None:
    text = b"<p>AADSTS9010010: The resource parameter provided in the request doesn't match with the scopes."
    made.goes = lambda words, client: (
        Reply(200, (("Content-Type", "text/html"),), text) if "resource" in words else consent(words, client)
    )


def astray(made: Registrar) -> None:
    """Sends errors to whatever address the request names."""
    made.checks_redirect = False
    made.allow = lambda words: (
        "" if words["redirect_uri"].endswith("/callback") and "127" in words["redirect_uri"] else ("invalid_request")
    )


def only_other_path(made: Registrar) -> None:
    """Looks at the host of a redirect address, and not at its path."""
    made.same = lambda one, other: urlsplit(one).hostname == urlsplit(other).hostname  # type: ignore[method-assign]


def no_localhost(wanted: dict[str, Any]) -> str:
    return "invalid_redirect_uri" if any("localhost" in each for each in wanted["redirect_uris"]) else ""


def answers(uris: Callable[[list[str]], list[str]]) -> Setting:
    """Says that other redirect addresses are registered, and means it."""

    def answer(made: dict[str, Any]) -> Reply:
        made["redirect_uris"] = uris(made["redirect_uris"])
        return document(made, 201)

    return has(answer=answer)


def secret(end: int, **more: Any) -> Setting:
    return has(extra={"client_secret": "s" * 30, "client_secret_expires_at": end, **more})


PARTS = ("name", "where", "scope", "frame", "token")


def leaves(part: str) -> Setting:
    return has(goes=lambda words, client: consent(words, client, leave=part))


VARIANTS: list[tuple[str, Setting, str, str]] = [
    # what is wrong, the registrar, what must fail, the verdict
    ("nobody is registered", has(refuses=lambda wanted: "access_denied"), "R04", "needs-client"),
    ("no client id", has(extra={"client_id": None}), "R04 R09", "needs-client"),
    ("a client id that is none", has(extra={"client_id": "a\x1b[31m\nb"}), "R04 R09", "needs-client"),
    ("a number for an id", has(extra={"client_id": 7}), "R04 R09", "needs-client"),
    ("a redirect", has(answer=lambda made: redirect("https://elsewhere.example.com/register", 307)), "R04",
     "needs-client"),
    ("a page", has(answer=lambda made: page(200)), "R04", "needs-client"),
    ("no localhost", has(refuses=no_localhost), "R06", "ready-with-warnings"),
    ("only the very port", has(checks_port=True), "R06", "ready"),
    ("200 for 201", has(answer=lambda made: document(made, 200)), "R09", "ready"),
    ("another type", has(answer=lambda made: document(made, 201, "text/plain")), "R09", "ready"),
    ("redirect addresses dropped", answers(lambda uris: uris[:1]),
     "R06 R09", "ready-with-warnings"),
    ("redirect addresses added", answers(lambda uris: [*uris, "https://x.example.com/"]),
     "R09", "ready-with-warnings"),
    ("not told what is registered", has(extra={"redirect_uris": None}),
     "R09", "ready"),
    ("a secret that ends", secret(9_999_999_999, token_endpoint_auth_method="client_secret_post"),
     "R09", "ready"),
    ("a secret for nothing", secret(0), "R09", "ready"),
    ("managed elsewhere", has(extra={"registration_client_uri": "https://elsewhere.example.com/c"}), "R09 R10",
     "ready-with-warnings"),
    ("managed by half", has(extra={"registration_client_uri": None}), "R09 R10", "ready"),
    ("a token that no header carries", has(extra={"registration_access_token": "a b\r\nX-Evil: 1"}), "R09 R10",
     "ready-with-warnings"),
    ("not managed", has(managed=False), "R10", "ready"),
    ("deletes nothing", has(delete_status=403), "R10", "ready"),
    ("says that it deletes", has(delete_status=200), "R10", "ready"),
    ("takes no request", has(allow=lambda words: "unauthorized_client"), "A15", "broken"),
    ("refuses its own scopes", has(allow=lambda words: "invalid_scope" if "scope" in words else ""), "A15",
     "ready-with-warnings"),
    ("sends the browser to a script", has(goes=lambda words, client: redirect("javascript:alert(1)")), "A15", "broken"),
    ("goes on without PKCE", has(checks_pkce=False), "A16", "ready-with-warnings"),
    ("a code for anybody", has(goes=lambda words, client: back(words, code="c")), "A17", "ready-with-warnings"),
    ("resource is refused", refuses_resource, "L01", "broken"),
    ("resource is refused by a page", entra, "L01", "broken"),
    ("redirects anywhere", astray, "L07", "broken"),
    ("goes on with any redirect address", has(checks_redirect=False), "L07", "broken"),
    ("goes on with another path", only_other_path, "L07", "ready-with-warnings"),
    ("a front without consent", has(goes=upstream), "F01 F02", "ready-with-warnings"),
    ("a front behind a page that goes on by itself", by_a_page, "F01 F02", "ready-with-warnings"),
    ("a front behind itself", by_way_of_itself, "F01 F02", "ready-with-warnings"),
    *((f"consent without {part}", leaves(part), "F03", "ready") for part in PARTS),
]  # fmt: skip


def after(setting: Setting | None = None, *changes: Any) -> tuple[Probed, Registrar, Bed]:
    """The bed with that registrar, tried. Documents are not supported there: registration is the only way."""
    with bed(both(meta(client_id_metadata_document_supported=None), registering(setting), *changes)) as made:
        return tried(made.url), made.registrar, made


NEVER = {"R02"}
"""Fails in all of them: no client metadata documents, so that registration is what counts."""


def test_a_correct_server_fails_nothing_and_keeps_nothing() -> None:
    found, registrar, made = after()
    assert (found.verdict.kind, failed(found) - NEVER) == ("ready", set())
    tried_and_told = {each.id for each in known_checks() if each.phase == "active"}
    told = results(found)
    assert {told[name] for name in tried_and_told} == {"pass"}
    assert (registrar.clients, registrar.deleted) == ({}, ["client-1"])
    assert made.auth.lines.count("POST /register") == 1
    assert all(each is not False for each in works(found).values())


@pytest.mark.parametrize(("setting", "expected", "word"), [each[1:] for each in VARIANTS], ids=[v[0] for v in VARIANTS])
def test_one_change(setting: Setting, expected: str, word: str) -> None:
    found, registrar, _ = after(setting)
    assert failed(found) - NEVER == set(expected.split())
    assert found.verdict.kind == word
    for each in found.results:
        assert each.seen or not each.failed, each.check.id
    done = found.seen.attempt
    assert done is not None
    left = {each.client_id for each in done.left}
    if done.client is not None:
        assert set(registrar.clients) == left, "what stays behind is told"


def test_every_active_check_has_a_server_that_fails_it() -> None:
    checked = {check for _, _, expected, _ in VARIANTS for check in expected.split()}
    active = {each.id for each in known_checks() if each.phase == "active"}
    assert active <= set(EVALUATED) | set(BY_REQUEST)
    assert active | {"L01", "F01"} == checked


def test_what_is_sent() -> None:
    _, registrar, made = after()
    (wanted,) = [each.message for each in made.auth.asked if each.method == "POST"]
    assert wanted["client_name"] == "unsprawl probe (may be deleted)"
    assert (wanted["application_type"], wanted["token_endpoint_auth_method"]) == ("native", "none")
    assert wanted["redirect_uris"][0] == "http://127.0.0.1:50000/callback"
    assert {"https://vscode.dev/redirect", "http://localhost:50000/callback"} <= set(wanted["redirect_uris"])
    assert wanted["scope"] == "tools"
    token = registrar.made[0]["registration_access_token"]
    with_token = [each for each in made.auth.asked if "authorization" in each.headers]
    assert {(each.method, each.path) for each in with_token} == {
        ("DELETE", "/register/client-1"),
        ("GET", "/register/client-1"),
    }
    assert {each.headers["authorization"] for each in with_token} == {f"Bearer {token}"}
    for each in made.auth.asked:
        assert "cookie" not in each.headers
    first = next(each for each in made.auth.asked if each.path.startswith("/authorize"))
    for word in ("response_type=code", "code_challenge_method=S256", "state=", "resource=http", "scope=tools"):
        assert word in first.path


def test_a_host_whose_redirect_address_is_refused_stops() -> None:
    found, registrar, _ = after(has(refuses=no_localhost))
    told = works(found)
    assert [told[each] for each in ("gemini-cli", "mcp-remote-0.15", "goose", "codex")] == [False, False, True, True]
    reason = next(each.reason for each in found.hosts if each.client.id == "gemini-cli")
    assert "its redirect address is refused" in reason
    assert registrar.clients == {}
    assert len(registrar.deleted) == len(registrar.made) > 1


def test_a_host_that_has_several_redirect_addresses_may_do_with_one() -> None:
    def no_web(wanted: dict[str, Any]) -> str:
        return "invalid_redirect_uri" if any(each.startswith("https") for each in wanted["redirect_uris"]) else ""

    found, _, _ = after(has(refuses=no_web))
    told = works(found)
    assert (told["vscode"], told["gemini-cli"]) == (None, True)


def test_a_host_that_has_a_document_needs_no_registration() -> None:
    """Its redirect address is not refused where nobody asks for it."""
    with bed(registering(has(refuses=no_localhost))) as made:
        told = works(tried(made.url))
    assert (told["claude-code"], told["gemini-cli"]) == (True, False)


def test_a_server_that_knows_the_addresses_of_hosts_only() -> None:
    def known(wanted: dict[str, Any]) -> str:
        return "" if wanted["redirect_uris"] == ["http://localhost:50000/oauth/callback"] else "invalid_redirect_uri"

    found, registrar, _ = after(has(refuses=known))
    told = works(found)
    assert (told["gemini-cli"], told["claude-code"]) == (True, None)
    assert "R04" not in failed(found)
    assert "R06" in failed(found)
    assert registrar.clients == {}


def test_scopes_that_a_registration_may_not_name() -> None:
    found, registrar, _ = after(has(refuses=lambda wanted: "invalid_client_metadata" if "scope" in wanted else ""))
    assert "R04" not in failed(found)
    assert registrar.clients == {}


def test_registration_that_is_closed_to_strangers_is_asked_once() -> None:
    found, _, made = after(has(answer=lambda made: Reply(401)))
    assert (found.verdict.kind, made.auth.lines.count("POST /register")) == ("needs-client", 1)
    assert "refuses clients" in found.verdict.reason


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_down_has_not_refused(status: int) -> None:
    found, _, made = after(has(answer=lambda made: Reply(status)))
    assert results(found)["R04"] == "unknown"
    assert found.seen.attempt is not None
    assert not found.seen.attempt.whole
    assert made.auth.lines.count("POST /register") == 1


def test_where_documents_are_a_way_a_closed_registration_only_warns() -> None:
    with bed(registering(has(refuses=lambda wanted: "access_denied"))) as made:
        found = tried(made.url)
    assert (failed(found), found.verdict.kind) == ({"R04"}, "ready-with-warnings")
    assert any("metadata documents" in each for each in found.verdict.unseen)


def test_registration_without_any_metadata() -> None:
    """As revision 2025-03-26 had it: the endpoints stand where everybody looks."""

    def change(made: Bed) -> object:
        no_prm(made)
        registrar = made.registrar = Registrar(made.mcp.url)
        return lambda again: again.mcp.routes.update(
            {
                ("POST", "/register"): registrar.register,
                ("GET", "/authorize"): registrar.authorize,
                ("DELETE", "/register/client-1"): registrar.manage,
                ("GET", "/register/client-1"): registrar.manage,
            }
        )

    with bed(change) as made:
        found = tried(made.url)
        assert (found.verdict.kind, made.registrar.deleted) == ("legacy", ["client-1"])
        assert results(found)["R04"] == "pass"


@pytest.mark.parametrize(("setting", "word"), [(None, "legacy"), (has(checks_redirect=False), "broken")])
def test_an_old_server_is_judged_by_what_a_client_meets(setting: Setting | None, word: str) -> None:
    def change(made: Bed) -> object:
        later = [at_the_origin(made), registering(setting)(made)]
        return lambda again: [each(again) for each in later if callable(each)]

    with bed(change) as made:
        found = tried(made.url)
        assert (found.verdict.kind, made.registrar.clients) == (word, {})


@pytest.mark.parametrize(
    "change",
    [
        meta(registration_endpoint=None),
        meta(issuer="https://other.example.com"),
        meta(code_challenge_methods_supported=["plain"]),
        meta(registration_endpoint="http://169.254.13.37/register"),
        meta(registration_endpoint="https://10.1.2.3/register"),
        meta(registration_endpoint="javascript:alert(1)"),
        meta(authorization_endpoint="javascript:alert(1)"),
    ],
    ids=["none", "issuer", "plain", "link-local", "private", "script", "login by script"],
)
def test_nothing_is_sent_where_no_client_should_go(change: Any) -> None:
    with bed(both(change, registering())) as made:
        found = tried(made.url)
        assert found.seen.attempt is not None
        assert found.seen.attempt.not_tried
        assert made.registrar.made == []
        assert [each for each in made.auth.asked if each.method == "POST" or each.path.startswith("/authorize")] == []


def test_looking_alone_creates_nothing() -> None:
    with bed(registering()) as made:
        seen = look(made.url)
        assert seen.attempt is None
        assert made.registrar.made == []
        assert {each.method for each in made.auth.asked} == {"GET"}
        assert [each for each in made.auth.asked if each.path.startswith(("/authorize", "/register"))] == []
    told = probed(registering())
    assert {each.result for each in told.results if each.check.phase == "active"} == {"unknown"}


def test_a_correct_front_asks_for_consent_first() -> None:
    found, _, _ = after()
    seen = {each.check.id: each.seen for each in found.results}
    assert "own comes first" in seen["F02"]
    assert any("what follows the page" in each for each in found.verdict.unseen)


def test_the_end_of_each_client_is_told() -> None:
    found, registrar, _ = after(has(managed=False))
    assert found.seen.attempt is not None
    (left,) = found.seen.attempt.left
    assert (left.end, left.client_id) == (End.LEFT, "client-1")
    assert "no way to delete it" in left.end_reason
    assert list(registrar.clients) == ["client-1"]
