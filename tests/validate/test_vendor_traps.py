"""The traps of single vendors: how they must be asked, what a refusal proves, and whose a credential is at all."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.servers.sites import Asked, Reply, document
from tests.validate.bed import ALL, Vendors, finding, question, refused, registries, rule_file, sample, sent, vendors
from unsprawl.rules.bundle_checks import CHECKS
from unsprawl.rules.check import checks
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Context, Literal, SlotKind
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate.attempt import attempts
from unsprawl.scanner.validate.judge import judged
from unsprawl.scanner.validate.render import request
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

HOSTS = (
    "acme.atlassian.net", "api.atlassian.com", "api.bitbucket.org", "api.cloudflare.com", "connect.squareup.com",
    "connect.squareupsandbox.com", "hass.corp.example",
)  # fmt: skip
SITE = (("JIRA_URL", "https://acme.atlassian.net"), ("JIRA_USERNAME", "ada@acme.example"))
NOW = "20261128T120000Z"


def token(rule: str, number: int = 0) -> str:
    return sample(rule_file(rule)["formats"][number], Random(f"trap {rule}"))


def made(template: str) -> str:
    return expand(template, Random(template))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), HOSTS) as found:
        yield found


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    found, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    found.asked.clear()
    return found


# --- a refusal that is none


@pytest.mark.parametrize(
    ("scoped", "state"),
    [
        (document({"accountId": "1", "emailAddress": "ada@acme.example"}), "live"),
        (document({"code": 401, "message": "Unauthorized; scope does not match"}, 401), "live_restricted"),
        (document({"code": 401, "message": "Unauthorized"}, 401), "unknown"),
    ],
)
def test_a_token_of_atlassian_with_scopes(scoped: Reply, state: str, bed: Vendors) -> None:
    """The site says 401 to live ones: their address is another, below an id that the site tells anybody."""

    def answer(asked: Asked) -> Reply:
        if asked.headers["host"] == "api.atlassian.com":
            return scoped if asked.path.startswith("/ex/jira/0a1b/") else Reply(404)
        if asked.path == "/_edge/tenant_info":
            assert "authorization" not in asked.headers
            return document({"cloudId": "0a1b"})
        return Reply(401, (("Content-Type", "text/plain"),), b"Client must be authenticated to access this resource.")

    bed.answer = answer
    assert bed.verdict(question("atlassian-api-token", token("atlassian-api-token"), SITE)).state == state


def test_a_token_of_atlassian_holds_signs_of_its_own() -> None:
    """What stands before the checksum may hold `=`; the last one counts."""
    checksum = checksum_of(rule_file("atlassian-api-token")["formats"][0])
    text = expand("ATATT3xFfGF0{w:80}={w:90}={chk}", Random(1), checksum)
    assert rule_of(text, "JIRA_API_TOKEN") == "atlassian-api-token"
    assert rule_of(text[:-1] + ("0" if text[-1] != "0" else "1"), "X") != "atlassian-api-token"


ACCOUNT = "0123456789abcdef" * 2


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("kind", ["cfat", "old"])
def test_a_token_of_a_cloudflare_account(kind: str, beside: bool, bed: Vendors) -> None:
    """The address for tokens of users refuses it; without the account nobody can say that it is dead."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith(f"/accounts/{ACCOUNT}/tokens/verify"):
            return document({"success": True, "result": {"id": "t", "status": "active"}})
        return document({"success": False, "errors": [{"code": 1000, "message": "Invalid API Token"}]}, 401)

    bed.answer = answer
    text = made("{w:40}" if kind == "old" else "cfat_{an:40}{h:8}")
    pairs = (("CLOUDFLARE_ACCOUNT_ID", ACCOUNT),) if beside else ()
    verdict = bed.verdict(question("cloudflare-api-token", text, pairs))
    assert verdict.state == ("live" if beside else "unknown")


@pytest.mark.parametrize(("sandbox", "state"), [(200, "live"), (401, "invalid")])
def test_a_token_of_squares_sandbox(sandbox: int, state: str, bed: Vendors) -> None:
    """Production refuses it; only when the sandbox does too is it dead."""

    def answer(asked: Asked) -> Reply:
        if asked.headers["host"] == "connect.squareupsandbox.com":
            return document({"merchant_id": "M1", "scopes": ["PAYMENTS_READ"]}, sandbox)
        return document({"errors": [{"code": "UNAUTHORIZED"}]}, 401)

    bed.answer = answer
    verdict = bed.verdict(question("square", token("square")))
    assert (verdict.state, [asked.headers["host"] for asked in bed.asked][-1]) == (state, "connect.squareupsandbox.com")


REASONS = ["SERVICE_DISABLED", "API_KEY_SERVICE_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED"]
PUBLIC = {"authenticatedUser": {"id": "a", "providerDisplayName": "Anonymous"}}
ANSWERS: dict[str, tuple[str, str, int, object, dict[str, str]]] = {
    "GitHub: single sign-on": ("live_restricted", "github-oauth", 403, {"message": "x"}, {"x-github-sso": "required"}),
    "GitHub: an address list": ("live_restricted", "github-app-user", 403, {"message": "IP allow list enabled"}, {}),
    "GitHub: a busy one": ("rate_limited", "github-app-installation", 403, {"message": "x"}, {"retry-after": "1"}),
    "GitHub: no name of the program": ("unknown", "github-pat-fine-grained", 403, "needs a User-Agent header", {}),
    "Linear: 200, and refused": (
        "invalid", "linear-api-key", 200, {"errors": [{"extensions": {"code": "AUTHENTICATION_ERROR"}}]}, {}
    ),
    "Bitbucket: other scopes": ("live_restricted", "bitbucket-app-password", 403, {"error": {"message": "scopes"}}, {}),
    "ClickUp: its own codes": ("invalid", "clickup-token", 401, {"err": "Token invalid", "ECODE": "OAUTH_025"}, {}),
    "Notion: no version": ("unknown", "notion-token", 400, {"code": "missing_version"}, {}),
    "Azure DevOps: a page to sign in": (
        "invalid", "azure-devops-pat", 203, "<html>Sign In</html>", {"content-type": "text/html"}
    ),
    "Azure DevOps: a public project": ("invalid", "azure-devops-pat", 200, PUBLIC, {}),
    "OpenAI: the wrong country": (
        "unknown", "openai-project", 403, {"error": {"code": "unsupported_country_region_territory"}}, {}
    ),
    "OpenAI: no money": ("live_restricted", "openai-legacy", 429, {"error": {"code": "insufficient_quota"}}, {}),
    "Kagi: no money": ("live_restricted", "kagi", 402, {"error": [{"code": 101}]}, {}),
    "Sentry: a token for uploads": ("live_restricted", "sentry-org", 403, {"detail": "no permission"}, {}),
    "CircleCI: of a project": ("live", "circleci", 404, {"message": "Project not found"}, {}),
    "Telegram: 404": ("invalid", "telegram-bot", 404, {"ok": False, "error_code": 404}, {}),
    "Slack: an empty message": ("live", "slack-webhook", 400, "no_text", {}),
    "Slack: an archived channel": ("revoked", "slack-webhook", 410, "channel_is_archived", {}),
    "Facebook: its time is over": (
        "invalid", "facebook-meta", 400, {"error": {"type": "OAuthException", "code": 190}}, {}
    ),
    "Pinecone: no rights here": ("live_restricted", "pinecone", 403, {"error": {"code": "FORBIDDEN"}}, {}),
    "Dropbox: its time is over": ("expired", "dropbox", 401, {"error": {".tag": "expired_access_token"}}, {}),
    "Anthropic: too many ask": ("unknown", "anthropic-api", 529, {"error": {"type": "overloaded_error"}}, {}),
    **{
        f"Google: {each}": ("live_restricted", "google-api-key", 403, {"error": {"details": [{"reason": each}]}}, {})
        for each in REASONS
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_answer_proves(name: str) -> None:
    state, rule, status, body, headers = ANSWERS[name]
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = {"content-type": "text/plain" if isinstance(body, str) else "application/json"}
    answer = Answer("https://x", status, tuple({**kind, **headers}.items()), data)
    assert judged(checks(rule)[0], answer, {"token": "x"}).state == state


# --- how each is asked


def headers_of(rule: str, number: int = 0, *pairs: tuple[str, str]) -> tuple[str, dict[str, str], str]:
    """(address, headers, credential) of the first request."""
    text = token(rule, number)
    attempt = question(rule, text, pairs).attempts[0]
    asked = request(attempt, attempt.texts, NOW)
    return asked.url, dict(asked.headers), text


@pytest.mark.parametrize(
    ("rule", "header", "value"),
    [
        ("linear-api-key", "Authorization", "{}"),  # an OAuth token with Bearer, a key without
        ("linear-oauth", "Authorization", "Bearer {}"),
        ("discord-bot", "Authorization", "Bot {}"),
        ("anthropic-api", "x-api-key", "{}"),
        ("google-api-key", "x-goog-api-key", "{}"),
        ("google-auth-key", "x-goog-api-key", "{}"),
        ("klaviyo", "Authorization", "Klaviyo-API-Key {}"),
        ("clickup-token", "Authorization", "{}"),
        ("notion-token", "Authorization", "Bearer {}"),
        ("gitlab-pat", "PRIVATE-TOKEN", "{}"),
    ],
)
def test_the_header_that_it_wants(rule: str, header: str, value: str) -> None:
    url, headers, text = headers_of(rule)
    assert headers[header] == value.format(text)
    assert text not in url  # an address is in every log on the way
    assert sum(text in held for held in headers.values()) == 1


def test_headers_without_which_a_live_one_is_refused() -> None:
    assert headers_of("notion-token")[1]["Notion-Version"]
    assert headers_of("anthropic-api")[1]["anthropic-version"]
    assert headers_of("klaviyo")[1]["revision"]
    assert (
        "User-Agent"
        not in headers_of("supabase-secret-key", 0, ("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co"))[1]
    )


@pytest.mark.parametrize("rule", ["google-api-key", "google-auth-key"])
def test_a_key_of_google_is_in_no_address(rule: str) -> None:
    assert all(not check.query for check in checks(rule))


# --- what is not asked


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("dockerhub", "mints"),
        ("zoom-s2s", "mints"),
        ("paypal", "mints"),
        ("reddit", "mints"),
        ("crowdstrike", "mints"),
        ("snowflake-pat", "warehouse"),
        ("ref-tools", "credit"),
        ("brave-search", "search request"),
        ("exa", "search"),
        ("kagi", "quer"),
    ],
)
def test_what_costs_or_makes_something_needs_leave(rule: str, names: str) -> None:
    first = checks(rule)[0]
    assert first.asks_first
    assert names in f"{first.cost} {first.traces}"


@pytest.mark.parametrize(
    ("rule", "avoided"),
    [
        ("vercel-ai-gateway", "chat"),
        ("openrouter", "chat"),
        ("gitlab-pat", "/projects"),  # public ones answer anybody
        ("discord-bot", "messages"),
        ("telegram-bot", "close"),
        ("digitalocean", "/oauth/token"),
    ],
)
def test_addresses_that_prove_nothing_or_do_something(rule: str, avoided: str) -> None:
    assert not any(avoided in check.url for check in checks(rule))


@pytest.mark.parametrize("rule", ["zapier-webhook", "github-refresh", "linkedin-cookie"])
def test_nobody_is_asked_where_asking_is_using(rule: str) -> None:
    assert rule not in CHECKS


OTHER_FORMS = [
    ("digitalocean", "dor_v1_{h:64}"),  # its exchange takes it
    ("anthropic-oauth", "sk-ant-ort01-{w:95}"),
    ("salesforce", "5Aep{an:84}"),
    ("slack-config", "xoxe-1-{an:147}"),
    ("vercel", "vcr_{an:56}"),
    ("contentful", "{w:43}"),  # it reads what is published, elsewhere
    ("databricks-pat", "dose{h:32}"),  # a secret of an application
    ("shopify", "shpss_{h:32}"),
    ("shopify", "shptka_{h:32}"),
    ("square", "sq0csp-{w:43}"),
    ("zoho", "{h:42}"),
    ("twitter-x", "{an:50}"),
    ("posthog-personal", "phs_{an:43}"),  # of a project, and no person's
    ("postman", "PMAT-{Ud:26}"),
    ("xai", "xai-token-{an:80}"),
    ("planetscale", "pscale_pw_{w:43}"),  # of a database
    ("plaid", "access-production-{uuid}"),
    ("facebook-meta", "IGAA{w:150}"),
    ("dynatrace", "dt0s02.{Ud:8}.{Ud:64}"),
]


@pytest.mark.parametrize(("rule", "template"), OTHER_FORMS)
def test_another_form_of_a_kind_is_not_asked_as_if_it_were_the_first(rule: str, template: str) -> None:
    """Its vendor would refuse it there, and a live one would be called dead."""
    host = rule_file(rule)["check"]
    names = (host if isinstance(host, dict) else host[0]).get("host", {}).get("names", [""])
    below = (host if isinstance(host, dict) else host[0]).get("host", {}).get("below", ["x.example"])
    told = Told(((names[0], f"https://acme.{below[0]}"), ("PLAID_CLIENT_ID", "0" * 24)), True)
    found = attempts(finding(rule, made(template)), told, ALL, registries)
    assert isinstance(found, Unasked)
    assert found.reason == "no way to ask about one of this form is known"


@pytest.mark.parametrize(
    ("rule", "template", "path", "header"),
    [
        ("composio", "oak_{w:20}", "/api/v3/org/projects", "x-org-api-key"),
        ("deno-deploy", "ddo_{an:36}", "/organization", "Authorization"),
        ("planetscale", "pscale_oauth_{w:43}", "/v1/organizations", "Authorization"),
        ("paypal", "A21AA{w:92}", "/v1/identity/openidconnect/userinfo?schema=openid", "Authorization"),
    ],
)
def test_another_form_is_asked_in_its_own_way(rule: str, template: str, path: str, header: str) -> None:
    text = made(template)
    attempt = question(rule, text).attempts[0]
    asked = request(attempt, attempt.texts, NOW)
    assert asked.url.endswith(path)
    assert text in dict(asked.headers)[header]
    assert isinstance(
        attempts(finding(rule, text), Told((), True), ALL._replace(experimental=False), registries), Unasked
    )


def test_a_token_with_the_name_of_its_scheme() -> None:
    """Twitch's bots write `oauth:` before it, which is no part of it."""
    attempt = question("twitch", made("oauth:{ld:30}")).attempts[0]
    asked = request(attempt, attempt.texts, NOW)
    assert dict(asked.headers)["Authorization"] == "OAuth " + made("oauth:{ld:30}").removeprefix("oauth:")


@pytest.mark.parametrize(("rule", "text"), [("dropbox", "{an:11}AAAAAAAAAA{w:43}"), ("zoho", "1000.{h:32}.{h:32}")])
def test_a_form_that_two_kinds_share_is_not_called_dead(rule: str, text: str) -> None:
    """A refresh token looks the same, and is refused where it is no access token."""
    attempt = question(rule, made(text)).attempts[0]
    answer = Answer("https://x", 401, (("content-type", "application/json"),), b'{"error": "invalid"}')
    assert judged(attempt.check, answer, attempt.texts).state == "unknown"


@pytest.mark.parametrize("rule", ["twilio-auth-token", "trello-token", "algolia", "plaid"])
def test_half_of_a_pair_is_not_called_dead(rule: str) -> None:
    found = attempts(finding(rule, token(rule)), Told((), True), ALL, registries)
    assert isinstance(found, Unasked)
    assert "belongs to it" in found.reason


@pytest.mark.parametrize(
    ("rule", "names", "url", "reason"),
    [
        ("atlassian-dc-pat", "JIRA_URL", "https://acme.atlassian.net", "takes no credentials of this kind"),
        ("gitlab-pat", "GITLAB_API_URL", "https://git.corp.example/api/v4", "nobody allowed it"),
        ("home-assistant", "HA_URL", "http://192.168.1.7:8123", "nobody allowed it"),
        ("n8n-api-key", "N8N_API_URL", "https://n8n.corp.example", "nobody allowed it"),
        ("vault", "VAULT_ADDR", "https://vault.corp.example", "nobody allowed it"),
    ],
)
def test_a_server_of_ones_own_comes_first(rule: str, names: str, url: str, reason: str) -> None:
    assert reason in refused(rule, token(rule), ((names, url),)).reason


def test_the_address_of_a_bot_is_in_no_repr() -> None:
    """The token of a Telegram bot is part of the address."""
    text = token("telegram-bot")
    attempt = question("telegram-bot", text).attempts[0]
    asked = request(attempt, attempt.texts, NOW)
    assert text in asked.url
    assert text not in f"{asked!r}{attempt!r}"


# --- whose it is


def rule_of(text: str, name: str = "KEY", kind: SlotKind = SlotKind.ENV, **more: str) -> str:
    found = judge(text, Context(kind, name, **more))
    return found.rule if isinstance(found, Literal) else ""


DATABASE = "p@ss/" + "w0rd9Xq"


@pytest.mark.parametrize(
    ("template", "context", "rule"),
    [
        # what changed in 2026, and the older form
        ("ghs_{d:7}_eyJ{an:60}.eyJ{an:340}.{w:86}", {}, "github-app-installation"),
        ("AQ.Ab8RN6{w:45}", {}, "google-auth-key"),
        ("AIza{w:35}", {}, "google-api-key"),
        # two vendors, one beginning
        ("sk_live_{an:42}", {"name": "CLERK_SECRET_KEY"}, "clerk"),
        ("sk_live_{h:40}", {"name": "PAYSTACK_SECRET_KEY"}, "paystack"),
        ("sk_live_a2V5Xz{an:69}", {"name": "WORKOS_API_KEY"}, "workos"),
        ("sk_live_51{an:97}", {"name": "STRIPE_SECRET_KEY"}, "stripe-secret"),
        # `pk_` is public elsewhere
        ("pk_{d:8}_{Ud:32}", {}, "clickup-token"),
        ("pk_{h:34}", {}, "klaviyo"),
        # a name that says nothing, beside a package or a host that does
        ("{h:64}", {"name": "API_TOKEN", "package": "@brightdata/mcp"}, "brightdata"),
        ("{h:64}", {"name": "token", "kind": SlotKind.URL_QUERY, "host": "mcp.brightdata.com"}, "brightdata"),
        # an administrator of one's own GitLab may drop the beginning
        ("{w:20}", {"name": "GITLAB_PERSONAL_ACCESS_TOKEN"}, "gitlab-pat"),
        # in an address, in a header of its own name, on a command line
        ("tvly-{an:32}", {"name": "tavilyApiKey", "kind": SlotKind.URL_QUERY, "host": "mcp.tavily.com"}, "tavily"),
        ("{uuid}", {"name": "exaApiKey", "kind": SlotKind.URL_QUERY, "host": "mcp.exa.ai"}, "exa"),
        ("fc-{h:32}", {"kind": SlotKind.URL_PATH, "host": "mcp.firecrawl.dev"}, "firecrawl"),
        ("ctx7sk-{uuid}", {"name": "CONTEXT7_API_KEY", "kind": SlotKind.HEADER}, "context7"),
        ("ctx7sk-{uuid}", {"name": "api-key", "kind": SlotKind.ARG}, "context7"),
    ],
)
def test_whose_it_is(template: str, context: dict[str, str], rule: str) -> None:
    if template.startswith("sk_live_a2V5"):
        template = template.replace("{an:69}", "{an:60}+/{an:7}")
    assert rule_of(made(template), **context) == rule  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "beginning"),
    [
        ("cloudflare-api-token", "cfut_"),
        ("cloudflare-global-key", "cfk_"),
        ("vercel", "vcp_"),
        ("datadog-pat", "ddpat_"),
        ("datadog", "ddap_"),
        ("github-refresh", "ghr_"),
        ("github-app-installation", "ghs_"),
        ("atlassian-api-token", "ATATT3"),
    ],
)
def test_new_forms_are_known(rule: str, beginning: str) -> None:
    shapes = [shape for shape in rule_file(rule)["formats"] if beginning in str(shape["sample"])]
    assert shapes
    for shape in shapes:
        text = sample(shape, Random(beginning))
        assert rule_of(text, "X_TOKEN") == rule
        assert text.startswith(beginning)
    if beginning == "ghr_":
        assert len(text) == 80
        assert rule_of(text[:40]) != rule


def test_a_token_that_lost_its_rest_is_none() -> None:
    """An installation token of today holds dots; one that ends at the first is not taken for an old one."""
    whole = made("ghs_{d:7}_eyJ{an:60}.eyJ{an:340}.{w:86}")
    found = judge(whole, Context(SlotKind.ENV, "GITHUB_TOKEN"))
    assert isinstance(found, Literal)
    assert (found.start, found.end) == (0, len(whole))


def test_another_secret_of_a_gitlab_server_is_not_sent_to_gitlab() -> None:
    """A token of one's own GitLab may look like anything: its variable says that it is one, the package does not."""
    text = made("{an:24}")
    assert rule_of(text, "GITLAB_TOKEN") == "gitlab-pat"
    assert rule_of(text, "PRIVATE-TOKEN", SlotKind.HEADER) == "gitlab-pat"
    assert rule_of(text, "WEBHOOK_SECRET", package="@modelcontextprotocol/server-gitlab") not in ("", "gitlab-pat")
    assert rule_of(text, "X-Other-Token", SlotKind.HEADER, host="gitlab.com") != "gitlab-pat"


def test_the_public_id_of_a_klaviyo_account_is_none() -> None:
    assert rule_of("Xy7Ab9", "KLAVIYO_PUBLIC_KEY") == ""
    assert rule_of("Xy7Ab9", "KLAVIYO_COMPANY_ID") == ""


@pytest.mark.parametrize(
    ("scheme", "rule"),
    [
        ("postgres", "uri-postgres"),
        ("mysql", "uri-mysql"),
        ("mongodb+srv", "uri-mongodb"),
        ("redis", "uri-redis"),
        ("amqp", "uri-amqp"),
        ("clickhouse", "uri-other"),
    ],
)
def test_a_password_that_breaks_an_address(scheme: str, rule: str) -> None:
    """People write `@` and `/` as they are: the last `@` before the host ends the password, and all of it is hidden."""
    for name, kind in (("DATABASE_URL", SlotKind.ENV), ("", SlotKind.ARG)):
        text = f"{scheme}://app:p@ss" + "w0rd9Xq@db.corp.example/app"
        found = judge(text, Context(kind, name))
        assert isinstance(found, Literal)
        assert found.rule == rule
        assert "w0rd9Xq" in text[found.start : found.end]
        assert "db.corp.example" not in text[found.start : found.end]


def test_headers_in_the_text_of_a_variable(tmp_path: Path) -> None:
    """OPENAPI_MCP_HEADERS of Notion's server is JSON in a text; the token in it is what is asked about."""
    text = token("notion-token")
    held = json.dumps({"Authorization": f"Bearer {text}", "Notion-Version": "2022-06-28"})
    found = judge(held, Context(SlotKind.ENV, "OPENAPI_MCP_HEADERS"))
    assert isinstance(found, Literal)
    assert (found.rule, held[found.start : found.end]) == ("notion-token", text)


def test_three_values_in_one_argument() -> None:
    """`AC…/SK…:secret` of Twilio's server: the secret is found, and the other two go with it."""
    word = f"{made('AC{h:32}')}/{made('SK{h:32}')}:{made('{an:32}')}"
    found = judge(word, Context(SlotKind.ARG, "", package="@twilio-alpha/mcp"))
    assert isinstance(found, Literal)
    secret = word[found.start : found.end]
    assert found.rule == "twilio-api-key"
    assert secret == word.rpartition(":")[2]
    attempt = question("twilio-api-key", secret, (("", word),)).attempts[0]
    pair = b64encode(f"{word.partition('/')[2]}".encode()).decode()
    assert dict(request(attempt, attempt.texts, NOW).headers)["Authorization"] == f"Basic {pair}"


def test_nothing_of_it_is_sent_twice(bed: Vendors) -> None:
    """A home's own server is asked only where it was allowed, and once."""
    text = token("home-assistant")
    bed.answer = lambda asked: document({"message": "API running."}) if text in sent(asked) else Reply(401)
    allowed = ALL._replace(allowed=frozenset({"hass.corp.example"}))
    found = attempts(
        finding("home-assistant", text), Told((("HA_URL", "https://hass.corp.example"),), True), allowed, registries
    )
    assert isinstance(found, tuple)
    assert found[0].server.trusted
