"""Every check of every rule, over real TLS: its request reaches its host, and each answer means what it should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.sites import Asked, Reply, document
from tests.validate.answers import ALLOWED, Case, cases
from tests.validate.bed import Vendors, finding, hosts_of, registries, sent, vendors
from unsprawl.rules.bundle_checks import CHECKS
from unsprawl.rules.check import RECALLED, checks
from unsprawl.rules.load import load
from unsprawl.rules.sent import sent as sent_as
from unsprawl.scanner.destinations import covered
from unsprawl.scanner.model import Verdict
from unsprawl.scanner.validate import asking, patience
from unsprawl.scanner.validate.attempt import Wanted, attempts
from unsprawl.scanner.validate.questions import Question
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

RULES = sorted(CHECKS)


class Seen:
    """What came of all cases: one run, since most of the time goes into handshakes."""

    def __init__(self) -> None:
        self.cases = {rule: cases(rule) for rule in RULES}
        self.verdicts: dict[str, Verdict] = {}
        self.asked: dict[str, list[Asked]] = {}
        """By the name of a case."""
        self._by_host: dict[str, list[Case]] = {}
        for each in self.cases.values():
            for case in each:
                for host in hosts_of(case.attempts):
                    self._by_host.setdefault(host, []).append(case)

    @property
    def hosts(self) -> set[str]:
        return set(self._by_host)

    def answer(self, asked: Asked) -> Reply:
        text = sent(asked)
        mine = self._by_host[asked.headers["host"].partition(":")[0]]
        wanted = [case.attempts[0].check for case in mine if case.attempts[0].check.digest]
        if "authorization" not in asked.headers and any(check.url.endswith(asked.path) for check in wanted):
            return Reply(401, (("WWW-Authenticate", 'Digest realm="x", nonce="y", qop="auth", algorithm=MD5'),))
        if asked.path == "/_edge/tenant_info":  # what anybody may know
            assert "authorization" not in asked.headers
            return document({"cloudId": "0a1b"})
        known = [case for case in mine if case.is_of(text)]
        assert len(known) <= 1
        for case in known:
            self.asked.setdefault(case.name, []).append(asked)
        return known[0].reply if known else Reply(401, (("Content-Type", "application/json"),), b"{}")

    def run(self, running: Vendors) -> None:
        running.answer = self.answer
        together = [case for each in self.cases.values() for case in each if not _alone(case)]
        found = running.ask([Question(case.attempts) for case in together]).verdicts
        self.verdicts = {case.name: verdict for case, verdict in zip(together, found, strict=True)}
        for case in (case for each in self.cases.values() for case in each if _alone(case)):
            self.verdicts[case.name] = running.verdict(Question(case.attempts))


def _alone(case: Case) -> bool:
    """Whether its answer has a say in whether others are asked."""
    return any(attempt.check.wrong_at_most for attempt in case.attempts)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    made = Seen()
    with (
        vendors(tmp_path_factory.mktemp("vendors"), made.hosts) as (running, way),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("HTTPS_PROXY", way)
        patch.setattr(patience, "BACK_OFF_S", 0.001)
        patch.setattr(asking, "MOST_FAILURES", 1000)
        made.run(running)
        yield made


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str, seen: Seen) -> None:
    mine = seen.cases[rule]
    for case in mine:
        verdict = seen.verdicts[case.name]
        assert verdict.state == case.means, f"{case.name}: {verdict}"
        assert _told(verdict, case) == case.tells, case.name
        asked = seen.asked[case.name]
        first = case.attempts[0]
        assert asked[0].headers["host"].partition(":")[0] == first.server.host, case.name
        assert asked[0].method == first.check.method, case.name
        assert asked[0].headers["user-agent"], case.name
        assert not any("{" in each.path or "%7B" in each.path for each in asked), case.name
    if mine and checks(rule)[0].evidence != RECALLED:
        states = {case.means for case in mine}
        assert states & {"live", "live_restricted"}
        assert states & {"invalid", "expired", "unknown"}


def _told(verdict: Verdict, case: Case) -> dict[str, object]:
    """What the verdict tells, in the shape of what the case wants."""
    found: dict[str, object] = {}
    whole = {
        "login": verdict.login,
        "account": verdict.account,
        "scopes": list(verdict.reach.scopes),
        "expires": verdict.reach.expires,
        "last_used": verdict.reach.last_used,
        "resources": list(verdict.reach.resources),
        "roles": list(verdict.reach.roles),
    }
    for name, wanted in case.tells.items():
        told = whole[name]
        if isinstance(wanted, str) and isinstance(told, list):
            told = " ".join(told)
        elif isinstance(wanted, list) and isinstance(told, str):
            told = told.split(", ")
        found[name] = told
    return found


_ELSEWHERE = {
    "hubspot-private-app": "body",  # an address made to look a token up
    "atlassian-api-token": "host",  # the same account's other product
}


@pytest.mark.parametrize("rule", RULES)
def test_credentials_travel_as_the_proxy_puts_them_in(rule: str) -> None:
    """`sent` and `check` were written from different sources, and must not contradict each other."""
    known, vendor = sent_as(rule), load()[rule]
    for check in checks(rule):
        places = {
            "header": any("{token}" in text for _, text in check.headers),
            "basic": "{token}" in check.basic or "{token}" in check.digest,
            "query": any("{token}" in text for _, text in check.query),
            "path": "{token}" in check.url or bool(check.parts),
        }
        if known is not None and not known.never and _ELSEWHERE.get(rule) != "body":
            assert any(places[place] for place in known.places)
        host = check.url.partition("://")[2].partition("/")[0]
        if "{" not in host and vendor.hosts and _ELSEWHERE.get(rule) != "host":
            assert covered(host, vendor.hosts)


@pytest.mark.parametrize("rule", [rule for rule in RULES if any(c.evidence == RECALLED for c in checks(rule))])
def test_what_is_only_recalled_is_never_asked_unwanted(rule: str) -> None:
    wanted = Wanted(costly=True, allowed=frozenset({ALLOWED}))
    for case in cases(rule):
        first = case.attempts[0]
        texts = first.texts
        pairs = [(second.names[0], texts[second.name]) for second in first.check.seconds]
        host = first.check.host
        if host is not None and host.names:
            pairs.append((host.names[0], f"https://{first.server.host}/"))
        found = attempts(finding(rule, texts["token"]), Told(tuple(pairs), True), wanted, registries)
        if not isinstance(found, Unasked):
            assert found is not None
            assert all(attempt.check.evidence != RECALLED for attempt in found)


def test_how_many() -> None:
    """More than recalled: those that run unless the user says otherwise."""
    known = [rule for rule in RULES if checks(rule)[0].evidence != RECALLED]
    assert len(known) >= 181
