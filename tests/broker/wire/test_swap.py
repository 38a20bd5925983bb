"""Where values go in, where they never go, and what stops a request."""

from __future__ import annotations

import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.broker.wire.model import Passage
from unsprawl.broker.wire.placeholder import placeholder_for
from unsprawl.broker.wire.scrub import scrub
from unsprawl.broker.wire.swap import LONGEST, Stopped, Swap, Swapped
from unsprawl.rules.samples import expand
from unsprawl.scanner.errors import SecretMissing
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination, Place

HOST, OTHER = "api.github.com", "api.evil.test"
EVERYWHERE = tuple(Place)
TOKEN = expand("ghp_{an:36}", Random(1))
SECOND = expand("ghp_{an:36}", Random(2))
FOREIGN = "a placeholder on the way to a host that it is not bound to"
HIDDEN = "a placeholder that was encoded"
FRAMED = "a placeholder in a header that says where the request goes or ends"
BREAKS = "the value in the vault cannot stand there"
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "percent": lambda text: b"".join(b"%%%02X" % byte for byte in text),
    "percent, small": lambda text: b"".join(b"%%%02x" % byte for byte in text),
    "percent, one": lambda text: b"%%%02X" % text[0] + text[1:],
    "percent, twice": lambda text: b"".join(b"%%25%02X" % byte for byte in text),
    "percent, thrice": lambda text: b"".join(b"%%2525%02X" % byte for byte in text),
    "base64": b64encode,
    "base64, first of three": lambda text: b64encode(b"key=" + text + b"&x"),
    "base64, second of three": lambda text: b64encode(b"a" + text + b"bc"),
    "base64, third of three": lambda text: b64encode(b"ab" + text),
    "base64 for URLs": lambda text: urlsafe_b64encode(b"\xff\xfe" + text).rstrip(b"="),
    "base64 of percent": lambda text: quote(b64encode(b"x:" + text), safe="").encode(),
    "hexadecimal": lambda text: text.hex().encode(),
    "hexadecimal, capitals": lambda text: text.hex().upper().encode(),
    "capitals": bytes.upper,
    "small letters": bytes.lower,
    "escapes of JSON": lambda text: b"".join(b"\\u%04x" % byte for byte in text),
    "escapes of C": lambda text: b"".join(b"\\x%02x" % byte for byte in text),
}


def passage(
    variable: str, value: str, hosts: tuple[str, ...] = (HOST,), places: tuple[Place, ...] = EVERYWHERE
) -> Passage:
    return Passage(placeholder_for(Secret(value)), Destination(variable, hosts, places), lambda: Secret(value))


def ask(
    swap: Swap, target: bytes = b"/", *headers: tuple[bytes, bytes], host: str = HOST, port: int = 443
) -> Swapped | Stopped:
    return swap.request(host, port, target, headers, swap.values(host, port))


def sent(answer: Swapped | Stopped) -> Swapped:
    assert isinstance(answer, Swapped), answer
    return answer


def one(value: str = TOKEN, **more: tuple[Place, ...]) -> tuple[Swap, bytes, bytes]:
    made = passage("TOKEN", value, **more)  # type: ignore[arg-type]
    return Swap([made]), made.placeholder.encode(), value.encode()


@pytest.mark.parametrize(
    "field",
    [
        (b"Authorization", b"Bearer %s"),
        (b"authorization", b"token %s"),
        (b"AUTHORIZATION", b"%s"),
        (b"X-Api-Key", b"%s"),
        (b"X-Api-Key", b'key="%s", realm="x"'),
        (b"Cookie", b"a=b; session=%s; c=d"),
        (b"Private-Token", b"%s%%20"),
        (b"Sec-WebSocket-Protocol", b"v1, token.%s"),
        (b"Authorization", b"Basic %s"),  # the value itself is what was encoded
        (b"Authorization", b"Digest username=%s"),
    ],
)
def test_header(field: tuple[bytes, bytes]) -> None:
    swap, placeholder, value = one(places=(Place.HEADER,))
    name, text = field
    answer = sent(ask(swap, b"/", (b"Host", b"api.github.com"), (name, text % placeholder), (b"Accept", b"*/*")))
    assert answer.headers == ((b"Host", b"api.github.com"), (name, text % value), (b"Accept", b"*/*"))
    assert answer.variables == ("TOKEN",)


@pytest.mark.parametrize(
    ("credentials", "value"),
    [
        (b"user:%s", TOKEN),
        (b"%s:", TOKEN),
        (b"%s:x-oauth-basic", TOKEN),
        (b"ada@vendor.test/token:%s", TOKEN),
        (b"user:before %s after", TOKEN),
        (b"us\xc3\xa9r:%s", "pässword with blanks"),
        (b":%s", "with:colon"),
        (b"%s", "user:password"),
    ],
)
@pytest.mark.parametrize("scheme", [b"Basic ", b"basic ", b"BASIC   "])
def test_basic(credentials: bytes, value: str, scheme: bytes) -> None:
    swap, placeholder, _ = one(value, places=(Place.BASIC,))
    answer = sent(ask(swap, b"/", (b"Authorization", scheme + b64encode(credentials % placeholder))))
    assert answer.headers == ((b"Authorization", scheme + b64encode(credentials % value.encode("utf-8"))),)


def test_basic_without_its_padding_or_in_the_other_alphabet() -> None:
    swap, placeholder, value = one()
    for encode in (lambda text: b64encode(text).rstrip(b"="), urlsafe_b64encode):
        field = (b"Authorization", b"Basic " + encode(b"\xfb\xff?:" + placeholder))
        assert sent(ask(swap, b"/", field)).headers[0][1] == b"Basic " + b64encode(b"\xfb\xff?:" + value)


def test_a_value_with_a_colon_is_no_user_name() -> None:
    swap, placeholder, _ = one("with:colon")
    field = (b"Authorization", b"Basic " + b64encode(placeholder + b":x"))
    assert ask(swap, b"/", field) == Stopped(("TOKEN",), BREAKS)


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        (b"/v1?key=%s", "plain-Key_1.~", b"/v1?key=plain-Key_1.~"),
        (b"/v1?key=%s&page=2", "a b+c/d=&e", b"/v1?key=a%20b%2Bc%2Fd%3D%26e&page=2"),
        (b"/v1?a=%%20&key=%s#x", "ä", b"/v1?a=%20&key=%C3%A4#x"),
        (b"/v1?%s", "x?y%41", b"/v1?x%3Fy%2541"),
        (b"/v1?a=?&b=%s;c", "v", b"/v1?a=?&b=v;c"),
        (b"https://api.github.com/v1?key=%s", "v", b"https://api.github.com/v1?key=v"),
        (b"?key=%s", "v", b"?key=v"),
    ],
)
def test_query(target: bytes, value: str, expected: bytes) -> None:
    swap, placeholder, _ = one(value, places=(Place.QUERY,))
    assert sent(ask(swap, target % placeholder)).target == expected


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        (b"/s/%s/mcp?x=1", "plain-Key_1.~", b"/s/plain-Key_1.~/mcp?x=1"),
        (b"/bot%s/getMe", "123:AB", b"/bot123:AB/getMe"),
        (b"/s/%s", "a/b c?d#e%f", b"/s/a%2Fb%20c%3Fd%23e%25f"),
        (b"/s/%s;v=1", "ä@;=", b"/s/%C3%A4@;=;v=1"),
        (b"/%%73/%s%%2Fx", "v", b"/%73/v%2Fx"),
    ],
)
def test_path(target: bytes, value: str, expected: bytes) -> None:
    swap, placeholder, _ = one(value, places=(Place.PATH,))
    assert sent(ask(swap, target % placeholder)).target == expected


@pytest.mark.parametrize("value", ["..", ".", "a/../b", "..\\x", "x/."])
def test_no_value_leads_to_another_folder(value: str) -> None:
    swap, placeholder, _ = one(value)
    assert ask(swap, b"/a/%s" % placeholder) == Stopped(("TOKEN",), BREAKS)


@pytest.mark.parametrize("encode", [name for name in ENCODINGS if name.startswith("percent") and "," not in name[-6:]])
def test_an_escape_more_or_less_makes_no_difference(encode: str) -> None:
    swap, placeholder, value = one()
    for text in (b"/a?key=%s&x=%%41", b"/a/%s/b"):
        answer = ask(swap, text % ENCODINGS["percent"](placeholder))
        assert sent(answer).target == text % value


def test_a_slash_in_a_path_stays_one() -> None:
    value = expand("2/{d:16}/{d:16}:{h:32}", Random(3))
    swap, placeholder, _ = one(value)
    assert sent(ask(swap, b"/x/%s/y" % placeholder)).target == b"/x/%s/y" % value.encode()
    assert sent(ask(swap, b"/x/%s/y" % quote(placeholder, safe="").encode())).target == (
        b"/x/%s/y" % value.replace("/", "%2F").encode()
    )


ADDRESS = "https://mcp.vendor.test/s/" + expand("{an:40}", Random(4)) + "/mcp"


@pytest.mark.parametrize("behind", [b"", b"/more", b"?x=1", b"/more?x=%20"])
def test_a_value_that_is_an_address_is_asked_for_by_its_path(behind: bytes) -> None:
    made = passage("URL", ADDRESS, ("mcp.vendor.test",), (Place.PATH,))
    assert made.placeholder.startswith("https://mcp.vendor.test/")
    tail = made.placeholder.removeprefix("https://mcp.vendor.test").encode()
    answer = ask(Swap([made]), tail + behind, host="mcp.vendor.test")
    assert sent(answer).target == ADDRESS.removeprefix("https://mcp.vendor.test").encode() + behind
    assert ask(Swap([made]), tail, host=OTHER) == Stopped(("URL",), FOREIGN)
    assert ask(Swap([made]), b"/", (b"Referer", tail), host="mcp.vendor.test") == Stopped(("URL",), HIDDEN)


def test_an_address_with_a_query() -> None:
    made = passage("URL", ADDRESS + "?key=" + TOKEN, ("mcp.vendor.test",), (Place.QUERY,))
    tail = made.placeholder.removeprefix("https://mcp.vendor.test").encode()
    answer = sent(ask(Swap([made]), tail + b"&x=1", host="mcp.vendor.test"))
    assert answer.target == (ADDRESS.removeprefix("https://mcp.vendor.test") + f"?key={TOKEN}&x=1").encode()


def test_an_address_that_names_another_host_now_is_not_used() -> None:
    made = passage("URL", ADDRESS, ("mcp.vendor.test",))
    moved = Passage(made.placeholder, made.destination, lambda: Secret(ADDRESS.replace("vendor", "evil")))
    tail = made.placeholder.removeprefix("https://mcp.vendor.test").encode()
    assert ask(Swap([moved]), tail, host="mcp.vendor.test") == Stopped(("URL",), BREAKS)


Spot = Callable[[bytes], tuple[bytes, tuple[bytes, bytes]]]
SPOTS: dict[Place, Spot] = {
    Place.HEADER: lambda text: (b"/", (b"Authorization", b"Bearer " + text)),
    Place.BASIC: lambda text: (b"/", (b"Authorization", b"Basic " + b64encode(b"user:" + text))),
    Place.QUERY: lambda text: (b"/a?key=" + text, (b"Accept", b"*/*")),
    Place.PATH: lambda text: (b"/a/" + text, (b"Accept", b"*/*")),
}


@pytest.mark.parametrize("spot", Place)
@pytest.mark.parametrize("allowed", Place)
def test_only_where_the_record_says(spot: Place, allowed: Place) -> None:
    swap, placeholder, value = one(places=(allowed,))
    target, field = SPOTS[spot](placeholder)
    answer = ask(swap, target, field)
    if spot is allowed:
        assert (sent(answer).target, sent(answer).headers[0]) == SPOTS[spot](value)
    else:
        assert isinstance(answer, Stopped)
        assert answer.variables == ("TOKEN",)
        assert answer.reason.endswith("where its record does not let it go")


@pytest.mark.parametrize("spot", Place)
def test_never_to_another_host(spot: Place) -> None:
    made, friend = passage("TOKEN", TOKEN), passage("FRIEND", SECOND, (OTHER,))
    target, field = SPOTS[spot](made.placeholder.encode())
    headers = (field, (b"X-Mine", friend.placeholder.encode()))
    swap = Swap([made, friend])
    assert ask(swap, target, *headers, host=OTHER) == Stopped(("TOKEN",), FOREIGN)


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize(
    "spot",
    [
        lambda text: (b"/a/" + text, (b"a", b"b")),
        lambda text: (b"/a?b=%s&c" % text, (b"a", b"b")),
        lambda text: (b"https://api.github.com/a?b=" + text, (b"a", b"b")),
        lambda text: (b"/", (b"Authorization", b"Bearer " + text)),
        lambda text: (b"/", (b"Authorization", b"Basic " + b64encode(b"user:" + text))),
        lambda text: (b"/", (b"X-Some", b"a " + text)),
        lambda text: (b"/", (b"X-" + text, b"a")),
        lambda text: (b"/", (b"Host", text)),
    ],
    ids=["path", "query", "absolute", "bearer", "basic", "header", "name", "host"],
)
def test_no_encoding_gets_one_out_to_another_host(name: str, spot: Spot) -> None:
    made, friend = passage("TOKEN", TOKEN), passage("FRIEND", SECOND, (OTHER,))
    target, field = spot(ENCODINGS[name](made.placeholder.encode()))
    assert ask(Swap([made, friend]), target, field, host=OTHER) == Stopped(("TOKEN",), FOREIGN)


@pytest.mark.parametrize("name", ENCODINGS)
def test_encoded_in_a_header_it_is_stopped_at_its_own_host_too(name: str) -> None:
    swap, placeholder, _ = one()
    assert ask(swap, b"/", (b"X-Key", ENCODINGS[name](placeholder))) == Stopped(("TOKEN",), HIDDEN)


@pytest.mark.parametrize(
    "name",
    b"Host CONTENT-LENGTH Transfer-Encoding Connection Keep-Alive Upgrade TE Trailer Expect Proxy-Some".split(),
)
def test_no_value_in_what_frames_the_request(name: bytes) -> None:
    swap, placeholder, _ = one()
    assert ask(swap, b"/", (name, placeholder)) == Stopped(("TOKEN",), FRAMED)
    assert ask(swap, b"/", (placeholder, b"x")) == Stopped(("TOKEN",), FRAMED)
    assert ask(swap, b"https://%s.test/" % placeholder) == Stopped(("TOKEN",), FRAMED)


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\r\nX: y", "a\0b", "a\x7fb", "ключ", " a", "a ", "a\tb"])
@pytest.mark.parametrize("spot", Place)
def test_no_value_breaks_the_framing(value: str, spot: Place) -> None:
    """Such values get no placeholder; one may still be in the vault after a rotation."""
    made = passage("TOKEN", TOKEN)
    swap = Swap([Passage(made.placeholder, made.destination, lambda: Secret(value))])
    answer = ask(swap, *SPOTS[spot](made.placeholder.encode()))
    if value in ("ключ", " a", "a ") and spot is not Place.HEADER:
        target, ((_, field),) = sent(answer).target, sent(answer).headers
        assert target.isascii()
        assert field.isascii()
    else:
        assert answer == Stopped(("TOKEN",), BREAKS)


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "token"])
def test_a_value_with_its_scheme(scheme: str) -> None:
    swap, placeholder, value = one(f"{scheme} {expand('{an:40}', Random(6))}", places=(Place.HEADER,))
    assert placeholder.startswith(scheme.encode() + b" ")
    assert sent(ask(swap, b"/", (b"Authorization", placeholder))).headers[0][1] == value


def test_latin_1_goes_into_a_header_as_it_is() -> None:
    swap, placeholder, _ = one("pässwörd")
    assert sent(ask(swap, b"/", (b"X-Key", placeholder))).headers[0][1] == "pässwörd".encode("latin-1")


def test_accounts_are_told_apart_by_their_placeholders() -> None:
    mine, work = passage("MINE", TOKEN), passage("WORK", SECOND)
    swap = Swap([mine, work])
    for made, value in ((mine, TOKEN), (work, SECOND)):
        answer = sent(ask(swap, b"/", (b"Authorization", b"Bearer " + made.placeholder.encode())))
        assert answer.headers[0][1] == b"Bearer " + value.encode()
        assert answer.variables == (made.destination.variable,)
    both = sent(ask(swap, b"/?a=%s" % work.placeholder.encode(), (b"X", mine.placeholder.encode())))
    assert both.variables == ("MINE", "WORK")


def test_a_value_that_looks_like_a_placeholder_is_not_replaced_again() -> None:
    second = passage("SECOND", SECOND)
    first = passage("FIRST", f"before-{second.placeholder}-behind", places=(Place.HEADER, Place.QUERY))
    swap = Swap([first, second])
    text = first.placeholder.encode()
    answer = sent(ask(swap, b"/?a=" + text, (b"X", text)))
    assert answer.variables == ("FIRST",)
    assert answer.headers[0][1] == f"before-{second.placeholder}-behind".encode()
    assert answer.target == f"/?a=before-{second.placeholder}-behind".encode()


def test_a_request_without_placeholders_is_the_same() -> None:
    swap, _, _ = one()
    headers = ((b"Host", b"x"), (b"X", b"%zz%"), (b"Authorization", b"Basic dXNlcjpwYXNz"), (b"", b""))
    for target in (b"/a%2?b=%%20&c=%", b"*", b"", b"/?", b"api.github.com:443", b"/\xff\xfe"):
        answer = sent(ask(swap, target, *headers))
        assert (answer.target, answer.headers, answer.variables) == (target, headers, ())


@pytest.mark.parametrize(
    ("bound", "host", "port", "expected"),
    [
        ("api.github.com", "api.github.com", 443, True),
        ("api.github.com", "API.GitHub.com", 443, True),
        ("api.github.com", "api.github.com.", 443, True),
        ("api.github.com", "api.github.com..", 443, False),
        ("api.github.com", "api.github.com", 8443, False),
        ("api.github.com", "api.github.com", 80, False),
        ("api.github.com", "xapi.github.com", 443, False),
        ("api.github.com", "x.api.github.com", 443, False),
        ("api.github.com", "github.com", 443, False),
        ("api.github.com", "api.github.com.evil.test", 443, False),
        ("api.github.com", "api.github.com\0.evil.test", 443, False),
        ("api.github.com", "evil.test#api.github.com", 443, False),
        ("api.github.com", "api.github.com@evil.test", 443, False),
        ("api.github.com", " api.github.com", 443, False),
        ("api.github.com", "api.github.com\n", 443, False),
        ("api.github.com", "\uff41pi.github.com", 443, True),  # the name system takes it for the same
        ("api.github.com", "api\u3002github.com", 443, True),
        ("api.github.com", "\u0430pi.github.com", 443, False),  # Cyrillic
        ("api.github.com", "", 443, False),
        ("api.github.com", ".", 443, False),
        ("api.github.com", "[::1]", 443, False),
        ("api.github.com:8443", "api.github.com", 8443, True),
        ("api.github.com:8443", "api.github.com", 443, False),
        ("*.zendesk.com", "acme.zendesk.com", 443, True),
        ("*.zendesk.com", "a.b.zendesk.com", 443, True),
        ("*.zendesk.com", "ACME.ZENDESK.COM.", 443, True),
        ("*.zendesk.com", "zendesk.com", 443, False),
        ("*.zendesk.com", "evilzendesk.com", 443, False),
        ("*.zendesk.com", ".zendesk.com", 443, False),
        ("*.zendesk.com", "acme.zendesk.com.evil.test", 443, False),
        ("*.zendesk.com:8443", "acme.zendesk.com", 8443, True),
        ("xn--bcher-kva.test", "bücher.test", 443, True),
        ("xn--bcher-kva.test", "BÜCHER.test", 443, True),
        ("xn--bcher-kva.test", "xn--bcher-kva.test", 443, True),
        ("*.xn--bcher-kva.test", "api.bücher.test", 443, True),
    ],
)
def test_hosts(bound: str, host: str, port: int, expected: bool) -> None:
    made = passage("TOKEN", TOKEN, (bound,))
    swap = Swap([made])
    assert swap.intercepts(host, port) is expected
    answer = ask(swap, b"/", (b"X", made.placeholder.encode()), host=host, port=port)
    assert answer == (
        Swapped(b"/", ((b"X", TOKEN.encode()),), ("TOKEN",)) if expected else Stopped(("TOKEN",), FOREIGN)
    )


def test_the_vault_is_asked_for_what_may_go_there_alone_and_each_time() -> None:
    asked: list[str] = []

    def reading(variable: str, host: str) -> Passage:
        def read() -> Secret:
            asked.append(variable)
            return Secret(f"{TOKEN}{len(asked) // 3}")

        return Passage(placeholder_for(Secret(TOKEN)), Destination(variable, (host,)), read)

    swap = Swap([reading("A", HOST), reading("B", OTHER), reading("C", HOST)])
    first = swap.values(HOST, 443)
    assert asked == ["A", "C"]
    again = swap.values(HOST, 443)  # A answers something else now
    assert asked == ["A", "C"] * 2
    assert again != first
    asked.clear()
    assert swap.values("elsewhere.test", 443) == swap.values(HOST, 80)
    assert asked == []


def test_values_are_the_same_object_until_one_is_rotated() -> None:
    value = [TOKEN]
    made = Passage(placeholder_for(Secret(TOKEN)), Destination("TOKEN", (HOST,)), lambda: Secret(value[0]))
    swap = Swap([made])
    first = swap.values(HOST, 443)
    assert swap.values(HOST, 443) is first
    value[0] = SECOND
    assert swap.values(HOST, 443) is not first
    assert sent(ask(swap, b"/", (b"X", made.placeholder.encode()))).headers[0][1] == SECOND.encode()


def test_what_the_vault_says_is_passed_on() -> None:
    def read() -> Secret:
        raise SecretMissing("it is gone")

    swap = Swap([Passage(placeholder_for(Secret(TOKEN)), Destination("TOKEN", (HOST,)), read)])
    with pytest.raises(SecretMissing):
        swap.values(HOST, 443)


@pytest.mark.parametrize("name", ENCODINGS)
def test_nothing_goes_out_in_the_clear(name: str) -> None:
    swap, placeholder, _ = one()
    text = ENCODINGS[name](placeholder)
    reason = "a placeholder in a request that is not encrypted"
    for request in (
        (HOST, b"/a?b=" + text, ()),
        (HOST, b"/" + text, ()),
        (HOST, b"/", ((b"X", text),)),
        (HOST, b"/", ((text, b"X"),)),
        (HOST, b"/", ((b"Authorization", b"Basic " + b64encode(b"a:" + placeholder)),)),
        (f"{placeholder.decode()}.evil.test", b"/", ()),
        (OTHER, b"http://evil.test/" + text, ()),
    ):
        assert swap.stops_plain(*request) == Stopped(("TOKEN",), reason)
    assert swap.stops_plain(HOST, b"/", ((b"Accept", b"*/*"),)) is None


def test_nothing_goes_out_in_a_name() -> None:
    swap, placeholder, _ = one()
    name = placeholder.decode()
    for host in (f"{name}.evil.test", f"{name.lower()}.evil.test", f"x.{name.encode().hex()}.evil.test"):
        assert swap.stops_connect(host) == Stopped(("TOKEN",), "a placeholder in the name of a host")
    assert swap.stops_connect("api.bücher.test") is None


def test_too_long_a_request_is_not_read() -> None:
    swap, placeholder, _ = one()
    long = b"x" * LONGEST
    assert ask(swap, b"/" + long, (b"X", placeholder)) == Stopped((), "target and headers are too long")
    assert ask(swap, b"/", (b"X", long)) == Stopped((), "target and headers are too long")
    assert swap.stops_plain(HOST, long + long, ()) == Stopped((), "target and headers are too long")


@pytest.mark.parametrize("texts", [("same-text", "same-text"), ("abc", "xabcx"), ("xabcx", "abc"), ("",), ("ä",)])
def test_placeholders_must_be_told_apart(texts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="none of them a part of another"):
        Swap([Passage(text, Destination("A", (HOST,)), lambda: Secret("x")) for text in texts])


@pytest.mark.parametrize("shape", ["%%", "%41", "a", "ghp_unsprawl", "eyJ", "/", "&", "QUJD", "\\u0041", "gh%70_"])
def test_long_requests_take_little_time(shape: str) -> None:
    """Fifty secrets, and texts made to be slow: the same again and again, and beginnings of placeholders."""
    swap = Swap([passage(f"V{number}", expand("ghp_{an:36}", Random(number))) for number in range(50)])
    values = swap.values(HOST, 443)
    text = (shape.encode() * LONGEST)[: LONGEST // 4]
    started = time.process_time()
    assert isinstance(swap.request(HOST, 443, b"/" + text + b"?" + text, ((b"X", text),), values), Swapped)
    assert time.process_time() - started < 3


LITTLE = st.binary(max_size=20)
NAMES = st.sampled_from([b"X-Key", b"Authorization", b"Cookie"])


@given(target=LITTLE, query=LITTLE, fields=st.lists(st.tuples(NAMES, LITTLE, LITTLE), max_size=3))
def test_all_else_stays_as_it_was_and_comes_back(
    target: bytes, query: bytes, fields: list[tuple[bytes, bytes, bytes]]
) -> None:
    placeholder, value = PASSAGE.placeholder.encode(), TOKEN.encode()

    def request(text: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        before = target.replace(b"?", b"")
        return b"/%b/%b?%b=%b&" % (before, text, query, text), tuple(a + text + b for _, a, b in fields)

    whole, parts = request(placeholder)
    headers = tuple((name, part) for (name, _, _), part in zip(fields, parts, strict=True))
    values = SWAP.values(HOST, 443)
    answer = SWAP.request(HOST, 443, whole, headers, values)
    if isinstance(answer, Stopped):  # `%` before it makes an escape of its beginning; `Basic ` something to decode
        assert b"%" in whole or any(part.lower().startswith(b"basic") for part in parts)
        return
    assert (answer.target, tuple(text for _, text in answer.headers)) == request(value)
    assert scrub(answer.target, values) == whole
    assert tuple(scrub(text, values) for _, text in answer.headers) == parts


PASSAGE = passage("TOKEN", TOKEN)
SWAP = Swap([PASSAGE])


@given(
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1, max_size=40),
    spot=st.sampled_from(Place),
)
def test_every_value_arrives_as_it_is(value: str, spot: Place) -> None:  # fmt: skip
    made = Passage(PASSAGE.placeholder, PASSAGE.destination, lambda: Secret(value))
    target, field = SPOTS[spot](PASSAGE.placeholder.encode())
    answer = ask(Swap([made]), target, field)
    if isinstance(answer, Stopped):
        assert answer == Stopped(("TOKEN",), BREAKS)
        return
    assert not {b"\r", b"\n", b"\0", b" "} & {bytes((byte,)) for byte in answer.target}
    match spot:
        case Place.HEADER:
            assert answer.headers[0][1] == b"Bearer " + value.encode("latin-1")
        case Place.BASIC:
            assert answer.headers[0][1] == b"Basic " + b64encode(b"user:" + value.encode())
        case Place.QUERY:
            assert answer.target.count(b"&") == answer.target.count(b"#") == 0
            assert unquote_to_bytes(answer.target) == b"/a?key=" + value.encode()
        case Place.PATH:
            assert answer.target.count(b"/") == 2
            assert answer.target.count(b"?") == 0
            assert unquote_to_bytes(answer.target) == b"/a/" + value.encode()


def test_nothing_shows_a_value() -> None:
    swap, placeholder, value = one()
    answer = ask(swap, b"/?a=" + placeholder, (b"X", placeholder))
    values = swap.values(HOST, 443)
    for thing in (answer, [answer], values, swap, values.spellings, values.spellings.finder, PASSAGE):
        assert value.decode() not in repr(thing)
        assert value.decode() not in f"{thing}"
    with pytest.raises(KeyError) as caught:
        values.of("unknown")
    assert value.decode() not in repr(caught.value)
    with pytest.raises(TypeError, match="cannot be pickled"):
        values.__reduce__()
