"""Authorization servers that mean harm to whoever registers: nothing leaks, nothing is followed, all ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.oauth.bed import Bed, bed, failed, look, public, results
from tests.oauth.registrar import Registrar, attempted, registering, tried
from tests.oauth.test_active import has
from tests.oauth.test_checks import both, meta
from tests.oauth.test_hostile import endless, little_memory
from tests.servers.sites import Asked, Reply, document, redirect, site
from unsprawl.scanner.oauth import active, visit
from unsprawl.scanner.oauth.answer import PROBE_S
from unsprawl.scanner.oauth.attempt import End
from unsprawl.scanner.oauth.registering import CLIENT_NAME
from unsprawl.scanner.report.probe_json import judged, probe_json
from unsprawl.scanner.secret import Secret

TOKEN, HIDDEN = "access-" + "t" * 40, "client-" + "s" * 40


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter limits: what is tried is that they hold."""
    monkeypatch.setattr(visit, "REQUEST_S", 0.5)
    monkeypatch.setattr(active, "PROBE_S", 3.0)


def routes(**replies: Any) -> Callable[[Registrar], object]:
    """Other answers of the registrar: `register`, `authorize`, `manage`."""

    def setting(made: Registrar) -> None:
        for name, reply in replies.items():
            setattr(made, name, reply if callable(reply) else lambda asked, reply=reply: reply)

    return setting


def drip() -> Reply:
    return endless(b" ", 1000, 0.05)


def with_status(reply: Reply, status: int) -> Reply:
    return Reply(status, reply.headers, reply.body, reply.stream)


@pytest.mark.parametrize("status", [201, 400])
@pytest.mark.parametrize("kind", ["gigabyte", "drip"])
def test_a_registration_that_does_not_end(kind: str, status: int, hurried: None) -> None:
    reply = with_status(endless() if kind == "gigabyte" else drip(), status)
    with bed(registering(routes(register=reply))) as made, little_memory():
        begun = time.monotonic()
        found = tried(made.url)
        assert time.monotonic() - begun < 6
        assert made.auth.lines.count("POST /register") == 1
    done = found.seen.attempt
    assert done is not None
    assert not done.whole
    assert results(found)["R04"] == "unknown"
    # Whether it created something, only the server knows: it is said, where it may have.
    assert [each.end for each in done.registrations] == [End.UNSURE if status == 201 else End.NONE]


@pytest.mark.parametrize("kind", ["gigabyte", "drip"])
def test_a_login_page_that_does_not_end(kind: str, hurried: None) -> None:
    reply = endless() if kind == "gigabyte" else drip()
    with bed(registering(routes(authorize=reply))) as made, little_memory():
        begun = time.monotonic()
        found = tried(made.url)
        assert time.monotonic() - begun < 8
        assert made.registrar.clients == {}, "the client is deleted all the same"
    assert results(found)["A15"] == "unknown"


def test_an_authorization_server_that_keeps_busy_is_ended_and_the_client_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(active, "PROBE_S", 1.0)

    def slow(asked: Asked) -> Reply:
        time.sleep(5)
        return Reply(200)

    with bed(registering(routes(authorize=slow))) as made:
        begun = time.monotonic()
        found = tried(made.url)
        assert time.monotonic() - begun < 3
        assert (made.registrar.clients, made.registrar.deleted) == ({}, ["client-1"])
    assert found.seen.attempt is not None
    assert (found.seen.attempt.ended, found.seen.attempt.whole) == (False, False)


def test_a_client_is_deleted_though_its_registration_took_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over while the answer is under way: it is waited for, since only it tells the id."""
    monkeypatch.setattr(active, "PROBE_S", 0.3)

    def slow(made: Registrar) -> None:
        real = made.register
        made.register = lambda asked: (time.sleep(1), real(asked))[1]  # type: ignore[func-returns-value, method-assign]

    with bed(registering(slow)) as made:
        found = tried(made.url)
        assert (made.registrar.clients, made.registrar.deleted) == ({}, ["client-1"])
    assert found.seen.attempt is not None
    assert not found.seen.attempt.ended


@pytest.mark.parametrize(
    "reply", [endless(), drip(), redirect("https://elsewhere.example.com/", 307), Reply(500), document({"x": 1}, 405)],
    ids=["gigabyte", "drip", "redirect", "down", "not allowed"],
)  # fmt: skip
def test_a_deletion_that_is_not_done_is_told(reply: Reply, hurried: None) -> None:
    reply = reply if reply.stream is None else with_status(reply, 400)
    with bed(registering(routes(manage=reply))) as made, little_memory():
        found = tried(made.url)
    done = found.seen.attempt
    assert done is not None
    (left,) = done.left
    assert (left.client_id, left.end) == ("client-1", End.LEFT)
    assert "asked to delete it" in left.end_reason
    assert "R10" in failed(found)


ELSEWHERE = [
    "https://elsewhere.example.com/c",
    "http://169.254.13.37/c",
    "http://127.0.0.1:1/c",
    "{auth}@elsewhere.example.com/c",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "/register/client-1",
    "//elsewhere.example.com/c",
    "{auth}\r\nX-Evil: 1",
]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_token_that_deletes_goes_only_where_it_came_from(where: str) -> None:
    def setting(made: Registrar) -> None:
        made.extra = {
            "registration_client_uri": where.replace("{auth}", made.origin),
            "registration_access_token": TOKEN,
        }

    with site() as other, bed(registering(setting)) as made:
        found = tried(made.url)
        assert [each for each in made.auth.asked if each.method == "DELETE"] == []
        assert not any(TOKEN in str(dict(each.headers)) for each in [*made.auth.asked, *made.mcp.asked, *other.asked])
    assert {"R09", "R10"} <= failed(found)
    assert found.seen.attempt is not None
    assert [each.client_id for each in found.seen.attempt.left] == ["client-1"]


LOCATIONS = [
    "javascript:alert(document.domain)",
    "data:text/html,<script>1</script>",
    "cursor://anysphere.cursor-mcp/x",
    "https://me:you@elsewhere.example.com/",
    "https://elsewhere.example.com/\x7f",
]


@pytest.mark.parametrize("where", LOCATIONS)
def test_a_browser_that_would_be_sent_to_what_it_should_not_open(where: str) -> None:
    with bed(registering(has(goes=lambda words, client: redirect(where)))) as made:
        found = tried(made.url)
    assert ("A15" in failed(found), found.verdict.kind) == (True, "broken")


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example.com/?" + "client_id=a&" * 5000, "https://elsewhere.example.com/?" + "%" * 9000,
              "https://elsewhere.example.com/?client_id=other&client_id={own}&response_type=code"],
    ids=["many", "percent", "twice"],
)  # fmt: skip
def test_odd_addresses_to_be_sent_to(where: str) -> None:
    def goes(words: dict[str, str], client: dict[str, Any]) -> Reply:
        return redirect(where.replace("{own}", words["client_id"]))

    with bed(registering(has(goes=goes))) as made:
        found = tried(made.url)
    assert results(found)["A15"] == "pass"
    assert ("F01" in failed(found)) == ("{own}" in where), "the first of two values is what servers take"


def test_another_origin_is_never_asked() -> None:
    with site() as other, bed(registering(has(goes=lambda words, client: redirect(f"{other.url}/login")))) as made:
        found = tried(made.url)
        assert other.asked == []
    assert results(found)["F02"] == "unknown"


def test_redirects_in_a_circle_on_its_own_origin_end() -> None:
    with bed(registering(has(goes=lambda words, client: redirect("/round")))) as made:
        made.auth.routes["GET", "/round"] = redirect("/round")
        found = tried(made.url)
        assert made.auth.lines.count("GET /round") == 2
    assert results(found)["F02"] == "pass"


def gossip(made: Registrar) -> None:
    """Repeats its secrets wherever a client may quote it."""
    made.extra = {"registration_access_token": TOKEN, "client_secret": HIDDEN, "client_id": f"id-{TOKEN}"}
    made.extra["redirect_uris"] = [f"https://x.example.com/{HIDDEN}"]
    made.extra["token_endpoint_auth_method"] = HIDDEN
    made.extra["registration_client_uri"] = f"{made.origin}/register/{TOKEN}"
    made.manage = lambda asked: Reply(400, (("Content-Type", TOKEN),))  # type: ignore[method-assign]
    made.authorize = lambda asked: redirect(  # type: ignore[method-assign]
        f"https://elsewhere.example.com/{HIDDEN}?client_id={TOKEN}&error={HIDDEN}"
    )


def test_no_secret_is_kept_in_what_was_seen() -> None:
    learned: list[Secret] = []
    with bed(registering(has(extra={"registration_access_token": TOKEN, "client_secret": HIDDEN}))) as made:
        found = tried(made.url, learned)
        assert made.registrar.deleted == ["client-1"]
    assert {each.reveal() for each in learned} == {TOKEN, HIDDEN}
    everything = f"{found!r} {tuple(found.seen)!r} {tuple(found.seen.attempt or ())!r} {json.dumps(probe_json(found))}"
    for value in (TOKEN, HIDDEN):
        assert value not in everything
        for each in found.seen.attempt.registrations if found.seen.attempt is not None else ():
            assert each.answer.body == b""
            assert each.answer.headers == ()


@pytest.mark.parametrize("word", ["registration_endpoint", "STAYS BEHIND", "client", "no way to delete it", "https://"])
def test_no_words_of_ours_are_hidden_by_calling_them_a_secret(word: str) -> None:
    learned: list[Secret] = []
    with bed(registering(has(extra={"client_secret": word, "registration_access_token": word}))) as made:
        tried(made.url, learned)
    assert learned == []


@pytest.mark.parametrize("inward", ["this machine", "link-local", "private"])
def test_a_public_server_leads_to_no_registration_elsewhere(
    inward: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site() as local:
        where = {"this machine": local.url, "link-local": "https://169.254.13.37", "private": "https://10.1.2.3"}[
            inward
        ]
        with public(tmp_path, meta(registration_endpoint=f"{where}/register")) as (made, environ):
            for name, value in environ.items():
                monkeypatch.setenv(name, value)
            found = tried(made.url)
            assert found.seen.attempt is not None
            assert found.seen.attempt.not_tried
        assert local.asked == []


def test_a_project_file_leads_to_no_registration_on_this_machine() -> None:
    with bed(registering()) as made:
        found = tried(made.url, trusted=False)
        assert (made.registrar.made, found.verdict.kind) == ([], "inconclusive")


def test_fields_of_the_answer_that_are_no_text() -> None:
    odd: list[Any] = [None, 7, [], {}, True, "x" * 100_000, "\u202e", "a\r\nb"]
    names = [
        "client_id", "registration_client_uri", "registration_access_token", "redirect_uris", "client_secret",
        "client_secret_expires_at", "token_endpoint_auth_method",
    ]  # fmt: skip
    with bed(registering()) as made:
        seen = look(made.url)
        for name in names:
            for value in odd:
                made.registrar.extra = {name: value}
                found = judged(attempted([seen])[0])
                json.dumps(probe_json(found))
                assert max(len(each.seen) for each in found.results) < 2000


def test_many_at_once_take_as_long_as_one() -> None:
    from contextlib import ExitStack

    def slow(made: Registrar) -> None:
        real = made.register
        made.register = lambda asked: (time.sleep(1), real(asked))[1]  # type: ignore[func-returns-value, method-assign]

    with ExitStack() as stack:
        made = [stack.enter_context(bed(registering(slow))) for _ in range(10)]
        seen = [look(each.url) for each in made]
        begun = time.monotonic()
        done = attempted(seen)
        assert time.monotonic() - begun < 4
        assert all(each.registrar.deleted == ["client-1"] for each in made)
    assert len(done) == 10


def test_the_time_of_the_active_part_is_that_of_the_passive_one() -> None:
    assert active.PROBE_S == PROBE_S


def test_the_name_says_what_it_is() -> None:
    assert CLIENT_NAME.startswith("unsprawl probe")


def test_a_bug_in_one_server_leaves_no_client_at_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in the program itself, what was created is deleted."""
    real = active.authorizing.reaction

    def breaks(*args: Any) -> Any:
        if "second" in args[0].url:
            raise RuntimeError("a bug")
        return real(*args)

    def slowly(made: Registrar) -> None:
        page = made.authorize
        made.authorize = lambda asked: (time.sleep(0.5), page(asked))[1]  # type: ignore[func-returns-value, method-assign]

    def second(made: Bed) -> object:
        made.metadata["authorization_endpoint"] = f"{made.auth.url}/second"
        return lambda again: again.auth.routes.update({("GET", "/second"): made.registrar.authorize})

    with bed(registering(slowly)) as one, bed(both(registering(), second)) as two:
        seen = [look(one.url), look(two.url)]
        monkeypatch.setattr(active.authorizing, "reaction", breaks)
        told: list[str] = []
        with pytest.raises(RuntimeError):
            attempted(seen, told=told)
        assert (one.registrar.clients, two.registrar.clients) == ({}, {})
        assert len(told) == len(one.registrar.made) + len(two.registrar.made)
        assert all("deleted client client-1" in line for line in told)
