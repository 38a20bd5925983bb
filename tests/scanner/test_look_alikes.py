"""Credentials that hardly look like one, each beside what looks just like it and is none."""

from __future__ import annotations

import json

import pytest
from tests.scanner.test_values_in_entries import HEX, KEY, KEY2, PW, UUID, args, env, headers, told

from unsprawl.scanner.detect import judge
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Confidence, Context, Harmless, Literal, SlotKind

SHORT = KEY[:16]
SLUG = "forgotten-salty-" + "otter-mEYo7W"
GOOGLE = "AIza" + (KEY + KEY2)[:35]
SID = "SK" + HEX


def secrets(entry: object) -> list[str]:
    return [secret for _, _, secret in told(entry)]


OPENING = [
    ("https://mcp.composio.dev/gmail/{}?agent=cursor", SLUG),
    ("https://mcp.composio.dev/perplexityai/{}", "forgotten-salty-" + "otter-toO-ps"),
    ("https://mcp.composio.dev/composio/server/{}/mcp", UUID),
    ("https://mcp.api-inference.modelscope.net/{}/sse", HEX[:14]),
    ("https://api.dify.ai/mcp/server/{}/mcp", SHORT),
    ("https://cloud.activepieces.com/api/v1/mcp/{}/sse", KEY[:21]),
    ("https://mcp.viasocket.com/mcp/{}", KEY[:18]),
    ("https://mcp.gumloop.com/gmail/{}/mcp", HEX[:24]),
    ("https://mcp.firecrawl.dev/{}/v2/mcp", HEX),
    ("https://acme.app.n8n.cloud/mcp/{}", UUID),
    ("https://n8n.acme.test/mcp/{}/sse", UUID),
    ("https://open.feishu.cn/open-apis/bot/v2/hook/{}", UUID),
    ("https://mcp.pipedream.net/{}/slack", UUID),
    ("https://mcp.klavis.ai/mcp/?instance_id={}", UUID),
    ("https://mcp.acme.test/mcp/{}", KEY[:20]),
]
"""Addresses that whoever knows them may use."""


@pytest.mark.parametrize(("address", "value"), OPENING)
def test_the_part_that_opens_an_address_is_found(address: str, value: str) -> None:
    assert secrets({"url": address.format(value)}) == [value]
    assert secrets(args("mcp-remote", address.format(value))) == [value]


@pytest.mark.parametrize(
    "address",
    [
        "https://mcp.composio.dev/perplexityai/mcp-servers-and-tools",
        "https://mcp.composio.dev/google-calendar-v3/streamable-http",
        "https://mcp.composio.dev/projects/" + UUID,
        f"https://api.dify.ai/v1/datasets/{UUID}/documents/{UUID}",
        "https://discord.com/channels/112233445566778899/998877665544332211",
        "https://mcp.acme.test/mcp/streamable-http-transport",
        f"https://agent365.svc.cloud.microsoft/mcp/environments/{UUID}/servers/MCP_MailTools",
        f"https://agent365.svc.cloud.microsoft/agents/tenants/{UUID}/servers/mcp_TeamsServer",
        f"https://api.fabric.microsoft.com/v1/workspaces/{UUID}/items/{UUID}/mcp",
        f"https://gateway.ai.cloudflare.com/v1/{HEX}/my-gateway/openai",
        f"https://adb-7405610928374651.11.azuredatabricks.net/api/2.0/mcp/genie/{HEX}",
        f"https://acme.atlassian.net/gateway/api/graphql/{UUID}",
        f"https://api.atlassian.com/ex/jira/{UUID}/rest/api/3",
        f"https://mcp.vercel.com/team_{KEY[:24]}/prj_{KEY[:28]}",
        f"https://mcp.acme.test/org_{KEY[:24]}/proj_{KEY2[:24]}/mcp",
        f"https://mcp.acme.test/workflows/{UUID}/sse",
        f"https://mcp.acme.test/teams/{UUID}/boards/{HEX}",
        f"https://mcp.acme.test/mcp?instance_id={UUID}",
        f"https://mcp.acme.test/sse?sessionId={UUID}",
    ],
)
def test_identifiers_in_an_address_are_quiet(address: str) -> None:
    assert not told({"url": address})
    assert not told(args("mcp-remote", address))
    assert not told(env(BASE_URL=address))


CHOSEN = ["nws-mcp-" + "gateway-token-2025", "Sunflower" + "2024!", "abxkqzwp" + "lmnrtyuv", "acme-gateway-" + "4821"]
STAND_INS = [
    "my-mcp-gateway-token-2025", "test-token-12345", "demo-api-key-2024", "secret-key-goes-here-99", "figma-token-123",
    "github-access-token", "your-team-token-2025", "super-secret-token-42", "mysecretkey1234", "MySecretKey2024",
    "local-dev-token-2025", "mcp-server-api-key", "a-long-random-string", "company-api-token", "token-value-001",
    "mein-geheimer-token-1", "mon-jeton-secret-123", "mi-clave-secreta-123", "minha-chave-api-123", "mio-token-segreto",
    "mijn-geheime-sleutel", "moj-tajny-klucz-12", "moy-token-klyuch-12", "qwertyuiop123", "short2024",
    "dev_key_v1", "admin12345", "my-api-key!", "hosted-token-v2",
]  # fmt: skip


@pytest.mark.parametrize("value", CHOSEN)
@pytest.mark.parametrize(("name", "scheme"), [("Authorization", "Bearer "), ("X-Api-Key", ""), ("Authorization", "")])
def test_words_that_somebody_chose_are_a_credential_in_a_header(name: str, scheme: str, value: str) -> None:
    assert secrets({"url": "https://api.vendor.test/mcp", "headers": {name: scheme + value}}) == [value]


def test_words_in_a_header_are_of_low_confidence() -> None:
    judgement = judge(CHOSEN[0], Context(SlotKind.HEADER, "Authorization", "bearer"))
    assert isinstance(judgement, Literal)
    assert judgement.confidence is Confidence.LOW


@pytest.mark.parametrize("value", STAND_INS)
def test_words_that_stand_for_a_credential_are_quiet(value: str) -> None:
    assert not told(headers(Authorization=f"Bearer {value}"))
    assert not told(headers(X_Api_Key=value))
    assert not told({"url": f"https://mcp.acme.test/mcp?api_key={value}"})
    assert not told(args("srv", "--api-key", value))


def test_words_in_a_query_or_flag_need_a_number() -> None:
    chosen, plain = CHOSEN[0], "abxkqzwp" + "lmnrtyuv"
    assert secrets({"url": f"https://mcp.vendor.test/mcp?token={chosen}"}) == [chosen]
    assert secrets(args("srv", "--token", chosen)) == [chosen]
    assert not told({"url": f"https://mcp.vendor.test/mcp?token={plain}"})
    assert not told(args("srv", "--token", plain))
    assert not told(env(API_TOKEN=chosen))


LARK = ("-y", "@larksuiteoapi/lark-mcp@latest", "mcp", "-a", "cli_" + HEX[:16], "-s")


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (args(*LARK, KEY), [KEY]),
        (args(*LARK, "${SECRET}"), []),
        (args("-y", "srv", "-k", KEY), [KEY]),
        (args("-y", "srv", "-t", "streamable-http"), []),
        (args("-y", "srv", "-s", UUID), []),
        (args("-y", "srv", "-d", HEX), []),
        (args("-y", "@acme/mysql-mcp", "-u", "svc", "-p", PW), [PW]),
        (args("-y", "@acme/mysql-mcp", "-u", "svc", "-p", "3306"), []),
        (args("srv", "--dbpass", PW), [PW]),
        (args("srv", "--ak", KEY, "--sk", KEY2), [KEY, KEY2]),
        (args("srv", "--ak", "default-access", "--sk", "my-secret"), []),
        (args("srv", "--code", KEY), [KEY]),
        (args("srv", "--code", "utf-8"), []),
        (args("srv", "--cookie", UUID), [UUID]),
        (args("srv", "--license", UUID), [UUID]),
        (args("srv", "--license", "Apache-2.0"), []),
        (args("srv", "--seed", UUID), [UUID]),
        (args("srv", "--seed", "42"), []),
        (args("srv", "--header-value", KEY), [KEY]),
        (args("srv", "--connection", KEY), [KEY]),
        (args("srv", "--connection", "production-readonly-replica"), []),
        (args("srv", "--env", json.dumps({"FOO_KEY": KEY, "MODE": "x"})), [KEY]),
        (args("run", "-e", "GITHUB_TOKEN", "img", command="docker"), []),
        (args("-c", f"import os; os.environ['FOO_TOKEN']='{KEY}'; import srv", command="python"), [KEY]),
        (args("-c", f'os.environ.setdefault("FOO_TOKEN", "{KEY}")', command="python3"), [KEY]),
        (args("-e", f"process.env.FOO_TOKEN = '{KEY}'; require('srv')", command="node"), [KEY]),
        (args("-c", "os.environ['FOO_TOKEN']=open('/run/x').read()", command="python"), []),
        (args("-c", f"os.environ['COMMIT']='{HEX}'", command="python"), []),
        ({"command": [f"FOO_API_KEY={KEY} npx -y srv"]}, [KEY]),
        ({"command": [f"npx -y srv --api-key {KEY}"]}, [KEY]),
        ({"command": ["/Applications/My App/bin/srv"]}, []),
    ],
)
def test_flags_and_lines(entry: object, found: list[str]) -> None:
    assert secrets(entry) == found


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (args("@twilio-alpha/mcp", f"AC{HEX}/{SID}:{KEY}9"), [KEY + "9"]),
        (env(TWILIO_CREDENTIALS=f"{SID}:{KEY}"), [KEY]),
        (env(HTTPS_PROXY=f"http://brd-customer-hl_3d30b468-zone-mcp:{PW}@brd.superproxy.test:22225"), [PW]),
        (env(HTTPS_PROXY="http://brd-customer-hl_3d30b468-zone-mcp@brd.superproxy.test:22225"), []),
        (env(REGISTRY=f"https://{KEY}:x@registry.acme.test"), [KEY]),
        (env(GEMINI_API_KEY="gen-lang-client-0635303857"), []),
        (env(GEMINI=GOOGLE, OPENROUTER="google/gemini-2.5-pro"), [GOOGLE]),
        (env(GEMINI=HEX, OPENROUTER=HEX), []),
        (env(NEXT_PUBLIC_FIREBASE_API_KEY=GOOGLE, VITE_ACME_FIREBASE_API_KEY=GOOGLE), []),
        (env(NEXT_PUBLIC_GEMINI_API_KEY=GOOGLE), [GOOGLE]),
        (env(NEXT_PUBLIC_FIREBASE_API_KEY="figd_" + KEY + KEY2[:8]), ["figd_" + KEY + KEY2[:8]]),
        (env(DINGTALK_APP_KEY="ding" + HEX[:16]), []),
        (env(DINGTALK_APP_SECRET=KEY), [KEY]),
        (env(PUMP_TOKEN=(KEY + KEY2)[:44], CONTRACT_TOKEN=(KEY + KEY2)[:43]), []),
        (env(SEGMENT_WRITE_KEY=KEY), []),
        (env(APPLICATIONINSIGHTS_CONNECTION_STRING=f"InstrumentationKey={UUID};IngestionEndpoint=https://a.test/"), []),
        (env(APPLICATIONINSIGHTS_INSTRUMENTATION_KEY=UUID), []),
        (env(ACME_WRITE_KEY=KEY), [KEY]),
        (env(E2E_PASSWORD="Password" + "123!", DEMO_PASSWORD="demo" + "1234", TEST_USER_PASSWORD="test" + "123"), []),
        (env(E2E_PASSWORD=PW), [PW]),
        (env(DB_PASSWORD="Password" + "123!"), ["Password" + "123!"]),
    ],
)
def test_identifiers_and_what_is_public(entry: object, found: list[str]) -> None:
    assert secrets(entry) == found


STRONG = [
    "SUPABASE_SERVICE_ROLE", "WX_APPSECRET", "ACCESSKEYSECRET", "WALLET_PK", "SONAR_LOGIN", "SNYK_API", "TG_HASH",
    "OTP_SEED", "SESSDATA", "密钥", "API密钥", "PWD_DB", "USERPWD", "IMAP_AUTHCODE", "EMAIL_AUTH_CODE", "密码",
    "数据库密码", "WIFI_PSK",
]  # fmt: skip


@pytest.mark.parametrize("name", STRONG)
@pytest.mark.parametrize("value", [HEX, UUID, KEY[:20]])
def test_names_that_imply_a_secret(name: str, value: str) -> None:
    assert secrets(env(**{name: value})) == [value]


@pytest.mark.parametrize("name", ["AK", "SK", "SESSION_ID", "SECRET_ID"])
def test_weak_names_need_a_random_value(name: str) -> None:
    assert secrets(env(**{name: KEY[:24]})) == [KEY[:24]]
    assert not told(env(**{name: "production-default-1"}))


@pytest.mark.parametrize("name", ["COOKIE", "LICENSE", "OTP_SEED", "VAULT_SECRET_ID"])
def test_a_uuid_is_a_secret_there(name: str) -> None:
    assert secrets(env(**{name: UUID})) == [UUID]


@pytest.mark.parametrize("name", ["SESSION_ID", "AK", "CREDENTIAL_ID", "CERT_ID", "PASSWORD_ID", "TOKEN_ID", "KEY_ID"])
def test_a_uuid_is_an_identifier_there(name: str) -> None:
    assert not told(env(**{name: UUID}))


@pytest.mark.parametrize(
    "name",
    ["SUPABASE_KEY", "SERVICE_KEY", "APP_SECRET", "SECRET_KEY", "CONSUMER_KEY", "X_ADMIN_SECRET", "CLIENT_SECRET"],
)
def test_ten_random_characters(name: str) -> None:
    assert secrets(env(**{name: KEY[:10]})) == [KEY[:10]]
    assert not told(env(**{name: "development"[:10]}))


@pytest.mark.parametrize("name", ["ak", "sk", "appcode", "X-App-Code"])
def test_headers(name: str) -> None:
    assert secrets({"url": "https://api.acme.test", "headers": {name: HEX}}) == [HEX]


@pytest.mark.parametrize("name", ["ak", "sk", "sig", "signature", "session", "sid"])
@pytest.mark.parametrize("value", [UUID, HEX])
def test_query(name: str, value: str) -> None:
    assert secrets({"url": f"https://api.acme.test/mcp?{name}={value}"}) == [value]


@pytest.mark.parametrize("name", ["Mcp-Session-Id", "X-Request-Id", "X-Session-Id", "Idempotency-Key"])
def test_plain_headers_are_quiet(name: str) -> None:
    assert isinstance(judge(KEY, Context(SlotKind.HEADER, name)), Harmless)


VSCODE = ConfigFile("/p/.vscode/mcp.json", (Reading("vscode", "json", (("servers",),), "project", True),))


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"id": "api_key_x", "description": "API key", "default": UUID}, [UUID]),
        ({"id": "perplexity", "description": "GitHub token", "default": KEY}, [KEY]),
        ({"id": "perplexity", "password": True, "default": KEY}, [KEY]),
        ({"id": "github_token", "default": KEY}, [KEY]),
        ({"id": "perplexity", "password": False, "default": KEY}, []),
        ({"id": "region", "description": "Region", "password": True, "default": "eu-central-1"}, []),
        ({"id": "workspace", "description": "Workspace id", "default": UUID}, []),
    ],
)
def test_defaults_of_inputs(item: dict[str, object], found: list[str]) -> None:
    text = json.dumps({"inputs": [{"type": "promptString", **item}], "servers": {"x": {"command": "srv"}}})
    examined = examine(VSCODE, text.encode(), ".vscode/mcp.json")
    assert isinstance(examined, Examined)
    assert [finding.secret.reveal() for finding in examined.findings] == found
