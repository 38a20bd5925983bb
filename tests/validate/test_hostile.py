"""Entries that a stranger wrote, and vendors that answer with what clients stumble over: all is told, nothing leaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import pytest

from tests.servers.sites import Reply, document
from tests.validate.bed import ALL, Vendors, finding, question, registries, rule_file, sample, vendors
from unsprawl.rules.check import checks
from unsprawl.scanner.model import Finding, State
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate import patience
from unsprawl.scanner.validate.identity import identified
from unsprawl.scanner.validate.questions import questions
from unsprawl.scanner.validate.revoking import Way, way_of
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

MONGO, JIRA, GITHUB = "cloud.mongodb.com", "acme.atlassian.net", "api.github.com"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), (MONGO, JIRA, GITHUB)) as made:
        yield made


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    made, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    monkeypatch.setattr(patience, "BACK_OFF_S", 0.01)
    made.answer = lambda asked: document({"login": "octocat"})
    for kept in (made.asked, made.ways, made.announced):
        kept.clear()
    return made


def key(rule: str, number: int = 0) -> str:
    return sample(rule_file(rule)["formats"][0], Random(f"hostile {rule} {number}"))


def test_half_of_a_character_beside_one_keeps_no_other_from_being_asked(bed: Vendors) -> None:
    """JSON can say half of a pair of surrogates, and no encoding can write it."""
    beside = (("JIRA_URL", JIRA), ("JIRA_USERNAME", "zoe\ud800@acme.example"))
    asked = [question("atlassian-api-token", key("atlassian-api-token"), beside)]
    asked.append(question("github-pat-classic", key("github-pat-classic")))
    odd, good = bed.ask(asked).verdicts
    assert (odd.state, odd.reason) == (State.UNKNOWN, "it holds what no request can carry")
    assert good.state is State.LIVE


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", qop="never"',
        'Digest realm="x", nonce="y", algorithm=ROT13',
        'Digest nonce="y"',
        "Digest realm",
        "Digest ",
        'Digest realm="\x85\xff", nonce="' + "y" * 9000 + '", qop="auth"',
    ],
)
def test_odd_challenges(challenge: str, bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(401, (("WWW-Authenticate", challenge),), b"{}")
    one = question("mongodb-atlas-keypair", key("mongodb-atlas-keypair"), (("MONGODB_ATLAS_PUBLIC_KEY", "abcdefgh"),))
    other = question("github-pat-classic", key("github-pat-classic"))
    assert [verdict.state for verdict in bed.ask([one, other]).verdicts] == [State.INVALID, State.INVALID]


PLAIN: tuple[tuple[str, str], ...] = ()
CORP = (("GITLAB_API_URL", "https://git.corp.example/api/v4"),)
UNCLEAR = (("GITLAB_API_URL", "${GITLAB_API_URL}"),)
VENDORS = (("GITLAB_API_URL", "https://gitlab.com/api/v4"),)


@pytest.mark.parametrize(
    ("places", "allowed", "host"),
    [
        ((PLAIN, PLAIN), "", "gitlab.com"),
        ((PLAIN, CORP), "", None),
        ((CORP, PLAIN), "", None),
        ((PLAIN, UNCLEAR), "", None),
        ((PLAIN, CORP), "git.corp.example", "git.corp.example"),
        ((PLAIN, VENDORS, CORP), "", "gitlab.com"),
        ((UNCLEAR, CORP), "git.corp.example", "git.corp.example"),
    ],
)
def test_of_several_places_the_one_that_names_a_server_counts(
    places: tuple[tuple[tuple[str, str], ...], ...], allowed: str, host: str | None
) -> None:
    """A token of one's own server must not go to the vendor's because another entry leaves the server out; nor be taken
    for dead, since the vendor does not know it."""
    token = key("gitlab-pat")
    found = [finding("gitlab-pat", token, line=number) for number in range(1, len(places) + 1)]
    for order in (found, found[::-1]):

        def told(each: Finding) -> Told:
            return Told(places[each.place.line - 1], True)

        hosts = frozenset({allowed} - {""})
        asked = questions(order, told, ALL._replace(allowed=hosts), registries)
        assert [question.host for question in asked.asked] == ([host] if host else [])
        way = way_of(order, told, hosts, registries)
        if host is None:
            assert isinstance(way, Unasked)
            (why,) = asked.unasked.values()
            assert why.named
        else:
            assert isinstance(way, Way)
            assert (way.host, way.question.host) == (host, host)


LONG = "".join(Random("long").choices("abcdefghijklmnopqrstuvwxyz0123456789", k=600))
WORDS = "qkzt wvbn, hjrm plxc; dfgs"


@pytest.mark.parametrize("token", [LONG, WORDS, f"{WORDS} {LONG}"])
@pytest.mark.parametrize("before", ["", "x" * 180, "you sent "])
def test_a_secret_that_comes_back_is_not_cut_into_pieces_that_nobody_knows(token: str, before: str) -> None:
    """The last redactor knows whole values: what is cut or split before it sees them must have lost them."""
    tells = tuple(
        (field, (f"/{field}",)) for field in ("login", "account", "scopes", "expires", "last_used", "resources")
    )
    body = {field: f"{before}{token} and more" for field, _ in tells}
    said = (*tells, ("scopes", ("header x-scopes",)))
    check = checks("github-pat-classic")[0]
    for shape in (tells, said):
        answer = Answer("", 200, (("x-scopes", f"{before}{token}"),))
        shown = json.dumps([*identified(check, shape, answer, body, {"token": token}).values()])
        for piece in (token[:20], token[-20:], *token.split()):
            assert piece.strip(",;") not in shown
        assert "<hidden>" in shown
