"""Each check that only a login can make has a server that fails it, and passes at a correct one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.oauth.bed import Bed
from tests.oauth.login_bed import Provider, failed, jwt, login, provider, results
from tests.servers.sites import Reply, document, page
from unsprawl.rules.samples import expand
from unsprawl.scanner.oauth.checks import EVALUATED
from unsprawl.scanner.oauth.login.outcome import State
from unsprawl.scanner.oauth.result import known_checks

Change = Callable[[Provider], object]
OF_A_LOGIN = {each.id for each in known_checks() if each.phase in ("login", "deep")} | {"L07"}
"""L07 an authorization request shows already, and a login more of it."""


def with_(**parts: object) -> Change:
    def change(it: Provider) -> None:
        for name, value in parts.items():
            setattr(it, name, value)

    return change


def response(**parts: str | None) -> Change:
    """The authorization response with these parameters; None: without."""
    return with_(
        respond=lambda asked, given: {name: value for name, value in {**given, **parts}.items() if value is not None}
    )


def answered(**parts: object) -> Change:
    """The answer of the token endpoint with these fields."""
    return with_(answer=lambda body: {name: v for name, v in {**body, **parts}.items() if v is not None})


def token(**claims: object) -> Change:
    """Tokens that can be read."""

    def change(it: Provider) -> None:
        about = {"iss": it.bed.issuer, "aud": it.bed.prm["resource"], **claims}
        it.token_text = lambda grant, text: jwt(jti=text, **about)

    return change


def own_origin(bed: Bed) -> None:
    """The authorization server is on the origin of the MCP server."""
    bed.auth.routes, bed.auth.url = bed.mcp.routes, bed.mcp.url
    bed.issuer = bed.mcp.url
    bed.prm["authorization_servers"] = [bed.mcp.url]
    for name in ("authorization", "token", "registration"):
        path = bed.metadata[f"{name}_endpoint"].rpartition("/")[2]
        bed.metadata[f"{name}_endpoint"] = f"{bed.mcp.url}/{path}"
    bed.metadata["issuer"] = bed.mcp.url


def of_a_vendor(it: Provider) -> None:
    """It hands out what it got from the provider behind it."""
    it.token_text = lambda grant, text: "ya29." + expand("{an:120}", Random(len(it.tokens)))


VARIANTS: list[tuple[str, Change, str, State]] = [
    ("resource is refused", with_(takes_resource=False), "L01", State.FAILED),
    ("resource is refused at the token endpoint",
     with_(answer=lambda body: document({"error": "invalid_target"}, 400)), "L01 L04", State.FAILED),
    ("state is lost", response(state=None), "L02", State.FAILED),
    ("another state", response(state="another"), "L02", State.FAILED),
    ("another issuer", response(iss="https://evil.example.com"), "L03", State.FAILED),
    ("the issuer with a slash", lambda it: response(iss=f"{it.bed.issuer}/")(it), "L03", State.FAILED),
    ("no issuer", response(iss=None), "L03", State.FAILED),
    ("an error from another issuer", response(code=None, error="access_denied", iss="https://evil.example.com"), "L03",
     State.FAILED),
    ("the exchange is refused", with_(checks_pkce=True, codes_once=True, answer=lambda body: document(
        {"error": "invalid_client"}, 401)), "L04", State.FAILED),
    ("the token endpoint answers HTML", with_(answer=lambda body: page()), "L04", State.FAILED),
    ("the token endpoint has no token", answered(access_token=None), "L04", State.FAILED),
    ("another kind of token", answered(token_type="mac"), "L04", State.FAILED),
    ("a token for another server", token(aud="https://other.example.com/mcp"), "L05", State.SIGNED_IN),
    ("a token for nobody", token(aud=None), "L05", State.SIGNED_IN),
    ("any verifier", with_(checks_pkce=False), "L06", State.SIGNED_IN),
    ("any redirect address at the token endpoint", with_(checks_redirect=False), "L07", State.SIGNED_IN),
    ("any redirect address", with_(checks_redirect_early=False), "L07", State.SIGNED_IN),
    ("refresh tokens stay", with_(rotates=False), "L08", State.SIGNED_IN),
    ("a token for a year", answered(expires_in=365 * 86400), "L09", State.SIGNED_IN),
    ("a token without an end", answered(expires_in=None), "L09", State.SIGNED_IN),
    ("fewer scopes", answered(scope="other"), "L10", State.SIGNED_IN),
    ("a code is good twice", with_(codes_once=False), "L11", State.SIGNED_IN),
    ("a token for any server", with_(checks_resource=False), "L12", State.SIGNED_IN),
    ("a token of somebody else", token(iss="https://upstream.example.com"), "F04", State.SIGNED_IN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected", "state"), [each[1:] for each in VARIANTS], ids=[each[0] for each in VARIANTS]
)
def test_one_change(change: Change, expected: str, state: State) -> None:
    with provider(change) as it:
        done = login(it, deep=True)
    assert (failed(done), done.state) == (set(expected.split()), state), done.reason
    for each in done.results:
        assert each.seen or not each.failed, each.check.id


def test_a_front_that_hands_on_the_token_of_the_provider_behind_it() -> None:
    with provider(of_a_vendor, own_origin) as it:
        done = login(it)
    assert (failed(done), done.state) == ({"F04"}, State.SIGNED_IN)
    assert "Google" in next(each.seen for each in done.results if each.check.id == "F04")


def test_a_vendor_may_give_out_its_own_tokens() -> None:
    with provider(of_a_vendor) as it:
        assert results(login(it))["F04"] == "unknown"


def test_a_correct_server_fails_none_of_them() -> None:
    with provider(token()) as it:
        done = login(it, deep=True)
    assert (failed(done), done.state) == (set(), State.SIGNED_IN)
    assert {name: results(done)[name] for name in OF_A_LOGIN} == dict.fromkeys(OF_A_LOGIN, "pass")


def test_what_needs_more_sign_ins_is_not_tried_unasked() -> None:
    with provider() as it:
        done = login(it)
        assert len(it.codes) == done.sign_ins == 1
    untried = {each.id for each in known_checks() if each.phase == "deep"}
    assert {name for name in untried if results(done)[name] != "unknown"} == set()


def test_what_a_login_did_is_not_called_untried() -> None:
    with provider() as it:
        done = login(it)
    told = {each.check.id: each for each in done.results}
    assert (told["R04"].result, told["R04"].seen) == ("pass", "201")
    assert (told["A15"].result, told["A15"].seen) == ("pass", "a code came back")
    assert (told["R10"].result, told["R10"].seen) == ("pass", "deleted, and gone")
    assert told["R06"].seen == "a login does not try it, `probe --active` does"


@pytest.mark.parametrize(("status", "result"), [(403, "fail"), (503, "unknown"), (429, "unknown")])
def test_a_registration_that_is_refused_is_told(status: int, result: str) -> None:
    with provider(lambda it: it.bed.auth.routes.update({("POST", "/register"): Reply(status)})) as it:
        done = login(it)
    told = {each.check.id: each for each in done.results}
    assert told["R04"].result == result
    assert str(status) in told["R04"].seen


def test_an_opaque_token_tells_nothing_of_its_audience() -> None:
    with provider() as it:
        assert (results(login(it))["L05"], results(login(it))["F04"]) == ("unknown", "unknown")


def test_every_check_of_a_login_is_made_and_has_a_server_that_fails_it() -> None:
    assert {check for _, _, expected, _ in VARIANTS for check in expected.split()} == OF_A_LOGIN
    assert set(EVALUATED) >= OF_A_LOGIN
