"""Stand-ins: as long and as shaped as the value, of no use to anybody, and never the value."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.broker.wire.placeholder import LONGEST, placeholder_for
from unsprawl.rules import build
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner import known
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.placeholders import is_of_proxy
from unsprawl.scanner.secret import Secret

PRINTABLE = re.compile(r"[ -~]+")


def made(template: str, seed: int = 1) -> tuple[str, str]:
    value = expand(template, Random(seed))
    return value, placeholder_for(Secret(value))


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("ghp_{an:36}", r"ghp_[0-9A-Za-z]{36}"),
        ("github_pat_{an:22}_{an:59}", r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}"),
        ("sk-ant-api03-{w:93}AA", r"sk-ant-api03-[A-Za-z0-9_-]{93}AA"),
        ("sk-proj-{w:74}T3BlbkFJ{w:74}", r"sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}"),
        ("xoxb-{d:12}-{d:13}-{an:24}", r"xoxb-[0-9]{12}-[0-9]{13}-[0-9A-Za-z]{24}"),
        ("sk_live_51{an:97}", r"sk_live_[0-9A-Za-z]{99}"),
        ("glpat-{w:20}", r"glpat-[A-Za-z0-9_-]{20}"),
        ("AIza{w:35}", r"AIza[A-Za-z0-9_-]{35}"),
        ("key-{h:32}", r"key-[0-9a-f]{32}"),
        ("{h:32}-us21", r"[0-9a-f]{32}-us21"),
        ("pat-na1-{uuid}", r"pat-na1-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("prod:calm-otter-123|{b64u:80}", r"prod:calm-otter-123\|[A-Za-z0-9_-]{80}"),
        ("{d:10}:AA{w:33}", r"[0-9]{10}:AA[A-Za-z0-9_-]{33}"),
        ("{uuid}", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("{uuid}:{h:32}", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}"),
        ("{h:32}", r"[0-9a-f]{32}"),
        ("{H:32}", r"[0-9A-F]{32}"),
        ("{h:24}:{h:64}", r"[0-9a-f]{24}:[0-9a-f]{64}"),
        ("{d:40}", r"[0-9]{40}"),
        ("{b32:32}", r"[A-Z2-7]{32}"),
        ("{B32l:52}", r"[a-z2-7]{52}"),
        ("{Ud:20}", r"[0-9A-Z]{20}"),
        ("{an:16}", r"[0-9A-Za-z]{16}"),
        ("{ld:26}", r"[0-9a-z]{26}"),
        ("{l:32}", r"[a-z]{32}"),
        ("{b:86}==", r"[A-Za-z0-9+/]{86}=="),
        ("{w:43}", r"[A-Za-z0-9_-]{43}"),
        ("Bearer ghp_{an:36}", r"Bearer ghp_[0-9A-Za-z]{36}"),
        ("token {h:40}", r"token [0-9a-f]{40}"),
        ("0x{h:64}", r"0x[0-9a-f]{64}"),
        ("https://hooks.slack.com/services/T{Ud:10}/B{Ud:10}/{an:24}", r"https://hooks\.slack\.com/services/[^/]+/[^/]+/[^/]{24}"),
        ("https://mcp.vendor.test/s/{an:40}/sse", r"https://mcp\.vendor\.test/[^/]/[^/]{40}/[^/]{3}"),
    ],
)  # fmt: skip
def test_length_and_shape_stay(template: str, pattern: str) -> None:
    for seed in range(20):
        value, text = made(template, seed)
        assert len(text) == len(value)
        assert re.fullmatch(pattern, text)
        assert is_of_proxy(text)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("hunter2", r"[a-z0-9]{24,26}"),
        ("{an:15}", r"[a-z0-9]{24,26}"),
        ("pass word with blanks!", r"[a-z0-9]{24,26}"),
        ("horse battery", r"[a-z0-9]{24,26}"),
        ("CorrectHorseBatteryStaple", r"[a-z0-9]{24,26}"),
        ("horse-battery-staple-correct", r"[a-z0-9]{24,26}"),
        ("Pässwörd" * 4, r"[a-z0-9]{24,26}"),
        ('{w:30}"\\{w:3}', r"[a-z0-9]{24,26}"),
        ("{an:4} {an:4} {an:4} {an:4} {an:4} {an:4}", r"[a-z0-9]{24,26}"),
        ("{Ud:4}-{Ud:4}-{Ud:4}-{Ud:4}-{Ud:4}", r"[a-z0-9]{24,26}"),
        ("{h:16}", r"[a-z0-9]{24,26}"),
        ("https://hooks.vendor.test/a/b{d:4}", r"https://hooks\.vendor\.test/[a-z0-9]{24,26}"),
    ],
)
def test_what_has_no_room_or_was_chosen_becomes_a_plain_word(value: str, pattern: str) -> None:
    value, text = made(value)
    assert re.fullmatch(pattern, text)
    assert is_of_proxy(text)
    assert (len(text) - len(value.encode())) % 3 == 0  # base64 around it stays in step


def test_a_password_tells_nothing_of_itself() -> None:
    short, long = (placeholder_for(Secret(text)) for text in ("hunter2", "hunter2-" * 9 + "hunter2"))
    assert len(short) == len(long)


TOKEN = {"iss": "https://issuer.test", "exp": 1999999999, "email": "ada@vendor.test", "key": "a-key", "roles": ["a"]}


def jwt(claims: object) -> str:
    head, payload = ({"alg": "RS256", "typ": "JWT", "kid": "7"}, claims)
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, payload)]
    return ".".join((*parts, expand("{w:342}", Random(4))))


def decoded(part: str) -> object:
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_token_can_still_be_read() -> None:
    value = jwt(TOKEN)
    text = placeholder_for(Secret(value))
    head, payload, signature = text.split(".")
    assert len(text) == len(value)
    assert head == value.split(".")[0]
    assert decoded(payload) == {**TOKEN, "email": "x" * 15, "key": "x" * 5}
    assert not set(signature) - set(urlsafe_b64encode(bytes(range(256))).decode())
    assert signature not in value
    assert is_of_proxy(text)


def test_a_token_without_room_grows() -> None:
    value = ".".join((*jwt(TOKEN).split(".")[:2], "c2ln"))
    text = placeholder_for(Secret(value))
    assert len(text.split(".")[2]) >= 43


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is empty"),
        ("abc\n", "begins or ends with blanks or a line end"),
        (" abc", "begins or ends with blanks or a line end"),
        ("-----BEGIN\nabc\n-----END", "has several lines"),
        ("abc\rdef", "has several lines"),
        ("abc\0def", "holds control characters"),
        ("abc\x1b[2Jdef", "holds control characters"),
        ("ключ-от-всего", "holds characters beyond Latin-1"),
        ("key\N{RIGHT SINGLE QUOTATION MARK}s", "holds characters beyond Latin-1"),
        ("x" * (LONGEST + 1), f"is longer than {LONGEST} characters"),
    ],
)
def test_what_no_header_carries_is_refused(value: str, why: str) -> None:
    with pytest.raises(VaultError) as caught:
        placeholder_for(Secret(value))
    assert caught.value.message == f"a value of this record {why}, and cannot be sent through the wire proxy"
    assert not value.strip() or value.strip() not in f"{caught.value.message} {caught.value.hint} {caught.value!r}"


def test_each_run_and_each_secret_has_its_own() -> None:
    value = expand("{l:16}", Random(2))  # the format with the least room
    taken: set[str] = set()
    for _ in range(300):
        text = placeholder_for(Secret(value), taken)
        assert not any(text in other or other in text for other in taken)
        taken.add(text)
    assert len(taken) == 300


def test_none_is_a_part_of_another() -> None:
    first = placeholder_for(Secret("hunter2"))
    assert placeholder_for(Secret("hunter2"), [first + "x"]) != first


SAMPLES = [
    expand(each["sample"], Random(rule["id"]), checksum_of(each))
    for rule in build.read_all()[0]
    for each in rule.get("formats", ())
]


def test_a_vendors_format_is_kept_with_its_prefix() -> None:
    kept = 0
    for value in SAMPLES:
        hit = known.find(value)
        if "\n" in value or hit is None or not hit.covers(value) or len(value) > 400:
            continue
        text = placeholder_for(Secret(value))
        prefix = max((word for word in hit.format.keywords if value.startswith(word)), key=len, default="")
        assert text.startswith(prefix)
        kept += hit.format.fits(text) and len(text) == len(value)
    assert kept > 150


def test_nothing_of_a_key_but_its_shape_is_left() -> None:
    """Two keys of one shape cannot be told apart by their stand-ins: all that is random is new."""
    for template in ("{an:40}", "{w:43}", "{h:40}", "{b:86}==", "ghp_{an:36}"):
        value, text = made(template)
        alike = sum(a == b for a, b in zip(value, text, strict=True)) - (4 if template.startswith("ghp_") else 0)
        assert alike < len(value) * 0.35, template


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f"), min_size=1, max_size=80)
)
def test_every_value_that_can_be_sent_has_one(value: str) -> None:
    if any("\x7f" <= char < "\xa0" for char in value) or value != value.strip():
        return
    text = placeholder_for(Secret(value))
    assert PRINTABLE.fullmatch(text)
    assert is_of_proxy(text)
    assert text != value
