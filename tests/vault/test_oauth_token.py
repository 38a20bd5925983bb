"""An OAuth credential: strict reading, when it is due, two places, and what a person's JSON may say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.scanner.errors import StoreUnavailable, UsageError, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.oauth_input import credential_from
from unsprawl.vault.oauth_item import Places, keep, newest, stored
from unsprawl.vault.oauth_token import MARGIN_S, ClientAuth, Credential, from_text, to_text
from unsprawl.vault.record import OAUTH_MARK
from unsprawl.vault.stores import new_item_key

CANARY = "-".join(["synthetic", "canary", "oauth"])
NOW = 1_800_000_000.0
WHOLE = Credential(
    "https://auth.example.com/token?tenant=1",
    "client:1",
    Secret(f"{CANARY}-r"),
    Secret(f"{CANARY}-a"),
    1_800_003_600,
    1_800_000_000,
    Secret(f"{CANARY}-s"),
    ClientAuth.BASIC,
    "read write",
    "https://mcp.example.com/",
    7,
)
LEAST = Credential("http://127.0.0.1:8080/token", "c", Secret("r"))


@pytest.mark.parametrize("credential", [WHOLE, LEAST])
def test_what_is_written_is_read_back(credential: Credential) -> None:
    text = to_text(credential)
    assert text.reveal().startswith(OAUTH_MARK)
    assert text.reveal().isascii()
    assert "\n" not in text.reveal()
    assert from_text(text) == credential
    assert CANARY not in repr(credential) + str(credential)


def _changed(**fields: object) -> str:
    data = json.loads(to_text(WHOLE).reveal())
    for name, value in fields.items():
        if value is ...:
            del data[name]
        else:
            data[name] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{CANARY}",
        "{}",
        to_text(WHOLE).reveal()[:-20],
        to_text(WHOLE).reveal()[1:],
        OAUTH_MARK,
        OAUTH_MARK + "[" * 100_000,
        *(_changed(**{name: ...}) for name in json.loads(to_text(WHOLE).reveal())),
        _changed(unsprawl_oauth=2),
        _changed(another=1),
        _changed(access_token=""),
        _changed(access_token=5),
        _changed(access_token=f"{CANARY}\r\nX: 1"),
        _changed(access_token=f"{CANARY} "),
        _changed(access_token=f"{CANARY}é"),
        _changed(access_token="x" * 20_000),
        _changed(refresh_token=None),
        _changed(expires_at="soon"),
        _changed(expires_at=1.5),
        _changed(expires_at=True),
        _changed(expires_at=-1),
        _changed(expires_at=10**30),
        _changed(generation=None),
        _changed(client_auth="private_key_jwt"),
        _changed(client_auth="none"),
        _changed(client_secret=None),
        _changed(token_endpoint="http://auth.example.com/token"),
    ],
)
def test_anything_else_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(VaultError) as refused:
        from_text(Secret(text))
    assert CANARY not in refused.value.message + refused.value.hint + repr(refused.value.__cause__)
    assert refused.value.__suppress_context__


moments = st.integers(0, 4_000_000_000)


@given(issued=moments, lifetime=st.integers(0, 100_000_000), passed=st.floats(-1e6, 2e8))
def test_due_before_the_end_and_by_no_more_than_the_margin(issued: int, lifetime: int, passed: float) -> None:
    credential = replace(LEAST, access_token=Secret("a"), issued_at=issued, expires_at=issued + lifetime)
    now = issued + passed
    left = credential.expires_at - now if credential.expires_at is not None else 0
    assert credential.usable(now) == (left > 0)
    if not credential.usable(now):
        assert credential.due(now)
    if credential.due(now):
        assert left <= min(MARGIN_S, lifetime / 10)
    assert credential.due(now) == (left <= credential.margin_s)


@pytest.mark.parametrize(
    ("access", "issued", "expires", "now", "due", "usable"),
    [
        (None, None, None, NOW, True, False),
        ("a", None, None, NOW, False, True),
        ("a", None, int(NOW) + 301, NOW, False, True),
        ("a", None, int(NOW) + 300, NOW, True, True),
        ("a", int(NOW), int(NOW) + 60, NOW + 53, False, True),
        ("a", int(NOW), int(NOW) + 60, NOW + 54, True, True),
        ("a", int(NOW), int(NOW) + 60, NOW + 60, True, False),
        ("a", int(NOW) + 90, int(NOW) + 60, NOW, False, True),  # a clock that was set back in between
    ],
)
def test_due(access: str | None, issued: int | None, expires: int | None, now: float, due: bool, usable: bool) -> None:
    token = None if access is None else Secret(access)
    credential = replace(LEAST, access_token=token, issued_at=issued, expires_at=expires)
    assert (credential.due(now), credential.usable(now)) == (due, usable)


LEAST_GIVEN = {"token_endpoint": "https://auth.example.com/token", "client_id": "c", "refresh_token": f"{CANARY}-r"}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, {}),
        ({"access_token": "a"}, {"access_token": Secret("a")}),
        (
            {"access_token": "a", "expires_in": 60, "token_type": "bearer"},
            {"access_token": Secret("a"), "expires_at": int(NOW) + 60, "issued_at": int(NOW)},
        ),
        (
            {"access_token": "a", "expires_at": "2027-01-15T08:00:00Z"},
            {"access_token": Secret("a"), "expires_at": 1_800_000_000},
        ),
        (
            {"access_token": "a", "expires_at": "2027-01-15T09:00:00+01:00"},
            {"access_token": Secret("a"), "expires_at": 1_800_000_000},
        ),
        ({"access_token": "a", "expires_at": 5}, {"access_token": Secret("a"), "expires_at": 5}),
        ({"expires_in": 60}, {}),  # of no access token
        ({"client_secret": "s"}, {"client_secret": Secret("s"), "client_auth": ClientAuth.BASIC}),
        (
            {"client_secret": "s", "token_endpoint_auth_method": "client_secret_post"},
            {"client_secret": Secret("s"), "client_auth": ClientAuth.POST},
        ),
        ({"token_endpoint_auth_method": "none"}, {}),
        ({"scope": "a b", "resource": "https://x/"}, {"scope": "a b", "resource": "https://x/"}),
        ({"access_token": None, "expires_at": None, "scope": None}, {}),
        ({"token_endpoint": "http://localhost:1/t"}, {"token_endpoint": "http://localhost:1/t"}),
        ({"token_endpoint": "http://[::1]:1/t"}, {"token_endpoint": "http://[::1]:1/t"}),
    ],
)
def test_what_a_person_may_give(more: dict[str, object], found: dict[str, object]) -> None:
    expected = replace(
        Credential("https://auth.example.com/token", "c", Secret(f"{CANARY}-r")),
        **found,  # type: ignore[arg-type]
    )
    assert credential_from(Secret(json.dumps({**LEAST_GIVEN, **more})), NOW) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        (f"{CANARY}", "not JSON"),
        (f'{{"refresh_token": "{CANARY}",}}', "line 1, column"),
        ("[" * 100_000, "not JSON"),
        (f'["{CANARY}"]', "JSON object"),
        ("x" * 300_000, "far larger"),
        ({CANARY: 1}, "one of the names is not known"),
        ({"expire_at": 1}, "`expire_at` is not known"),
        ({"token_endpoint": ...}, "token_endpoint is missing"),
        ({"client_id": ..., "refresh_token": ...}, "client_id and refresh_token are missing"),
        (f'{{"client_id": "{CANARY}", "client_id": "b"}}', "twice"),
        ({"refresh_token": ""}, "refresh_token must be"),
        ({"refresh_token": f"{CANARY}\n"}, "refresh_token must be printable"),
        ({"access_token": f"Bearer\t{CANARY}"}, "access_token must be printable"),
        ({"access_token": "a", "expires_in": 1, "expires_at": 1}, "not both"),
        ({"access_token": "a", "expires_in": "3600"}, "expires_in must be a whole number"),
        ({"access_token": "a", "expires_at": "tomorrow"}, "with its zone"),
        ({"access_token": "a", "expires_at": "2027-01-15T08:00:00"}, "with its zone"),
        ({"access_token": "a", "expires_at": 1e300}, "expires_at must be"),
        ({"token_type": "DPoP"}, "token_type must be Bearer"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "must be one of none"),
        ({"token_endpoint_auth_method": "none", "client_secret": CANARY}, "leave it out"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "client_secret is missing"),
        ({"token_endpoint": f"http://{CANARY}.example.com/"}, "must begin with https://"),
        ({"token_endpoint": f"https://{CANARY}@example.com/"}, "without a user"),
        ({"token_endpoint": "https://example.com/#x"}, "without a user, a fragment"),
        ({"token_endpoint": "https:///token"}, "must name a host"),
        ({"token_endpoint": "https://[::1"}, "not a URL"),
        ({"token_endpoint": "https://a:99999/"}, "not a URL"),
        ({"token_endpoint": "file:///etc/passwd"}, "must name a host"),
        ({"token_endpoint": "https://169.254.169.254/token"}, "link-local"),
        ({"token_endpoint": "http://127.0.0.1.example.com/"}, "must begin with https://"),
        ({"token_endpoint": "http://localhost@example.com/"}, "without a user"),
        ({"token_endpoint": "http://localhost\\@example.com/"}, "must"),
        ({"token_endpoint": "https://exa mple.com/"}, "must"),
        ({"token_endpoint": "https://bücher.example/"}, "printable ASCII"),
        ({"scope": ["a"]}, "scope must be"),
    ],
)
def test_what_is_wrong_is_said_and_never_quoted(text: str | dict[str, object], says: str) -> None:
    if isinstance(text, dict):
        text = json.dumps({name: value for name, value in {**LEAST_GIVEN, **text}.items() if value is not ...})
    with pytest.raises(UsageError) as refused:
        credential_from(Secret(text), NOW)
    assert says in refused.value.message
    assert CANARY not in refused.value.message + refused.value.hint
    assert refused.value.__suppress_context__


@pytest.fixture
def places(home: Path) -> Places:
    found = Places(AgeStore.id, new_item_key(), new_item_key())
    service.deposit(to_text(WHOLE), AgeStore(), found.item)
    return found


def test_the_newer_one_is_kept_and_the_spare_place_is_empty(places: Places) -> None:
    newer = replace(WHOLE, generation=8)
    keep(places, newer)
    assert (stored(places), newest(places)) == (newer, (newer, True))
    assert not AgeStore().delete(places.spare)


def test_each_half_done_change_leaves_the_newer_one(places: Places) -> None:
    newer = replace(WHOLE, generation=8)
    service.deposit(to_text(newer), AgeStore(), places.spare)
    assert newest(places) == (newer, False)
    service.replace(AgeStore.id, places.item, Secret(to_text(newer).reveal()[:50]))  # a store that writes in place
    assert newest(places) == (newer, False)
    service.discard(AgeStore.id, places.item)
    assert newest(places) == (newer, False)
    service.discard(AgeStore.id, places.spare)
    with pytest.raises(VaultError):
        newest(places)


def test_a_damaged_spare_one_is_passed_over(places: Places) -> None:
    service.deposit(Secret(OAUTH_MARK), AgeStore(), places.spare)
    assert newest(places) == (WHOLE, True)


def test_a_store_that_takes_no_more_sends_it_to_the_file_vault(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(AgeStore):
        """Another store by name, which can be read and not written."""

        id = "pass"

        def put(self, item: str, secret: Secret) -> None:
            raise StoreUnavailable("the value is larger than it takes")

    monkeypatch.setattr("unsprawl.vault.choose.STORES", {"pass": Small, AgeStore.id: AgeStore})
    elsewhere = replace_store(places, "pass")
    newer = replace(WHOLE, generation=8)
    keep(elsewhere, newer)
    assert stored(elsewhere) == WHOLE
    assert newest(elsewhere) == (newer, False)


def replace_store(places: Places, store: str) -> Places:
    return Places(store, places.item, places.spare)


def test_the_example_of_the_documentation_is_taken() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/oauth-tokens.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0].replace("…", "x")
    found = credential_from(Secret(example), NOW)
    assert (found.client_auth, found.access_token) == (ClientAuth.POST, Secret("x"))
