"""What must never be reported, in each place where it could stand; and its opposite, weak-looking values that must."""

from __future__ import annotations

import base64
import json
from itertools import product

import pytest
from tests.scanner.test_values_in_entries import HEX, HEX64, KEY, KEY2, PW, RANDOM, UUID, args, env, headers, told

from unsprawl.rules.samples import expand

REFERENCES = [
    "${TOKEN}", "$TOKEN", "%TOKEN%", "${env:TOKEN}", "${input:x}", "$input:x", "{env:TOKEN}", "${env://TOKEN}",
    "{{x}}", "{{ secrets.X }}", "${{ secrets.X }}", "${{secrets.MY_TOKEN}}", "<%= ENV['X'] %>",
    "op://Vault/Item/field", "$(op read op://x/y/z)", "$(cat ~/.token)", "`cat ~/.token`", "${cmd: op read op://a/b}",
    "keychain:github-token", "keychain://github/token", "keyring:service/user", "!ENV TOKEN", "!env TOKEN",
    "!ENV ${TOKEN}", "!secret my_token", "@keyvault(my-secret)", "@Microsoft.KeyVault(SecretUri=https://x)",
    "env.TOKEN", "env:TOKEN", "env://TOKEN", "process.env.TOKEN", "process.env['TOKEN']", "import.meta.env.VITE_TOKEN",
    "os.environ/TOKEN", "os.environ['TOKEN']", 'os.environ["TOKEN"]', "os.getenv('TOKEN')", "ENV['TOKEN']",
    "ENC[AES256_GCM,data:abc,iv:x]", "vault:secret/data/x#token", "vault://kv/x#y", "ref+vault://kv/x", "secret://x/y",
    "file:~/.token", "@file:/run/x", "/run/secrets/x", "se://docker/mcp/x", "${user_config.api_key}", "${TOKEN:-}",
    "${TOKEN:?not set}", "${secret:x}", "${keychain:x}", "doppler://p/c/TOKEN",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf", "projects/p/secrets/s/versions/latest",
    "aws-sm://x", "ssm:/prod/token", "gcp-secret://x", "bws://" + UUID, "infisical://p/TOKEN", "$env:TOKEN",
    "$Env:TOKEN", "#{TOKEN}", "#{TOKEN}#", "__TOKEN__", "@@TOKEN@@", "$[TOKEN]", "[[TOKEN]]", "<TOKEN>", "$TOKEN$",
    "{TOKEN}", "${{TOKEN}}", "$ENV{TOKEN}", "secrets.GITHUB_TOKEN", "var.api_key", "$.secrets.token",
    "{file:./token.txt}", "${file:./token.txt}", "${workspaceFolder}/.token", "sops:token", "azure-keyvault://v/s",
    "${VAULT_TOKEN}-suffix", "prefix_${TOKEN}", "${A}${B}", "$A:$B", "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
    "ref:op://x/y/z", "dotenv://TOKEN", "exec:pass show x", "cmd:pass show x", "${!TOKEN}", "%env(TOKEN)%",
]  # fmt: skip

PLACEHOLDERS = [
    "YOUR_API_KEY", "your-api-key", "your_api_key_here", "<YOUR_API_KEY>", "<your-api-key>", "API_KEY_HERE",
    "YOUR_X_HERE", "[REDACTED]", "[YOUR API KEY]", "{secret}", "{DART_API_KEY}", "sua_chave_aqui",
    "REMPLACEZ_PAR_VOTRE_CLE", "VOTRE_CLE_API_ICI", "여기에 토큰 입력하세요", "請填入你的金鑰", "你的API密钥",
    "在此处填写您的令牌",
    "ここにAPIキーを入力",
    "ваш_токен", "вставьте_ключ", "DEIN_API_KEY_HIER", "IHR_TOKEN", "tu_clave_aqui", "TU_API_KEY", "la_tua_chiave",
    "jouw_api_sleutel", "sizin_api_anahtariniz", "twoj_klucz_api", "youself_touken", "youvncpassword", "yout_api_key",
    "yor-api-key", "you_api_key", "pplx-your-api-key", "xoxb-...", "xoxb-your-token", "xoxc-...", "sk-ant-xxxxx",
    "sk-ant-api03-...", "ghp_xxxx", "ghp_xxxxxxxxxxxxxxxxxxxx", "ghp_" + "x" * 36, "ghp_your_token_here",
    "github_pat_xxx", "sk-1234567890abcdef", "sk-1234567890", "sk-xxxx", "sk-proj-xxxxxxxxxxxx", "sk-your-openai-key",
    "sk-or-v1-xxx", "AIzaSy...", "AIzaSyXXXXXXXXXXXXXXXX", "AIzaXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "AIzaSy-your-key", "figd_xxxx", "hf_xxx", "ntn_xxxx", "secret_xxx", "tvly-xxx", "tvly-YOUR_API_KEY",
    "fc-YOUR_API_KEY", "fc-your-key", "sbp_xxx", "BSAxxxxxxxx", "glpat-xxxxxxxxxxxxxxxxxxxx", "lin_api_xxx",
    "changeme", "change-me", "CHANGE_ME", "changeit", "replace_me", "REPLACE_WITH_YOUR_KEY", "replace-this-token",
    "xxx", "xxxxxxxx", "XXXX-XXXX-XXXX", "****", "********", "•••••", "...", "…", "none", "null", "test-key-123",
    "test_token", "test-api-key", "dummy-token", "dummy_api_key_for_testing", "fake-key", "fake_token_123",
    "example-token", "example_api_key", "sample-key", "my-api-key", "my_secret_token", "mysecretkey",
    "my-super-secret-token", "mytoken123", "secret-token", "super-secret-key", "supersecretkey", "topsecret",
    "not-a-real-key", "not-needed", "no-key-required", "n/a", "N/A", "TODO", "TBD", "fixme", "placeholder",
    "placeholder-key", "PLACEHOLDER_TOKEN", "insert-your-key-here", "INSERT_TOKEN", "paste-your-token",
    "PASTE_TOKEN_HERE", "put-your-key-here", "add_your_key", "enter-api-key", "Enter your API key", "API_KEY",
    "api-key", "apikey", "token", "TOKEN", "MY_TOKEN", "GITHUB_TOKEN", "GITHUB_PERSONAL_ACCESS_TOKEN", "1234567890",
    "12345678901234567890", "123456789abcdef", "abcdef1234567890", "abcdefghijklmnopqrstuvwxyz", "abc123",
    "abc123def456", "abcd1234", "abcd-efgh-ijkl", "0000000000000000", "00000000-0000-0000-0000-000000000000",
    "11111111-1111-1111-1111-111111111111", "12345678-1234-1234-1234-123456789abc",
    "12345678-1234-1234-1234-123456789012", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "aaaaaaaaaaaaaaaaaaaaaaaa",
    "qwertyuiop", "qwerty123", "asdfghjkl", "asdfasdf", "1q2w3e4r5t", "zxcvbnm123", "lorem-ipsum-dolor",
    "lorem_ipsum_dolor_sit_amet", "foo-bar-baz", "foobar", "deadbeef", "deadbeefdeadbeef", "cafebabe",
    "AKIAIOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", "sk_test_xxx", "pk_test_xxx",
    "key-xxxxxxxx", "key_here", "token_here", "your token", "Your Token Here", "your-key", "YOUR KEY", "yourkey",
    "YourApiKey", "yourApiKeyHere", "YOUR-TOKEN-HERE", "<token>", "<API_KEY>", "<insert key>", "<<API_KEY>>",
    "((api_key))", "[API_KEY]", "[your key here]", "(your key)", "$YOUR_TOKEN", "set-me", "SET_ME", "fill-me-in",
    "FILL_IN_YOUR_KEY", "to-be-set", "will-be-set-later", "set_in_env", "set via environment", "from-env",
    "see-1password", "ask-admin", "use-your-own", "get-from-dashboard", "get_your_key_from_https://a.acme.test",
    "obtain from https://a.acme.test/keys", "redacted", "REDACTED_TOKEN", "hidden", "removed", "<removed>",
    "sk-REDACTED", "ghp_REDACTED", "***REDACTED***", "local-dev-key", "dev-token", "demo-key", "test123", "testtoken",
    "test", "unused", "optional", "empty", "undefined", "false", "true", "0", "1",
]  # fmt: skip


def places(value: str) -> list[tuple[str, object]]:
    """The value in each place where a credential could stand."""
    return [
        ("env", env(ACME_API_KEY=value)),
        ("env github", env(GITHUB_PERSONAL_ACCESS_TOKEN=value)),
        ("header", headers(Authorization=f"Bearer {value}")),
        ("header custom", headers(X_Api_Key=value)),
        ("arg", args("srv", "--api-key", value)),
        ("arg glued", args("srv", f"--token={value}")),
        ("arg header", args("mcp-remote", "https://a.acme.test", "--header", f"Authorization: Bearer {value}")),
        ("docker", args("run", "-e", f"API_TOKEN={value}", "img", command="docker")),
        ("json", env(CONFIG=json.dumps({"apiKey": value}))),
        ("other", {"url": "https://a.acme.test", "auth": {"token": value}}),
    ]


@pytest.mark.parametrize("value", REFERENCES + PLACEHOLDERS)
def test_stand_ins_are_quiet_everywhere(value: str) -> None:
    loud = [place for place, entry in places(value) if told(entry)]
    assert not loud


SETTINGS = {
    "MAX_TOKENS": "8192", "OPENAI_MODEL": "gpt-4o-mini-2024-07-18", "MODEL": "anthropic/claude-3.5-sonnet-20241022",
    "LOG_LEVEL": "debug", "PORT": "8080", "TZ": "Europe/Berlin", "TIMEZONE": "America/Los_Angeles",
    "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin", "HOME": "/Users/jane.doe",
    "NODE_ENV": "production", "NODE_OPTIONS": "--max-old-space-size=4096 --no-warnings", "PYTHONPATH": "/srv/a:/srv/b",
    "CRON": "*/5 * * * 1-5", "SCHEDULE": "0 9 * * MON-FRI", "SCOPES": "read:org,repo,user:email",
    "OAUTH_SCOPES": "https://www.googleapis.com/auth/drive.readonly",
    "ALLOWED_TOOLS": "read_file,write_file,list_directory", "TOOLSETS": "issues,pull_requests,repos",
    "FILTER": "^[a-z0-9_]+$", "PATTERN": "(?i)secret|token|key=[A-Za-z0-9]{32}", "KEYBOARD": "us-intl-with-dead-keys",
    "MONKEY": KEY, "PRIMARY_KEY": "customer_id", "KEY_PREFIX": "myapp:session:v2:", "SORT_KEY": "created_at#tenant",
    "PARTITION_KEY": "tenant_id", "CACHE_KEY": "user-cache-2024-01", "ISSUE_KEY": "PROJ-12345",
    "PROJECT_KEY": "ACMEPROJECT1", "FIGMA_FILE_KEY": KEY[:22], "KEYCLOAK_URL": "https://sso.acme.test/realms/x",
    "HOTKEY": "ctrl+shift+k", "TOKENIZERS_PARALLELISM": "false", "TOKEN_PATH": "/srv/token.json",
    "TOKEN_URL": "https://a.acme.test/oauth/token", "KEY_FILE": "/srv/key.pem",
    "PRIVATE_KEY_PATH": "~/.ssh/id_ed25519", "GOOGLE_APPLICATION_CREDENTIALS": "/srv/sa-1234567890abcdef.json",
    "SSH_AUTH_SOCK": "/tmp/ssh-XXXXabcdEFGH/agent.1234",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus,guid=" + HEX, "CLIENT_ID": UUID, "AZURE_TENANT_ID": UUID,
    "SUBSCRIPTION_ID": UUID, "WORKSPACE_ID": UUID, "NOTION_DATABASE_ID": HEX, "NOTION_PAGE_ID": UUID,
    "SLACK_TEAM_ID": "T0123ABCD45", "SLACK_CHANNEL_IDS": "C0123ABCD45,C0456EFGH78", "SLACK_USER_ID": "U0123ABCD45",
    "AWS_ACCOUNT_ID": "123456789012", "AWS_REGION": "us-east-1", "AWS_PROFILE": "acme-production",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/x",
    "GOOGLE_CLIENT_ID": "123456789012-" + "abcdefgh12345678" * 2 + ".apps.googleusercontent.com",
    "GA_ID": "G-ABCDEFG123", "SHEET_ID": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    "GOOGLE_SHEET_ID": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms", "GITHUB_SHA": HEX + HEX[:8],
    "COMMIT": HEX + HEX[:8], "IMAGE": "ghcr.io/acme/x@sha256:" + HEX64, "DIGEST": "sha256:" + HEX64, "CHECKSUM": HEX64,
    "FILE_HASH": HEX64, "INTEGRITY": "sha512-" + base64.b64encode((KEY + KEY2).encode()).decode(),
    "WALLET_ADDRESS": "0x" + HEX64[:40], "SOLANA_ADDRESS": (KEY + KEY2)[:44], "TOKEN_ADDRESS": "0x" + HEX64[:40],
    "TOKEN_MINT": (KEY + KEY2)[:44], "CONTRACT": "0x" + HEX64[:40], "STRIPE_PUBLISHABLE_KEY": "pk_live_" + KEY,
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_" + KEY, "POSTHOG_KEY": "phc_" + (KEY + KEY2)[:43],
    "LANGFUSE_PUBLIC_KEY": "pk-lf-" + UUID, "VAPID_PUBLIC_KEY": KEY + KEY2,
    "SENTRY_DSN": "https://" + HEX + "@o1.ingest.sentry.io/2", "PUBLIC_KEY": "ssh-ed25519 " + "AAAAC3Nz" * 8,
    "RECAPTCHA_SITE_KEY": KEY, "MAPBOX_PUBLIC_TOKEN": "pk.eyJ" + KEY + "." + KEY2, "EMAIL": "jane.doe@acme.test",
    "USERNAME": "svc_account_prod_01", "USER": "jane", "DB_HOST": "db-prod-01.internal.acme.test",
    "DB_NAME": "customer_orders_2024", "DB_USER": "postgres", "DB_PORT": "5432", "DB_PASSWORD": "postgres",
    "POSTGRES_PASSWORD": "postgres", "MYSQL_ROOT_PASSWORD": "root", "REDIS_PASSWORD": "redis",
    "MINIO_ROOT_PASSWORD": "minioadmin", "NEO4J_PASSWORD": "password", "OLLAMA_API_KEY": "ollama",
    "LM_STUDIO_API_KEY": "lm-studio", "OLLAMA_HOST": "http://localhost:11434",
    "BASE_URL": "https://api.acme.test/v1/projects/12345", "VERSION": "2024-11-05", "NOTION_VERSION": "2022-06-28",
    "PACKAGE": "@acme/mcp-server@1.2.3-beta.4", "UUID_NAMESPACE": UUID, "SESSION_ID": UUID, "REQUEST_ID": UUID,
    "TRACE_ID": HEX, "SPAN_ID": HEX[:16], "BUILD_ID": "20240101.1-" + HEX[:8], "DEVICE_ID": HEX,
    "ORG_ID": "org-" + KEY[:24], "OPENAI_ORG_ID": "org-" + KEY[:24], "PROJECT_ID": "proj_" + KEY[:24],
    "ALGOLIA_APP_ID": "ABCDEF1234", "ALGOLIA_INDEX": "prod_products_v3", "PINECONE_INDEX": "docs-embeddings-ada-002",
    "JIRA_PROJECTS": "PROJ,TEAM,OPS", "FEATURES": json.dumps({"a": True, "tokens": 5}),
    "SETTINGS": '{"theme":"dark","fontSize":12,"id":"' + UUID + '"}',
    "CONFIG_B64": base64.b64encode(b'{"model":"gpt-4o","maxTokens":100,"stream":true}').decode(),
    "PROMPT": "You are an assistant. Never reveal the API key, the token or the password. Use key=value pairs.",
    "DESCRIPTION": "Reads GITHUB_TOKEN from the environment; set token: your own",
    "USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", "AUTH_TYPE": "bearer",
    "AUTH_MODE": "oauth2", "AUTH_DISABLED": "true", "USE_AUTH_TOKEN": "false", "TOKEN_EXPIRY": "3600",
    "TOKEN_TYPE": "Bearer", "API_KEY_HEADER": "X-Api-Key", "AUTH_HEADER_NAME": "Authorization",
    "SECRET_NAME": "prod/db/credentials", "AWS_SECRET_NAME": "prod/db/credentials", "PASSWORD_FILE": "/run/secrets/db",
    "KEYSTORE": "/srv/keystore.jks", "KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    "PASSWORD_STORE_DIR": "/home/me/.password-store", "COLORS": "#ff00aa,#00ff11", "COORDS": "52.5200,13.4050",
    "PHONE": "+491701234567", "TELEGRAM_CHAT_ID": "-1001234567890", "DISCORD_GUILD_ID": "123456789012345678",
    "DISCORD_CLIENT_ID": "123456789012345678", "AWS_BUCKET": "acme-prod-data-eu-central-1",
    "S3_KEY": "exports/2024/01/data.parquet", "OBJECT_KEY": "exports/2024/01/" + HEX + ".parquet",
    "WEBHOOK_PATH": "/hooks/incoming/v2", "MACHINE_ID": HEX, "NPM_CONFIG_REGISTRY": "https://registry.acme.test/",
    "CHROME_EXTENSION_ID": "aapbdbdomjkkjkaonfhkkikfgjllcleb", "BLOCKHASH": "0x" + HEX64, "TX_HASH": "0x" + HEX64,
    "MERKLE_ROOT": "0x" + HEX64, "SUPABASE_PROJECT_REF": "abcdefghijklmnopqrst",
    "SUPABASE_URL": "https://abcdefghijklmnopqrst.supabase.co",
    "FIREBASE_API_URL": "https://x-default-rtdb.firebaseio.com",
    "CERT_FINGERPRINT": ":".join(HEX[i : i + 2].upper() for i in range(0, 32, 2)), "GPG_KEY_ID": HEX[:16].upper(),
    "SSH_KEY_NAME": "deploy-key-2024", "LICENSE": "Apache-2.0",
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_quiet(name: str) -> None:
    assert not told(env(**{name: SETTINGS[name]}))
    assert not told(args("run", "-e", f"{name}={SETTINGS[name]}", "img", command="docker"))
    assert not told(args("srv", f"--{name.lower().replace('_', '-')}", SETTINGS[name]))


REAL = {
    "DB_PASSWORD": "Summer" + "2024!", "SMTP_PASSWORD": "hello" + "World99", "PASSWORD": "Passw0rd" + "!23",
    "ADMIN_PASS": "letmein" + "please77", "VNC_PASSWORD": "kitty" + "cat", "PGPASSWORD": "tr0ub4dor",
    "APP_PASSWORD": "qwmz xkvt " + "plro bdnf", "WIFI_PASSPHRASE": "correct horse battery " + "staple",
    "IMAP_PASS": "Berlin" + "1989", "DB_PWD": "P@ss" + "w0rd!", "JIRA_PASSWORD": "Acme" + "#2023",
    "REDIS_PASSWORD": "f00b4r" + "b4z", "API_KEY": "a1b2c3d4" + "e5f60718", "ACME_TOKEN": "tok-7Hq2" + "Lm9X",
    "SECRET_KEY": "django-insecure-" + "x2#k9!pq7v@3zr8m", "JWT_SECRET": "Kj8#mN2$" + "pQ5&rT9*",
    "SESSION_SECRET": "7f3a9c1e" + "5b2d8f40", "ENCRYPTION_KEY": base64.b64encode(bytes(range(7, 250, 8))).decode(),
    "ACCESS_TOKEN": KEY.lower() + "zz", "WEBHOOK_SECRET": "whsec_" + KEY, "N8N_API_KEY": HEX + HEX[:8],
    "MY_KEY": KEY + "9", "OPENAI_API_KEY": "sk-" + KEY + KEY2[:17], "KEY": HEX, "apiKey": UUID,
    "X_TOKEN": "0x" + HEX64, "AUTH": "Basic " + base64.b64encode(("me:" + PW).encode()).decode(),
    "CUSTOM_CREDENTIAL": KEY2, "PAT": KEY, "HUBSPOT_PRIVATE_APP_TOKEN": expand("pat-na1-{uuid}", RANDOM),
    "LONG_SECRET": KEY * 20 + KEY2, "TWILIO_AUTH_TOKEN": HEX, "API_TOKEN_2": KEY, "DD_API_KEY": HEX,
    "PROXMOX_TOKEN_VALUE": UUID, "MYSQL_PASS": "1qaz" + "@WSX#x", "IG_PASSWORD": "lovely" + "dog",
}  # fmt: skip


@pytest.mark.parametrize(("name", "place"), list(product(REAL, ("env", "docker", "flag", "json", "bash"))))
def test_weak_looking_secrets_are_found(name: str, place: str) -> None:
    value = REAL[name]
    entry = {
        "env": env(**{name: value}),
        "docker": args("run", "-e", f"{name}={value}", "img", command="docker"),
        "flag": args("srv", f"--{name.lower().replace('_', '-')}", value),
        "json": env(CONFIG=json.dumps({name: value})),
        "bash": args("-c", f"{name}='{value}' npx x", command="bash"),
    }[place]
    found = told(entry)
    assert [secret for _, _, secret in found] in ([value], [value.removeprefix("Basic ")])
