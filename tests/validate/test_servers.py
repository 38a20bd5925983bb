"""Whose server gets a credential: no host that neither a rule nor the user names, whatever an entry says."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.validate.bed import ALL, REGISTRY, finding, question, refused, registries, rule_file, sample
from unsprawl.cli.validate_options import hosts_of_an_option
from unsprawl.rules.check import HostRule, made
from unsprawl.scanner.model import SlotKind
from unsprawl.scanner.validate.attempt import Wanted, attempts
from unsprawl.scanner.validate.macaroons import location_of
from unsprawl.scanner.validate.questions import Question
from unsprawl.scanner.validate.registries import tools
from unsprawl.scanner.validate.render import request
from unsprawl.scanner.validate.server import Unasked, servers
from unsprawl.scanner.validate.told import Told

NOW = "20150830T123600Z"
FREE = HostRule(("URL",), "", (), ("vendor.example",), ("never.example",), True, False, ("/api",), (), False, "")
FIXED = FREE._replace(free=False)


def token(rule: str, number: int = 0) -> str:
    return sample(rule_file(rule)["formats"][number], Random(rule))


def urls(rule: str, *pairs: tuple[str, str], allowed: tuple[str, ...] = (), **more: object) -> list[str]:
    asked = question(rule, token(rule), pairs, ALL._replace(allowed=frozenset(allowed)), **more)  # type: ignore[arg-type]
    return [request(each, each.texts, NOW).url for each in asked.attempts]


@pytest.mark.parametrize(
    ("rule", "pairs", "allowed", "expected"),
    [
        ("github-pat-classic", [], [], "https://api.github.com/user"),
        ("github-pat-classic", [("GITHUB_HOST", "https://github.com")], [], "https://api.github.com/user"),
        ("github-pat-classic", [("GITHUB_API_URL", "https://api.github.com")], [], "https://api.github.com/user"),
        ("github-pat-classic", [("GITHUB_HOST", "https://acme.ghe.com/")], [], "https://api.acme.ghe.com/user"),
        ("github-pat-classic", [("GITHUB_API_URL", "https://api.acme.ghe.com")], [], "https://api.acme.ghe.com/user"),
        (
            "github-pat-classic", [("GITHUB_HOST", "git.corp.example")], ["git.corp.example"],
            "https://git.corp.example/api/v3/user",
        ),
        ("gitlab-pat", [], [], "https://gitlab.com/api/v4/personal_access_tokens/self"),
        (
            "gitlab-pat", [("GITLAB_API_URL", "https://git.corp.example:8443/gitlab/api/v4")],
            ["git.corp.example:8443"], "https://git.corp.example:8443/gitlab/api/v4/personal_access_tokens/self",
        ),
        ("shopify", [("SHOPIFY_STORE", "acme")], [], "https://acme.myshopify.com/admin/oauth/access_scopes.json"),
        (
            "shopify", [("SHOPIFY_STORE_URL", "https://Acme.MyShopify.com/admin")], [],
            "https://acme.myshopify.com/admin/oauth/access_scopes.json",
        ),
        ("upstash-redis", [("UPSTASH_REDIS_REST_URL", "https://eu1-x.upstash.io")], [], "https://eu1-x.upstash.io/ping"),
        ("grafana-sa", [("GRAFANA_URL", "http://localhost:3000")], ["localhost:3000"], "http://localhost:3000/api/org"),
        (
            "vault", [("VAULT_ADDR", "https://10.0.0.7:8200")], ["10.0.0.7:8200"],
            "https://10.0.0.7:8200/v1/auth/token/lookup-self",
        ),
        ("telegram-bot", [], [], None),
        ("npm", [], [], "https://registry.corp.example/npm/-/whoami"),
    ],
)  # fmt: skip
def test_where_it_goes(rule: str, pairs: list[tuple[str, str]], allowed: list[str], expected: str | None) -> None:
    if expected is None:
        expected = f"https://api.telegram.org/bot{token(rule)}/getMe"
    assert urls(rule, *pairs, allowed=tuple(allowed))[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example",
        "evil.example",
        "https://vendor.example.evil.example",
        "https://vendor.example@evil.example/",
        "https://evil.example/vendor.example",
        "https://evil.example#.vendor.example",
        "https://evil.example?.vendor.example",
        "https://evil.example\\.vendor.example",
        "https://xvendor.example",
        "vendor.example.",
        "a.vendor.example:8443",
        "http://a.vendor.example",
        "a.b@vendor.example",
        "a/../../x",
        "a b",
        "a%2f.vendor.example",
        "${HOST}",
        "{{host}}",
        "https://127.0.0.1",
        "https://[::1]",
        "https://169.254.169.254",
        "ftp://a.vendor.example",
        "//a.vendor.example",
        "a\n.vendor.example",
        "\uff41.vendor.example",
        "-",
        "a,b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("rule", [FREE, FIXED], ids=["free", "fixed"])
def test_no_entry_names_another_server(text: str, rule: HostRule) -> None:
    found = servers(rule, Told((("URL", text),), True), (), (), str)
    if isinstance(found, Unasked):
        assert text not in found.reason
    else:  # the vendor's own after all
        assert [each.host for each in found] == ["vendor.example"]
        assert {(each.port, each.scheme) for each in found} == {(443, "https")}


@pytest.mark.parametrize(
    ("text", "allowed", "host"),
    [
        ("https://own.example", "own.example", "own.example"),
        ("https://own.example:8443/api", "own.example:8443", "own.example"),
        ("https://own.example:8443/api", "own.example", None),
        ("https://sub.own.example", "own.example", None),
        ("http://own.example", "own.example:80", None),
        ("http://localhost:3000", "localhost:3000", "localhost"),
        ("http://10.0.0.5:3000", "10.0.0.5:3000", None),
        ("https://a.never.example", "a.never.example", None),
        ("https://own.example.", "own.example", "own.example"),
        ("https://OWN.example", "own.example", "own.example"),
        ("https://user:word@own.example", "own.example", None),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://[fd00::1]:8443", "[fd00::1]:8443", "fd00::1"),
        ("https://[fd00::1]:8443", "[fd00::1]", None),
        ("http://[::1]:3000", "[::1]:3000", "::1"),
        ("https://169.254.169.254", "169.254.169.254", None),
        ("http://169.254.169.254", "169.254.169.254:80", None),
        ("https://[fe80::1]", "[fe80::1]", None),
        ("https://2852039166", "2852039166", None),  # the same in an old spelling
        ("https://[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", None),
        ("https://metadata.google.internal", "metadata.google.internal", None),
        ("acme", "", "acme.vendor.example"),
        ("a.vendor.example", "", "a.vendor.example"),
    ],
)
def test_what_the_user_allows(text: str, allowed: str, host: str | None) -> None:
    found = servers(FREE, Told((("URL", text),), True), (), [allowed], str)
    assert (None if isinstance(found, Unasked) else found[0].host) == host
    assert isinstance(servers(FIXED, Told((("URL", text),), True), (), [allowed], str), Unasked) == (
        not (host or "").endswith("vendor.example")
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://own.example",
        "https://OWN.example.:443/",
        "own.example.",
        "https://own.example:8443/",
        "https://10.0.0.5",
        "https://[fd12::5]/",
        "https://[fd12::5]:8443/",
        "http://[::1]:3000/",
        "http://127.0.0.1:3000",
    ],
)
def test_what_is_said_to_allow_a_server_allows_it(text: str) -> None:
    """The words behind `--allow-host` can be copied."""
    told = Told((("URL", text),), True)
    refused = servers(FREE, told, (), (), str)
    assert isinstance(refused, Unasked)
    assert refused.host
    assert not isinstance(servers(FREE, told, (), hosts_of_an_option((refused.host,)), str), Unasked)


@pytest.mark.parametrize(
    ("rule", "variable", "text", "url"),
    [
        ("obsidian-rest", "OBSIDIAN_HOST", "127.0.0.1", "https://127.0.0.1:27124/"),
        ("obsidian-rest", "OBSIDIAN_HOST", "https://127.0.0.1:8443", "https://127.0.0.1:8443/"),
        ("proxmox", "PROXMOX_HOST", "10.0.0.5", "https://10.0.0.5:8006/api2/json/access/permissions"),
        ("proxmox", "PROXMOX_HOST", "pve.corp.example", "https://pve.corp.example:8006/api2/json/access/permissions"),
    ],
)
def test_a_server_that_usually_has_another_port(rule: str, variable: str, text: str, url: str) -> None:
    """It is shown with it, and a server of the user's own may be near also there."""
    beside = ((variable, text), ("PROXMOX_USER", "ci@pve"), ("PROXMOX_TOKEN_NAME", "ci"))
    why = refused(rule, token(rule), beside)
    asked = question(rule, token(rule), beside, ALL._replace(allowed=hosts_of_an_option((why.host,))))
    assert request(asked.attempts[0], asked.attempts[0].texts, NOW).url == url
    assert asked.attempts[0].server.begin == f"https://{asked.host}/" == url[: len(asked.host) + 9]


def test_a_token_of_nobody_knows_whose_server() -> None:
    """One of a self-managed GitLab looks like one of gitlab.com."""
    assert "stands alone" in refused("gitlab-pat", token("gitlab-pat"), entry=False).reason
    why = refused("gitlab-pat", token("gitlab-pat"), address="https://git.corp.example/api/v4/mcp")
    assert (why.reason, why.host) == (
        "the address of its server names a server of its owner's, and nobody allowed it",
        "git.corp.example",
    )
    assert urls("gitlab-pat", address="https://gitlab.com/api/v4/mcp")[0].startswith("https://gitlab.com/")


def test_regions_are_asked_one_after_the_other() -> None:
    assert urls("posthog-personal") == [f"https://{region}.posthog.com/api/users/@me/" for region in ("us", "eu")]
    assert urls("posthog-personal", ("POSTHOG_HOST", "https://eu.posthog.com")) == [
        "https://eu.posthog.com/api/users/@me/"
    ]


@pytest.mark.parametrize(
    ("rule", "pairs", "reason"),
    [
        ("shopify", [], "SHOPIFY_STORE or SHOPIFY_SHOP would say whose server it is for, and the entry has none"),
        ("trello-token", [], "TRELLO_API_KEY belongs to it, and the entry has none"),
        ("grafana-sa", [("GRAFANA_URL", "${URL}")], "GRAFANA_URL holds a reference, so whose server it is for is not known"),  # noqa: E501
        ("okta", [("OKTA_DOMAIN", "sso.corp.example")], "OKTA_DOMAIN names a server of its owner's, and nobody allowed it"),  # noqa: E501
        ("shopify", [("SHOPIFY_STORE", "evil.example")], "SHOPIFY_STORE names a server that is not the vendor's"),
    ],
)  # fmt: skip
def test_why_nobody_is_asked(rule: str, pairs: list[tuple[str, str]], reason: str) -> None:
    assert refused(rule, token(rule), tuple(pairs)).reason == reason


@pytest.mark.parametrize(
    ("rule", "variable", "reason"),
    [
        ("openai-project", "OPENAI_BASE_URL", "the entry sends it to another server"),
        ("anthropic-api", "ANTHROPIC_BASE_URL", "the entry sends it to another server"),
        ("openai-project", "API_BASE_URL", "API_BASE_URL names another server, and no rule tells whether the key goes there"),  # noqa: E501
        ("datadog", "DD_HOST", "the entry sends it to another server"),
    ],
)  # fmt: skip
def test_an_entry_that_speaks_to_somebody_else(rule: str, variable: str, reason: str) -> None:
    """The key is that server's, and the vendor must not get it."""
    assert refused(rule, token(rule), ((variable, "https://llm.corp.example/v1"),)).reason == reason


@pytest.mark.parametrize(
    ("url", "told", "expected"),
    [
        ("https://ci.acme.example:8443/me", (), "https://ci.acme.example:8443/me"),
        ("https://ci.acme.example:443/me", (), "https://ci.acme.example/me"),
        ("https://{team}.acme.example:8443/me", (("TEAM", "shop"),), "https://shop.acme.example:8443/me"),
        ("https://localhost:9999/me", (), "https://localhost:9999/me"),
    ],
)
def test_the_port_of_a_rule(url: str, told: tuple[tuple[str, str], ...], expected: str) -> None:
    """A rule of one's own may name a port, and the server is shown with it."""
    raw: dict[str, Any] = {
        "url": url, "evidence": "docs-read", "headers": {"Authorization": "Bearer {token}"},
        "answers": [{"status": 200, "means": "live"}],
    }  # fmt: skip
    check = made({**raw, **({"with": {"team": {"names": ["TEAM"]}}} if told else {})}, own=True)
    found = attempts(finding("acme", "acme_1"), Told(told, True), ALL, registries, (check,))
    assert isinstance(found, tuple)
    assert request(found[0], found[0].texts, NOW).url == expected
    assert Question(found).host == expected.split("/")[2]


def test_three_values_in_one_word() -> None:
    """As Twilio's server wants them: `AC…/SK…:secret`."""
    secret, account, sid = "k" * 32, "AC" + "0a" * 16, "SK" + "1b" * 16
    asked = question("twilio-api-key", secret, (("", f"{account}/{sid}:{secret}"),))
    made = request(asked.attempts[0], asked.attempts[0].texts, NOW)
    assert made.url == f"https://api.twilio.com/2010-04-01/Accounts/{account}.json"
    assert dict(made.headers)["Authorization"] == "Basic " + b64encode(f"{sid}:{secret}".encode()).decode()


def test_the_user_beside_a_password() -> None:
    """`Basic` credentials hold what the vendor wants to know besides."""
    secret = token("atlassian-api-token")
    wrapped = b64encode(f"me@acme.example:{secret}".encode()).decode()
    one = finding("atlassian-api-token", wrapped, "Authorization", kind=SlotKind.HEADER)
    one = one._replace(slot=one.slot._replace(context=one.slot.context._replace(role="basic")))
    found = attempts(one, Told((("JIRA_URL", "https://acme.atlassian.net"),), True), ALL, registries)
    assert found is not None
    assert not isinstance(found, Unasked)
    assert found[0].texts == {"token": secret, "email": "me@acme.example"}


def test_what_is_wrapped_is_not_called_dead() -> None:
    why = refused("github-pat-classic", b64encode(token("github-pat-classic").encode()).decode())
    assert why.reason == "it is written in a way that hides the credential itself"


def test_keys_of_stores_that_speak_as_aws_does() -> None:
    secret = sample(rule_file("aws-access-key")["formats"][1], Random(1))
    pair = (("AWS_ACCESS_KEY_ID", "AKIA" + "Y34FZKBOKMUTVV7A"), ("AWS_ENDPOINT_URL", "https://x.r2.example"))
    assert refused("aws-access-key", secret, pair).reason == "the entry names another service that it is for"


def test_a_planted_key_is_left_alone() -> None:
    secret = sample(rule_file("aws-access-key")["formats"][1], Random(1))
    planted = refused("aws-access-key", secret, (("AWS_ACCESS_KEY_ID", "AKIA" + "AYLPMN5HAAAAAAAA"),))
    assert planted.reason == "it was planted by a service that raises an alarm when it is used"


def test_temporary_keys_need_all_three() -> None:
    secret = sample(rule_file("aws-access-key")["formats"][1], Random(1))
    temporary = (("AWS_ACCESS_KEY_ID", "ASIA" + "Y34FZKBOKMUTVV7A"),)
    assert (
        refused("aws-access-key", secret, temporary).reason == "AWS_SESSION_TOKEN belongs to it, and the entry has none"
    )
    whole = question("aws-access-key", secret, (*temporary, ("AWS_SESSION_TOKEN", "IQoJ" + "x" * 200)))
    made = request(whole.attempts[0], whole.attempts[0].texts, NOW)
    assert dict(made.headers)["X-Amz-Security-Token"] == "IQoJ" + "x" * 200


@pytest.mark.parametrize(
    ("rule", "wanted", "reason"),
    [
        ("twitch", Wanted(), None),
        ("exa", Wanted(), "nobody has confirmed"),
        ("exa", Wanted(experimental=True), "may be billed as one search"),
        ("exa", ALL, None),
        ("kagi", Wanted(), "is billed as one query"),
    ],
)
def test_what_needs_leave(rule: str, wanted: Wanted, reason: str | None) -> None:
    found = attempts(finding(rule, token(rule)), Told((), True), wanted, registries)
    assert (found.reason if isinstance(found, Unasked) else "") == "" if reason is None else reason in str(found)


def test_a_registry_is_the_users_own() -> None:
    found = attempts(finding("npm", token("npm")), Told((), True), ALL, lambda tool, token: "")
    assert isinstance(found, Unasked)
    assert found.reason == "the user's own configuration of npm names no registry"
    assert "registry" not in " ".join(rule_file("npm")["check"]["url"].split("{host}"))


def test_a_token_names_who_made_it() -> None:
    """A registry of the user's own gets no token of another one."""
    text = token("pypi")
    assert location_of(text).count(".") == 1
    found = attempts(finding("pypi", text), Told((), True), ALL, lambda tool, token: REGISTRY)
    assert isinstance(found, Unasked)
    assert found.reason == "it was made by another service than the one that is named"
    assert urls("pypi") == [f"https://upload.{location_of(text)}/legacy/"]


@pytest.mark.parametrize("text", ["", "pypi", "pypi-", "pypi-AAAA", "pypi-AgH_" + "A" * 40, "pypi-" + "\u00e9" * 9])
def test_what_names_nobody(text: str) -> None:
    assert location_of(text) == ""


NPM, TWINE = "npm_" + "x" * 36, "pypi-" + "y" * 80
FILES = {
    ".npmrc": f"; mine\nregistry = https://npm.corp.example/all/\n//npm.vendor.example/:_authToken={NPM}\n",
    ".pypirc": "[distutils]\nindex-servers = pypi\n[corp]\nrepository = https://pypi.corp.example/\n"
    f"[other]\nrepository: https://other.corp.example/\npassword = {TWINE}\n",
}


@pytest.mark.parametrize(
    ("tool", "text", "environ", "expected"),
    [
        ("npm", "other", {}, "https://npm.corp.example/all/"),
        ("npm", NPM, {}, "https://npm.vendor.example/"),
        ("npm", "other", {"npm_config_registry": "https://env.example/"}, "https://env.example/"),
        ("npm", "other", {"npm_config_registry": "https://${HOST}/"}, ""),
        ("npm", "other", {"NPM_CONFIG_USERCONFIG": "/nowhere"}, ""),
        ("twine", "other", {}, ""),
        ("twine", TWINE, {}, "https://other.corp.example/"),
        ("twine", "other", {"TWINE_REPOSITORY": "corp"}, "https://pypi.corp.example/"),
        ("twine", "other", {"TWINE_REPOSITORY_URL": "https://env.example/"}, "https://env.example/"),
    ],
)
def test_what_npm_and_twine_are_set_to(
    tool: str, text: str, environ: dict[str, str], expected: str, home: Path
) -> None:
    for name, content in FILES.items():
        (home / name).write_text(content)
    assert tools(str(home), environ)(tool, text) == expected


@pytest.mark.parametrize("content", ["", "[", "no=sections", "[a]\n[a]\n", "\0", "[pypi]\nusername = x\n"])
def test_odd_files_name_nobody(content: str, home: Path) -> None:
    for name in FILES:
        (home / name).write_text(content)
    for tool in ("npm", "twine"):
        assert tools(str(home), {})(tool, "x") == ""


def test_values_are_encoded_for_their_place() -> None:
    """A value beside a credential cannot add a header, a parameter or a segment."""
    for text in ("a/../b", "a?b=c", "a#b", "a%2fb"):
        made = question("confluent", "k" * 64, (("CONFLUENT_CLOUD_API_KEY", text),))
        url = request(made.attempts[0], made.attempts[0].texts, NOW).url
        assert url.count("/") == 6
        assert "?" not in url
        assert "#" not in url
    made = question("trello-token", token("trello-token"), (("TRELLO_API_KEY", "a&token=b"),))
    assert "key=a%26token%3Db&" in request(made.attempts[0], made.attempts[0].texts, NOW).url


@pytest.mark.parametrize("text", ["a\nX-Evil: 1", "a\r\n\r\nGET /", "\u20ac" * 40, "a\x00b"])
def test_what_no_header_can_carry(text: str) -> None:
    from unsprawl.scanner.validate.render import Unsendable

    made = question("cloudflare-global-key", token("cloudflare-global-key"), (("CLOUDFLARE_EMAIL", f"x{text}x"),))
    with pytest.raises(Unsendable):
        request(made.attempts[0], made.attempts[0].texts, NOW)


def test_nothing_shows_itself() -> None:
    """No record on the way holds a value in its `repr`."""
    key = token("github-pat-classic")
    asked = question("github-pat-classic", key, (("GITHUB_HOST", "github.com"), ("OTHER", "private words")))
    made = request(asked.attempts[0], asked.attempts[0].texts, NOW)
    for shown in (asked, asked.attempts[0], made, Told((("A", "private words"),))):
        assert key not in repr(shown)
        assert "private words" not in repr(shown)
