"""Whatever an entry says, a request goes to a host that its rule names, and nothing in it breaks out of its place."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.validate.bed import ALL, finding, registries, rule_file, sample
from unsprawl.rules.bundle_checks import CHECKS
from unsprawl.rules.check import Check, checks
from unsprawl.rules.load import load
from unsprawl.scanner.destinations import covered
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.validate.attempt import attempts
from unsprawl.scanner.validate.render import Unsendable, request
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

WITH_VALUES = [rule for rule in sorted(CHECKS) if any(check.host or check.seconds for check in checks(rule))]
TRICKY = st.sampled_from(
    [
        "evil.example",
        "https://evil.example",
        "@evil.example",
        "/..",
        "?",
        "#",
        "\\",
        ":443",
        "%2f",
        ".",
        "\r\nX: y",
        "acme",
    ]
)
ANY = st.text(st.characters(exclude_categories=()), max_size=40)
"""Half characters too, which JSON can say."""
TEXT = st.one_of(ANY, st.lists(TRICKY, min_size=1, max_size=4).map("".join))


def domains(check: Check, rule: str) -> list[str]:
    """All that a rule names."""
    known = load()[rule].hosts
    if check.host is not None:
        named = (check.host.default, *check.host.also, *check.host.below)
        known = (*known, *named, *(f"*.{each}" for each in named if each))
    host = check.url.partition("://")[2].partition("/")[0]
    return [*known, f"*.{host.partition('.')[2]}" if "}" in host else host]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=st.sampled_from(WITH_VALUES), data=st.data())
def test_no_value_leads_elsewhere(rule: str, data: st.DataObject) -> None:
    check = data.draw(st.sampled_from(checks(rule)))
    names = [name for each in check.seconds for name in each.names[:1]]
    names += check.host.names[:2] if check.host is not None else ()
    pairs = tuple((name, data.draw(TEXT)) for name in names)
    formats = rule_file(rule).get("formats", ())
    token = sample(formats[0], Random(rule)) if formats else data.draw(TEXT)
    found = attempts(finding(rule, token), Told(pairs, True), ALL, registries)
    if found is None or isinstance(found, Unasked):
        return
    for attempt in found:
        if attempt.check.host is not None and attempt.check.host.tool:
            continue  # which the user's own configuration names
        assert not attempt.server.trusted
        assert covered(attempt.server.host, domains(attempt.check, rule)), attempt.server.host
        values = {**attempt.texts, **{name: "looked-up" for name, _ in attempt.check.lookup[1]}}
        try:
            made = request(attempt, values, "20150830T123600Z")
        except Unsendable:
            continue
        place = place_of(made.url)
        assert isinstance(place, Place)
        assert (place.scheme, place.host) == ("https", attempt.server.host)
        assert ".." not in place.target.partition("?")[0].split("/")
        assert not any("\n" in text or "\r" in text for _, text in made.headers)
        fixed = attempt.check.url.partition("://")[2].partition("?")[0].count("/")
        assert place.target.partition("?")[0].count("/") >= fixed
