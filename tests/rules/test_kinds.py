"""The kinds together: each is told from the others, by its format or by the vendor that its place names."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from random import Random
from typing import Any

import pytest
from tests.rules.test_examples import FORMATS, NEUTRAL, RULES, format_id, own_context, samples

from unsprawl.rules.load import load
from unsprawl.rules.samples import expand
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Placeholder, SlotKind
from unsprawl.scanner.names import SHARED, is_password
from unsprawl.scanner.vendors import brand

RANDOM = Random(2026)
AZURE_DEVOPS = "{an:52}JQQJ99{an:1}C{an:12}AAAAAZDO{an:4}"
AZURITE = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u" + "SRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def env(name: str, package: str = "", host: str = "") -> Context:
    return Context(SlotKind.ENV, name, package=package, host=host)


def bearer(host: str) -> Context:
    return Context(SlotKind.HEADER, "Authorization", "bearer", host=host)


def rule_of(judgement: Judgement) -> str:
    return judgement.rule if isinstance(judgement, Literal) else judgement.__class__.__name__


def made(template: str) -> str:
    return expand(template, RANDOM)


def test_there_are_many() -> None:
    assert len(RULES) >= 300
    assert len({rule["name"].lower() for rule in RULES}) == len(RULES)


def test_names_read_in_the_middle_of_a_sentence() -> None:
    for rule in RULES:
        assert not rule["name"].endswith("."), rule["id"]
        assert not any(char in rule["name"] for char in "/;"), rule["id"]
        assert load()[rule["id"]].one in (f"a {rule['name']}", f"an {rule['name']}")


@pytest.mark.parametrize(("rule", "index"), FORMATS, ids=format_id)
def test_every_variable_tells_the_kind(rule: dict[str, Any], index: int) -> None:
    for name in rule.get("env_names", ()):
        for sample in samples(rule, index)[:3] if name not in SHARED else ():
            judgement = judge(sample, env(name))
            assert rule_of(judgement) == rule["id"], name
            assert "though the name says" not in judgement.reason, name


@pytest.mark.parametrize("rule", [rule for rule in RULES if "formats" in rule], ids=format_id)
def test_every_host_and_package_tells_the_kind(rule: dict[str, Any]) -> None:
    places = [env("API_KEY", host=host.replace("*.", "acme.")) for host in rule.get("hosts", ())]
    places += [env("API_KEY", package=package) for package in rule.get("packages", ())]
    places += [Context(SlotKind.HEADER, header) for header in rule.get("headers", ())]
    for place in places:
        kinds = {rule_of(judge(samples(rule, index)[0], place)) for index in range(len(rule["formats"]))}
        # A vendor's kinds of the same shape cannot be told apart by where they go.
        alike = {load()[kind].provider for kind in kinds if load().get(kind)}
        assert rule["id"] in kinds or alike == {rule.get("provider")}, place


@pytest.mark.parametrize(
    ("rule", "index"), [case for case in FORMATS if case[0]["formats"][case[1]]["self_identifying"]], ids=format_id
)
def test_near_misses_are_no_tokens(rule: dict[str, Any], index: int) -> None:
    shape = rule["formats"][index]
    for sample in samples(rule, index, seed=11)[:5]:
        short = sample[: shape["length"]["min"] - 1]
        letters = [at for at, char in enumerate(sample) if char.isalnum()]
        middle = letters[len(letters) // 2]
        for miss in (short, f"{sample[:middle]}\u00e9{sample[middle + 1 :]}"):
            judgement = judge(miss, NEUTRAL)
            whole = isinstance(judgement, Literal) and (judgement.start, judgement.end) == (0, len(miss))
            assert not (whole and rule_of(judgement) == rule["id"] and not fits_another(rule, miss))


def fits_another(rule: dict[str, Any], value: str) -> bool:
    """Whether a shorter format of the same kind has it."""
    return any(shape.self_identifying and shape.fits(value) for shape in load()[rule["id"]].formats)


STAND_INS = [
    "${GITHUB_TOKEN}", "${env:GITHUB_TOKEN}", "${input:github_token}", "${VAR:-}", "{env:GITHUB_TOKEN}",
    "$GITHUB_TOKEN", "%GITHUB_TOKEN%", "$env:TOKEN", "<your-token>", "<YOUR_API_KEY>",
    "<YOUR_CLICKHOUSE_PASSWORD_HERE>", "YOUR_API_KEY", "YOUR-API-KEY", "your_api_key_here", "your-tavily-apikey-here",
    "xoxb-your-bot-token", "xxx", "xxxx", "changeme", "change-me", "password", "none", "null", "test", "DUMMY",
    "FILL_HERE", "op://Private/GitHub/token", "{{github_token}}", "{{ secrets.X }}", "${{ secrets.TOKEN }}",
    "vault://secret/data/x#token", "ref+vault://kv/x", "authsome-proxy-managed", "/run/secrets/token",
    "~/.config/gcloud/key.json", "./service-account.json", "C:\\Users\\me\\key.json", "true", "false", "1", "8080",
    "https://api.example.com/v1", "info", "stdio", "2022-06-28", "ghp_" + "x" * 36, "sk-proj-****", "sk-or-v1-****",
    "sk-...", "xoxb-...", "bkua_xxxxx", "ntn_****", "tsec_xxxxxxxxxxxxxxxxxxx", "AIza****",
    "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY", "00000000-0000-0000-0000-000000000000",
    "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "yourpassword", "super_S3cret", "your-api-key", "pk_live_" + "a1B2" * 6,
    "phc_" + "a1B2" * 11, "sb_publishable_dummy_key_1", "T0123ABCD", "user@example.com", "$(op read op://x/y/z)",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:x", "REDACTED", "paste_token_here", "insert-key",
    "test-api-key", "sk-your-openai-key", "my-secret-key", "@/run/secrets/x", "projects/p/secrets/s/versions/latest",
    "Enter your key", "example",
]  # fmt: skip
SETTINGS = ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro", "us-east-1", "eu-central-1", "C0123ABCD, C0456EFGH"]
"""Settings that somebody may have for a password."""


@pytest.mark.parametrize("rule", RULES, ids=format_id)
def test_stand_ins_are_quiet_under_every_vendors_name(rule: dict[str, Any]) -> None:
    place = own_context(rule)
    for value in STAND_INS + ([] if is_password(place.name) else SETTINGS):
        assert not isinstance(judge(value, place), Literal), value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (made("pk_live_51{an:24}"), env("STRIPE_API_KEY")),
        (made("pk_test_{an:40}"), env("CLERK_API_KEY")),
        (made("phc_{an:43}"), env("POSTHOG_API_KEY")),
        (made("pk-lf-{uuid}"), env("LANGFUSE_API_KEY")),
        (made("pk.eyJ{w:60}.{w:22}"), env("MAPBOX_ACCESS_TOKEN")),
        (made("sb_publishable_{w:22}_{w:8}"), env("SUPABASE_KEY")),
        (made("NRJS-{h:19}"), env("NEW_RELIC_API_KEY")),
        (made("rzp_live_{an:14}"), env("RAZORPAY_API_KEY")),
        (made("sq0idp-{w:22}"), env("SQUARE_TOKEN")),
        (made("mdb_sa_id_{h:24}"), env("MDB_MCP_API_CLIENT_SECRET")),
        (made("pubkey-{h:32}"), env("MAILGUN_API_KEY")),
        (made("pub{h:32}"), env("DD_API_KEY")),
        (made("APP_USR-{uuid}"), env("MERCADO_PAGO_API_KEY")),
        (made("mob-{uuid}"), env("LAUNCHDARKLY_API_KEY")),
        (made("https://{h:32}@o123456.ingest.us.sentry.io/4507"), env("SENTRY_AUTH_TOKEN")),
        (made("age1{ld:58}"), env("SOPS_AGE_KEY")),
        (made("AC{h:32}"), env("TWILIO_AUTH_TOKEN")),
        (made("{h:32}"), env("AMPLITUDE_API_KEY")),
        (made("{h:32}"), env("BUGSNAG_PROJECT_API_KEY")),
        (made("{h:32}"), env("MIXPANEL_TOKEN")),
        (made("{h:32}"), env("SHOPIFY_STOREFRONT_ACCESS_TOKEN")),
        (made("{h:32}"), env("NEXT_PUBLIC_ALGOLIA_SEARCH_KEY")),
        ("POSTMARK_API_TEST", env("POSTMARK_API_TOKEN")),
        ("DEMO_KEY", env("NASA_API_KEY")),
        ("test test test test test test test test test test test junk", env("MNEMONIC")),
        ("0xac0974bec39a17e36ba4a6b4d238ff94" + "4bacb478cbed5efcae784d7bf4f2ff80", env("EVM_PRIVATE_KEY")),
        (AZURITE, env("AZURE_STORAGE_KEY")),
    ],
)  # fmt: skip
def test_what_may_be_published_is_quiet(value: str, place: Context) -> None:
    assert isinstance(judge(value, place), Harmless | Placeholder)


@pytest.mark.parametrize(
    ("value", "place", "rule"),
    [
        # Look publishable and are secrets.
        (made("pk_{d:8}_{Ud:32}"), NEUTRAL, "clickup-token"),
        (made("pk_{h:34}"), NEUTRAL, "klaviyo"),
        # Several vendors' keys begin alike: the vendor's own name, header or host decides.
        (made("sk_test_{an:42}"), NEUTRAL, "stripe-secret"),
        (made("sk_test_{an:42}"), env("STRIPE_SECRET_KEY"), "stripe-secret"),
        (made("sk_test_{an:42}"), env("CLERK_SECRET_KEY"), "clerk"),
        (made("sk_live_{h:40}"), env("PAYSTACK_SECRET_KEY"), "paystack"),
        (made("sk_live_a2V5Xz{b:69}"), env("WORKOS_API_KEY"), "workos"),
        (made("sk_live_{h:40}"), bearer("api.paystack.co"), "paystack"),
        (made("sk-{an:48}"), env("MOONSHOT_API_KEY"), "moonshot"),
        (made("sk-{an:48}"), env("STABILITY_API_KEY"), "stability"),
        (made("sk-{an:20}T3BlbkFJ{an:20}"), env("MOONSHOT_API_KEY"), "openai-legacy"),
        (made("{an:52}JQQJ99{an:1}C{an:12}AAABACOG{an:4}"), NEUTRAL, "azure-openai-key"),
        (made(AZURE_DEVOPS), NEUTRAL, "azure-devops-pat"),
        (made("{an:52}JQQJ99{an:1}C{an:12}AAAAAZMP{an:4}"), NEUTRAL, "azure-identifiable-key"),
        (made("EAAA{w:60}"), NEUTRAL, "square"),
        (made("EAAG{an:180}"), NEUTRAL, "facebook-meta"),
        # Bare names belong to the server that takes them.
        (made("{an:48}"), env("APITOKEN", "hostinger-api-mcp"), "hostinger"),
        (made("EAAA{w:60}"), env("ACCESS_TOKEN", "square-mcp-server"), "square"),
        (made("{h:64}"), env("API_TOKEN", "@brightdata/mcp"), "brightdata"),
        # The key in an address.
        (made("{w:32}"), Context(SlotKind.URL_PATH, "", "segment", host="eth-mainnet.g.alchemy.com"), "alchemy"),
        (made("{w:32}"), Context(SlotKind.URL_PATH, "", "segment", host="docs.example.org"), "generic-secret"),
        (made("cloudinary://{d:15}:{w:27}@demo"), env("CLOUDINARY_URL"), "cloudinary"),
        # Without the vendor nothing is claimed for it.
        (made("{h:40}"), env("ACME_API_KEY"), "generic-secret"),
        (made("{uuid}"), env("EXA_API_KEY"), "exa"),
        (made("{uuid}"), env("ACME_PROJECT_ID"), "Harmless"),
    ],
)  # fmt: skip
def test_alike_and_told_apart(value: str, place: Context, rule: str) -> None:
    assert rule_of(judge(value, place)) == rule


def token(payload: dict[str, Any]) -> str:
    """An unsigned shell of a JSON Web Token with a random signature."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "HS256"}, payload)]
    return ".".join([*parts, made("{w:43}")])


PAD = {"pad": "0123456789" * 8}


@pytest.mark.parametrize(
    ("payload", "place", "rule"),
    [
        ({"role": "service_role", "iss": "supabase"}, NEUTRAL, "supabase-secret-key"),
        ({"role": "anon", "iss": "supabase"}, env("SUPABASE_KEY"), "Harmless"),
        ({"iss": "n8n", "aud": "public-api"}, NEUTRAL, "n8n-api-key"),
        ({"sub": "system:serviceaccount:prod:deployer"}, NEUTRAL, "kubernetes-token"),
        ({"sub": "system:node:a"}, NEUTRAL, "jwt"),
        ({"sub": ["system:serviceaccount:"]}, NEUTRAL, "jwt"),
        ({"tid": 1, **PAD}, env("MONDAY_API_TOKEN"), "monday-token"),
        ({"tid": 1, **PAD}, bearer("api.monday.com"), "monday-token"),
        ({"a": "rw", **PAD}, env("TURSO_AUTH_TOKEN"), "turso"),
        ({"access": "m", **PAD}, env("QDRANT_API_KEY"), "qdrant"),
        ({"iss": "x", **PAD}, env("SNOWFLAKE_PAT"), "snowflake-pat"),
        ({"iss": "x", **PAD}, env("ACME_TOKEN"), "jwt"),
        ({"role": "service_role", **PAD}, env("QDRANT_API_KEY"), "supabase-secret-key"),
    ],
)
def test_who_issued_a_web_token(payload: dict[str, Any], place: Context, rule: str) -> None:
    assert rule_of(judge(token(payload), place)) == rule


@pytest.mark.parametrize(
    ("value", "name", "said"),
    [
        (made("AIza{w:35}"), "GITHUB_TOKEN", "looks like a Google API key, though the name says GitHub"),
        (made("sk-or-v1-{h:64}"), "OPENAI_API_KEY", "looks like an OpenRouter API key, though the name says OpenAI"),
        (made("rnd_{an:28}"), "HEROKU_API_KEY", "looks like a Render API key, though the name says Heroku"),
        (made("xai-{an:80}"), "GROQ_API_KEY", "looks like an xAI API key, though the name says Groq"),
        (made(AZURE_DEVOPS), "AZURE_SEARCH_API_KEY", "Azure DevOps personal access token (format)"),
        (made("rnd_{an:28}"), "MAKE_BACKUP_TOKEN", "Render API key (format)"),
        (made("rnd_{an:28}"), "X-Api-Key", "Render API key (format)"),
        (made("rnd_{an:28}"), "LINE_ENDING_KEY", "Render API key (format)"),
        (made("rnd_{an:28}"), "API_KEY", "Render API key (format)"),
        (made("rnd_{an:28}"), "MAKE_API_KEY", "looks like a Render API key, though the name says Make"),
    ],
)  # fmt: skip
def test_a_value_that_disagrees_with_its_name(value: str, name: str, said: str) -> None:
    judgement = judge(value, env(name))
    assert isinstance(judgement, Literal)
    assert (judgement.confidence, judgement.reason) == (Confidence.HIGH, said)


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("GITHUB_WORK_TOKEN", "GitHub"),
        ("BETTER_STACK_SOURCE_TOKEN", "Better Stack"),
        ("AZURE_DEVOPS_ORG_PAT", "Azure DevOps"),
        ("AZURE_TOKEN", "Azure"),
        ("BOX_TOKEN", "Box"),
        ("BOX_COLOR_KEY", ""),
        ("MAKE_KEY", "Make"),
        ("MAKE_SURE_TOKEN", ""),
        ("LINEAR_SCALE_KEY", ""),
        ("X_API_KEY", ""),
        ("REF_ID_KEY", ""),
        ("CLOSE_WINDOW_TOKEN", ""),
        ("SQUARE_ROOT_KEY", ""),
        ("TOGETHER_TOKEN", ""),
        ("TOGETHER_API_KEY", "Together AI"),
    ],
)
def test_the_vendor_in_a_name(name: str, vendor: str) -> None:
    assert brand(env(name)) == vendor


@pytest.mark.parametrize("rule", RULES, ids=format_id)
def test_no_variable_speaks_of_another_vendor(rule: dict[str, Any]) -> None:
    if "provider" in rule:
        assert {brand(env(name)) for name in rule.get("env_names", ())} <= {"", rule["provider"]}


@pytest.mark.parametrize(
    ("package", "rules"),
    [
        ("mcp/line", {"line-token"}),
        ("mcp/line:1.2", {"line-token"}),
        ("mcp/linear", set()),
        ("@acme/mcp-server-box", {"box"}),
        ("mcp-server-boxes", set()),
        ("@Brightdata/MCP", {"brightdata"}),
        ("@apify/actors-mcp-server", {"apify"}),
        ("mcp/reference", set()),
    ],
)
def test_packages_are_whole_words(package: str, rules: set[str]) -> None:
    assert {rule.id for rule in load().of_package(package)} == rules
