"""What scopes come to: four words and a severity, and nothing is guessed down."""

from __future__ import annotations

import pytest

from unsprawl.rules.bundle_checks import CHECKS, REACH
from unsprawl.rules.load import load
from unsprawl.rules.reach import Meaning, Meanings, Whole, meanings
from unsprawl.scanner.model import Reach, Severity, State
from unsprawl.scanner.validate import reach as module
from unsprawl.scanner.validate.reach import MOST_READ, NO_SCOPE, measured

ARN = "arn:aws:iam::123456789012:"
DRIVE = "https://www.googleapis.com/auth/drive"
CLASSIC = "sbp_" + "0" * 40


def told(
    rule: str,
    *scopes: str,
    token: str = "",
    login: str = "",
    state: State = State.LIVE,
    roles: tuple[str, ...] = (),
) -> tuple[str, str, str]:
    """(rights, severity, scopes and roles that no rule knows)"""
    found = measured(rule, token, state, login, Reach(scopes, roles=roles))
    assert found.scopes == scopes
    return " ".join(found.rights), found.severity or "", " ".join(found.unclear)


@pytest.mark.parametrize(
    ("rule", "scopes", "expected"),
    [
        ("github-pat-classic", "repo read:org", ("read write admin", "critical", "")),
        ("github-pat-classic", "read:org user:email", ("read", "medium", "")),
        ("github-pat-classic", "user:email", ("read", "low", "")),
        ("github-pat-classic", "manage_billing:copilot", ("read write billing", "high", "")),
        ("github-oauth", "gist", ("read write", "high", "")),
        ("github-app-installation", "pull", ("read", load()["github-app-installation"].severity, "")),
        ("github-app-installation", "admin pull", ("read write admin", "critical", "")),
        ("gitlab-pat", "read_user", ("read", "low", "")),
        ("gitlab-pat", "read_api read_user", ("read", "high", "")),
        ("gitlab-pat", "api", ("read write admin", "critical", "")),
        ("slack-bot", "users:read", ("read", "medium", "")),
        ("slack-bot", "users:read secrets:read", ("read", "high", "")),
        ("slack-bot", "chat:write users:read", ("read write", "high", "")),
        ("slack-user", "channels:history", ("read", "high", "")),
        ("slack-user", "admin.users:write", ("read write admin", "critical", "")),
        ("slack-user", "admin.users:read", ("read admin", "high", "")),
        ("sentry-user", "event:read org:read", ("read", "medium", "")),
        ("sentry-user", "org:admin", ("read write admin", "critical", "")),
        ("sentry-user", "org:billing", ("read billing", "high", "")),
        ("airtable-pat", "schema.bases:read", ("read", "medium", "")),
        ("airtable-pat", "data.records:write data.records:read", ("read write", "high", "")),
        ("google-oauth-access", "openid email", ("read", "low", "")),
        ("google-oauth-access", DRIVE, ("read write", "critical", "")),
        ("google-oauth-access", f"{DRIVE}.readonly", ("read", "high", "")),
        ("hubspot-private-app", "crm.objects.contacts.write", ("read write", "high", "")),
        ("shopify", "read_products", ("read", "medium", "")),
        ("shopify", "read_products write_orders", ("read write", "high", "")),
        ("huggingface", "write", ("read write billing", "high", "")),
    ],
)  # fmt: skip
def test_vendors(rule: str, scopes: str, expected: tuple[str, str, str]) -> None:
    assert told(rule, *scopes.split()) == expected


@pytest.mark.parametrize(
    ("rule", "token", "login", "expected"),
    [
        ("stripe-secret", "sk_test_" + "a" * 24, "", ("read write", "low", "")),
        ("stripe-secret", "sk_live_" + "a" * 24, "", ("read write admin billing", "critical", "")),
        ("stripe-secret", "sk_org_test_" + "a" * 24, "", ("", "", "")),
        ("supabase-access-token", CLASSIC, "", ("read write admin billing", "critical", "")),
        ("supabase-access-token", "sbp_fc" + "0" * 38, "", ("", "", "")),
        ("supabase-access-token", "sbp_oauth_" + "0" * 40, "", ("", "", "")),
        ("aws-access-key", "x", f"{ARN}root", ("read write admin billing", "critical", "")),
        ("aws-access-key", "x", f"{ARN}user/root", ("", "", "")),
        ("aws-access-key", "x", f"{ARN}user/ci", ("", "", "")),
        ("openai-admin", "x", "", ("read write admin billing", "critical", "")),
        ("openai-project", "x", "", ("", "", "")),
        ("github-pat-fine-grained", "x", "octocat", ("", "", "")),
        ("linear-api-key", "x", "", ("", "", "")),
        ("stripe-restricted", "rk_live_" + "a" * 24, "", ("", "", "")),
    ],
)  # fmt: skip
def test_what_all_of_a_kind_may_do(rule: str, token: str, login: str, expected: tuple[str, str, str]) -> None:
    assert told(rule, token=token, login=login) == expected


@pytest.mark.parametrize(
    ("rule", "scopes", "roles", "expected"),
    [
        ("github-pat-classic", "user:email", "site_admin", ("read", "low", "")),  # it goes as far as its scopes
        ("github-pat-classic", "site_admin", "site_admin", ("read write admin", "critical", "")),
        ("github-pat-classic", "(no scope)", "site_admin", ("", "low", "")),
        ("github-pat-fine-grained", "", "site_admin", ("", "", "")),
        ("gitlab-pat", "read_api", "is_admin", ("read admin", "critical", "")),
        ("gitlab-pat", "read_user", "is_admin", ("read", "low", "")),
        ("slack-user", "chat:write", "is_admin", ("write", "high", "")),
        ("slack-user", "client", "is_owner", ("read write admin", "critical", "")),
        ("slack-user", "client", "is_restricted", ("read write", "critical", "")),
        ("slack-session", "", "is_admin is_owner", ("read write admin", "critical", "")),
        ("slack-session", "", "brand_new", ("read write", "critical", "brand_new")),
        ("openrouter", "", "is_provisioning_key", ("read admin billing", "critical", "")),
    ],
)  # fmt: skip
def test_what_their_owner_is(rule: str, scopes: str, roles: str, expected: tuple[str, str, str]) -> None:
    words = (scopes,) if scopes == NO_SCOPE else tuple(scopes.split())
    assert told(rule, *words, roles=tuple(roles.split())) == expected


@pytest.mark.parametrize(
    ("rule", "scopes", "expected"),
    [
        ("github-pat-classic", "read:org brand:new", ("read", "critical", "brand:new")),
        ("github-pat-classic", "brand:new", ("", "", "brand:new")),
        ("github-pat-classic", "REPO", ("", "", "REPO")),
        ("gitlab-pat", "read_user read_all_secrets", ("read", load()["gitlab-pat"].severity, "read_all_secrets")),
        ("google-oauth-access", f"{DRIVE}.brand.new email", ("read", "high", f"{DRIVE}.brand.new")),
    ],
)
def test_what_no_rule_knows_is_not_guessed_down(rule: str, scopes: str, expected: tuple[str, str, str]) -> None:
    assert told(rule, *scopes.split()) == expected


@pytest.mark.parametrize("rule", sorted(REACH))
def test_every_kind_is_at_least_as_severe_with_a_scope_that_is_not_known(rule: str) -> None:
    known = meanings(rule)
    assert known is not None
    order = list(Severity).index
    for meaning in known.scopes:
        scope = meaning.scopes[0].replace("*", "x")
        alone = measured(rule, "", State.LIVE, "", Reach((scope,)))
        more = measured(rule, "", State.LIVE, "", Reach((scope, "\N{SNOWMAN} brand new")))
        assert alone.severity is not None
        assert more.severity is not None
        assert set(alone.rights) == set(meaning.rights) or known.whole
        if more.unclear:
            assert order(more.severity) <= min(order(alone.severity), order(Severity(load()[rule].severity)))
        if not known.firm:
            assert order(alone.severity) <= order(Severity(load()[rule].severity))


@pytest.mark.parametrize("state", State)
def test_only_of_what_works(state: State) -> None:
    scopes = told("github-pat-classic", "repo", state=state)
    whole = told("openai-admin", token="x", state=state)
    assert bool(scopes[1]) == state.works
    assert bool(whole[1]) == (state is State.LIVE)  # refused: nobody knows what else it would be refused


def test_more_scopes_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found = measured("github-pat-classic", "", State.LIVE, "", Reach(("user:email",) * (MOST_READ + 1)))
    assert (found.severity, len(found.scopes)) == ("critical", 100)
    found = measured("github-pat-classic", "", State.LIVE, "", Reach((*["user:email"] * 200, "repo")))
    assert (found.severity, len(found.scopes)) == ("critical", 100)


def test_the_first_line_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Meanings(
        "docs-read",
        (Meaning(("a.b*",), ("read",), "low"), Meaning(("a*", "c"), ("write",), "high")),
        (Whole("t.*", "", ("billing",), "medium"), Whole("", "", ("admin",), "critical")),
    )
    monkeypatch.setattr(module, "meanings", lambda rule: lines)
    assert told("x", "a.b.c", token="t1") == ("read billing", "medium", "")
    assert told("x", "a.c", token="u") == ("write admin", "critical", "")
    assert told("x", "xa", token="t1") == ("billing", "medium", "xa")


def test_meanings_are_of_kinds_that_are_asked_about() -> None:
    assert set(REACH) <= set(CHECKS)
    assert meanings("nobody") is None
    assert meanings("github-oauth") == meanings("github-pat-classic")
