"""Further requests about what is live: what they tell counts, and one that fails changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.servers.sites import Asked, Reply, document
from tests.validate.answers import Case, cases, put
from tests.validate.bed import Vendors, hosts_of, question, rule_file, sample, sent, vendors
from unsprawl.rules.bundle_checks import CHECKS
from unsprawl.rules.check import checks
from unsprawl.rules.reach import meanings
from unsprawl.scanner.model import Verdict
from unsprawl.scanner.validate import patience
from unsprawl.scanner.validate.questions import Question

RULES = [rule for rule in sorted(CHECKS) if any(check.more for check in checks(rule))]
GITHUB = "github-pat-classic"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    hosts = {host for rule in RULES for case in cases(rule) for host in hosts_of(case.attempts)}
    with vendors(tmp_path_factory.mktemp("vendors"), hosts) as made:
        yield made


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    made, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    monkeypatch.setattr(patience, "BACK_OFF_S", 0.001)
    made.asked.clear()
    return made


def live(rule: str) -> Case:
    """The smallest good answer, which has what the further requests need."""
    return next(case for case in reversed(cases(rule)) if case.means == "live" and case.attempts[0].check.more)


def told(verdict: Verdict) -> dict[str, str]:
    scopes = " ".join(verdict.reach.scopes)
    return {
        "login": verdict.login, "account": verdict.account, "scopes": scopes,
        "expires": verdict.reach.expires, "last_used": verdict.reach.last_used,
        "resources": " ".join(verdict.reach.resources), "roles": " ".join(verdict.reach.roles),
    }  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_what_they_tell(rule: str, bed: Vendors) -> None:
    case = live(rule)
    check = case.attempts[0].check
    wanted: dict[str, str] = {}
    replies = [case.reply]
    for more in check.more:
        data: dict[str, object] | list[object] = {}
        for field, places in more.tells:
            step = places[0].split("/", 2)[1:]
            if places[0].startswith("true "):
                assert isinstance(data, dict)
                put(data, places[0].removeprefix("true "), True)
                wanted[field] = places[0].rpartition("/")[2]
                continue
            if step[0] == "*":
                data = [{step[1]: f"{field}-more"}]
            else:
                assert isinstance(data, dict)
                put(data, places[0], f"{field}-more")
            wanted[field] = f"{field}-more"
        replies.append(document(data))

    def answer(asked: Asked) -> Reply:
        if not case.is_of(sent(asked)):
            return Reply(401)  # made up, to see whether the server answers anybody
        return replies.pop(0)

    bed.answer = answer
    verdict = bed.verdict(Question(case.attempts))
    assert verdict.state == "live"
    found = told(verdict)
    assert {field: found[field] for field in wanted} == wanted
    methods = ["POST" if more.body[0] else "GET" for more in check.more]
    assert [asked.method for asked in bed.asked][-len(methods) :] == methods
    assert {asked.headers["host"] for asked in bed.asked} == {case.attempts[0].server.host}


MOST_USED = {
    "github-pat-classic": "login account scopes roles resources expires severity",
    "github-pat-fine-grained": "login account roles resources expires",
    "openai-project": "login account roles resources",
    "brave-search": "severity",
    "google-api-key": "account",
    "google-oauth-access": "login account scopes expires severity",
    "firecrawl": "severity",
    "openrouter": "login roles severity",
    "aws-access-key": "login account severity",
    "perplexity": "severity",
    "gitlab-pat": "login account scopes roles resources expires last_used severity",
    "anthropic-api": "account severity",
    "apify": "login account",
    "tavily": "account severity",
    "slack-bot": "login account scopes severity",
    "slack-user": "login account scopes roles severity",
    "supabase-access-token": "account resources severity",
    "notion-token": "login account resources",
    "atlassian-api-token": "login scopes resources severity",
    "sentry-user": "login account scopes resources severity",
    "grafana-sa": "account scopes resources severity",
    "stripe-secret": "login account severity",
    "linear-api-key": "login account roles resources",
}
"""The vendors whose keys servers take most often, and what each tells: the others tell no more to who only reads."""


@pytest.mark.parametrize("rule", MOST_USED)
def test_what_the_most_used_vendors_tell(rule: str) -> None:
    """Nobody takes a field away unseen."""
    told = {field for check in checks(rule) for each in (check, *check.more) for field, _ in each.tells}
    told |= {"severity"} if meanings(rule) is not None else set()
    assert told == set(MOST_USED[rule].split())


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403),
        Reply(500),
        Reply(302, (("Location", "https://evil.example/"),)),
        Reply(200, (("Content-Type", "text/html"),), b"<p>"),
        document({"message": "other"}),
        document([{"login": None}]),
        Reply(200, (), b"{"),
    ],
)
def test_one_that_fails(reply: Reply, bed: Vendors) -> None:
    bed.answer = lambda asked: document({"login": "octocat"}) if asked.path == "/user" else reply
    verdict = bed.verdict(question(GITHUB, sample(rule_file(GITHUB)["formats"][0], Random(1))))
    assert (verdict.state, verdict.login, verdict.account) == ("live", "octocat", "")
    assert [asked.path for asked in bed.asked] == [
        "/user",
        "/user/orgs",
        "/user/repos?per_page=5&affiliation=owner,organization_member",
    ]


def test_what_the_first_answer_gives(bed: Vendors) -> None:
    """The id of the user goes into the next request, as one value of it; without one that is not made."""
    token = sample(rule_file("slack-user")["formats"][0], Random(1))
    given: object = "U1&x=/../y"

    def answer(asked: Asked) -> Reply:
        if asked.path == "/api/auth.test":
            return document({"ok": True, "user": "ada", "user_id": given})
        return document({"ok": True, "user": {"is_admin": True, "is_owner": True, "is_restricted": False}})

    bed.answer = answer
    verdict = bed.verdict(question("slack-user", token))
    assert [asked.path for asked in bed.asked][1:] == ["/api/users.info?user=U1%26x%3D%2F..%2Fy"]
    assert bed.asked[1].headers["authorization"] == f"Bearer {token}"
    assert (verdict.login, verdict.reach.roles) == ("ada", ("is_admin", "is_owner"))
    for odd in (None, 7, "", ["U1"], "U" * 201, "\ud800"):
        given = odd
        bed.asked.clear()
        verdict = bed.verdict(question("slack-user", token))
        assert (verdict.state, verdict.login, verdict.reach.roles) == ("live", "ada", ())
        assert len(bed.asked) == 1


@pytest.mark.parametrize(
    ("scopes", "shown", "severity"),
    [
        (None, (), None),
        ("", ("(no scope)",), "low"),
        ("  ", ("(no scope)",), "low"),
        ("user:email", ("user:email",), "low"),
    ],
)
def test_no_scopes_is_not_nothing_told(
    scopes: str | None, shown: tuple[str, ...], severity: str | None, bed: Vendors
) -> None:
    """A classic token without scopes reads what anybody sees; a fine-grained one tells none, and may do much."""
    headers = (("Content-Type", "application/json"), *((("X-OAuth-Scopes", scopes),) if scopes is not None else ()))
    bed.answer = lambda asked: Reply(200, headers, b'{"login": "octocat"}') if asked.path == "/user" else Reply(404)
    reach = bed.verdict(question(GITHUB, sample(rule_file(GITHUB)["formats"][0], Random(1)))).reach
    assert (reach.scopes, reach.severity, reach.unclear) == (shown, severity, ())
    assert bool(reach.rights) == (scopes == "user:email")


def test_what_is_not_live_is_asked_once(bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(403)
    assert bed.verdict(question(GITHUB, sample(rule_file(GITHUB)["formats"][0], Random(1)))).state == "live_restricted"
    assert len(bed.asked) == 1
