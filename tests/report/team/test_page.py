"""The page of the team's report: one file in which nothing is loaded, nothing runs, and every text is only text."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from tests.report.team import bed
from unsprawl.scanner.policy_reader import Place, read_policy
from unsprawl.scanner.report.team.documents import Fault
from unsprawl.scanner.report.team.gather import team_report
from unsprawl.scanner.report.team.model import Person, Step, TeamReport
from unsprawl.scanner.report.team.page import page

VOID = {"meta", "link", "br", "img", "hr", "input"}
EVIL = "\"'><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>&amp;\u202e\x1b[31m"


class Strict(HTMLParser):
    """Reads HTML as it is meant to be written: what is opened is closed, and in that order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), tag
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def text(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]


def acme(**more: Any) -> TeamReport:
    documents, faults = bed.read(*bed.acme())
    text = b"version: 1\nteam: {name: acme, members: [ada, bo, cem, dee]}\napproach: {lowest: 5, accept: [vaulted]}\n"
    policy = read_policy(text, Place("/p/.unsprawl.yaml", "/p"), "2026-11-28")
    assert not isinstance(policy, list)
    return team_report(documents, faults, policy, bed.KEY, "2026-11-28T10:00:00Z")._replace(**more)


@pytest.fixture(params=["acme", "nothing", "clean"])
def text(request: pytest.FixtureRequest) -> str:
    """Pages of three reports."""
    if request.param == "acme":
        return page(acme(), "/in")
    raw = [bed.document("ada")] if request.param == "clean" else []
    documents, faults = bed.read(*raw)
    return page(team_report(documents, faults, None, "", "2026-11-28T10:00:00Z"), "/in")


def test_nothing_is_loaded_and_nothing_runs(text: str) -> None:
    read = Strict(text)
    used = {tag for tag, _, _ in read.elements}
    assert used.isdisjoint(
        {"script", "img", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "use"}
    )
    for tag, attributes, _ in read.elements:
        assert not {"src", "srcset", "style", "data", "action", "poster", "background", "ping"} & set(attributes), tag
        assert [name for name in attributes if name.startswith("on")] == [], tag
    links = [link["href"] or "" for link in read.named("a")]
    inside = [link for link in links if link.startswith("#")]
    ids = {attributes["id"] for _, attributes, _ in read.elements if "id" in attributes}
    assert {link[1:] for link in inside} <= ids
    assert [link for link in links if link not in inside and not link.startswith("https://")] == []
    (style,) = read.text("style")
    assert not re.search(r"url\(|@import|@font-face|image-set|expression\(", style)


def test_the_browser_is_told_so_too(text: str) -> None:
    read = Strict(text)
    (policy,) = [each["content"] for each in read.named("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    (style,) = read.text("style")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'none'", "style-src": f"'sha256-{digest}'", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    order = [attributes.get("http-equiv") or attributes.get("charset") for attributes in read.named("meta")]
    assert order[:2] == ["utf-8", "Content-Security-Policy"], "before anything that it is about"


def test_it_can_be_read_aloud(text: str) -> None:
    read = Strict(text)
    assert read.named("html") == [{"lang": "en"}]
    for landmark in ("main", "nav", "footer", "h1", "title"):
        assert len(read.named(landmark)) == 1, landmark
    assert read.named("a")[0] == {"class": "skip", "href": "#report"}
    levels = [int(tag[1]) for tag, _, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert len(read.named("caption")) == len(read.named("table"))
    for tag, attributes, around in read.elements:
        if tag == "th":
            assert attributes["scope"] == ("col" if "thead" in around else "row")
        if tag == "svg":
            assert attributes["aria-hidden"] == "true"
        if tag == "section":
            assert attributes["aria-labelledby"]


def test_what_it_says() -> None:
    read = Strict(page(acme(), "/in"))
    assert read.text("h1") == ["3 secrets still stand in files on 1 of 3 machines, and cem never joined."]
    assert read.text("h3") == ["ada", "bo", "cem", "dee"]
    assert "unsprawl team join" in " ".join(read.text("span"))
    assert {"GitHub key A", "Slack key A", "secret A"} <= set(read.text("th"))
    assert "the lowest that the policy allows" in read.text("span")
    widths = [attributes["width"] for attributes in read.named("rect") if attributes["class"] == "now poor"]
    assert widths == ["11%", "33%"]


def test_no_id_of_a_secret_or_a_file_is_in_it() -> None:
    text = page(acme(), "/in")
    ids = {held.id for document in acme().documents for held in document.secrets if held.id}
    places = {spot.file for document in acme().documents for held in document.secrets for spot in held.spots}
    assert len(ids) > 4
    assert [each for each in ids | places if each in text] == []


def test_every_text_is_only_text() -> None:
    """The documents cannot bring such a text, and if one did it would be shown, and nothing more."""
    base = acme()
    step = Step(base.people[0].steps[0].kind, EVIL, (EVIL, "javascript:alert(1)//://"), (EVIL,))
    document = base.documents[0]._replace(name=EVIL, when=EVIL, looked=EVIL, version=EVIL)
    people = tuple(
        Person(EVIL, False, document if person.first else None, document if person.last else None, (step,))
        for person in base.people
    )
    keys = tuple(
        key._replace(label=EVIL, provider=EVIL, what=EVIL, before=(EVIL,), now=(EVIL,), needed=(EVIL,), page=EVIL)
        for key in base.keys
    )
    hostile = base._replace(
        team=EVIL, team_key=EVIL, made=EVIL, people=people, keys=keys,
        providers=tuple(each._replace(name=EVIL) for each in base.providers), documents=(document,),
        faults=(Fault(f"/in/{EVIL}", EVIL, EVIL), Fault("", EVIL)),
    )  # fmt: skip
    text = page(hostile, "/in")
    assert re.findall(r"<(?:script|img)|\sonerror\s*=\s*[^&]*>", text.replace("&lt;", "")) == []
    assert "\x1b" not in text
    assert "\u202e" not in text
    read = Strict(text)
    shape = Strict(page(base, "/in"))
    assert {tag for tag, _, _ in read.elements} == {tag for tag, _, _ in shape.elements}
    names = {name for _, attributes, _ in shape.elements for name in attributes}
    assert {name for _, attributes, _ in read.elements for name in attributes} <= names | {"href", "rel"}
    assert [link for link in read.named("a") if not (link["href"] or "").startswith("#")] == []
    said = "".join(part for _, part in read.texts)
    assert said.count("<script>alert(1)</script>") > 20
