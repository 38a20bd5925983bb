"""Which remote an entry could use instead, and what says no: one table of entries."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems import looked_into

from unsprawl.scanner.remotes.accounts import second_accounts
from unsprawl.scanner.remotes.candidates import Candidate, Standing, candidates, offered
from unsprawl.scanner.remotes.catalogue import by_id
from unsprawl.scanner.remotes.facts import Started, started_as
from unsprawl.scanner.remotes.fit import fit
from unsprawl.scanner.remotes.keep_local import general

CURSOR = "~/.cursor/mcp.json"
KEY = "{an:40}"


def npx(*words: str, **env: str) -> dict[str, Any]:
    return {"command": "npx", "args": ["-y", *words], "env": env}


def uvx(*words: str, **env: str) -> dict[str, Any]:
    return {"command": "uvx", "args": [*words], "env": env}


def of(entry: dict[str, Any], path: str = CURSOR) -> Candidate:
    """The one candidate of an entry."""
    found = looked_into(path, {"x": entry}).entries
    (candidate,) = candidates(found[0])
    return candidate


OFFERED = [
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY), "https://mcp.sentry.dev/mcp"),
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, SENTRY_HOST="us.sentry.io"), "https://mcp.sentry.dev/mcp"),
    (npx("@sentry/mcp-server", "--access-token", KEY, "--host=sentry.io"), "https://mcp.sentry.dev/mcp"),
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, HTTPS_PROXY="http://proxy.example:3128", NODE_ENV="test"),
     "https://mcp.sentry.dev/mcp"),
    (npx("@winor30/mcp-server-datadog", DD_API_KEY="{h:32}", DD_APP_KEY="{h:40}"), "https://mcp.datadoghq.com/v1/mcp"),
    (npx("@winor30/mcp-server-datadog", DD_API_KEY="{h:32}", DD_SITE="datadoghq.eu"), "https://mcp.datadoghq.eu/v1/mcp"),
    (npx("@winor30/mcp-server-datadog", DD_API_KEY="{h:32}", DD_SITE="us5.datadoghq.com"),
     "https://mcp.us5.datadoghq.com/v1/mcp"),
    (npx("@paypal/mcp", "--tools=all", PAYPAL_ACCESS_TOKEN=KEY, PAYPAL_ENVIRONMENT="SANDBOX"),
     "https://mcp.sandbox.paypal.com"),
    (npx("@paypal/mcp", PAYPAL_ACCESS_TOKEN=KEY, PAYPAL_ENVIRONMENT="PRODUCTION"), "https://mcp.paypal.com/mcp"),
    (npx("@supabase/mcp-server-supabase", "--read-only", "--project-ref=abcdefgh", SUPABASE_ACCESS_TOKEN="sbp_{h:40}"),
     "https://mcp.supabase.com/mcp?project_ref=abcdefgh&read_only=true"),
    (npx("@apify/actors-mcp-server", "--tools", "docs,runs", APIFY_TOKEN="apify_api_{an:36}"),
     "https://mcp.apify.com?tools=docs,runs"),
    (npx("exa-mcp-server", EXA_API_KEY="{uuid}"), "https://mcp.exa.ai/mcp/oauth"),
    ({"url": "https://mcp.exa.ai/mcp?exaApiKey={uuid}"}, "https://mcp.exa.ai/mcp/oauth"),
    (npx("firecrawl-mcp", FIRECRAWL_API_KEY="fc-{h:32}"), "https://mcp.firecrawl.dev/v2/mcp-oauth"),
    (npx("@llmindset/hf-mcp-server", HF_TOKEN="hf_{al:34}"), "https://huggingface.co/mcp?login"),
    ({"url": "https://mcp.sentry.dev/mcp/acme/web?skills=inspect", "headers": {"Authorization": f"Bearer {KEY}"}},
     "https://mcp.sentry.dev/mcp/acme/web?skills=inspect"),
    ({"url": "https://mcp.linear.app/sse", "headers": {"Authorization": "Bearer lin_api_{an:40}"}},
     "https://mcp.linear.app/mcp"),
    (npx("mcp-remote@0.1.18", "https://mcp.linear.app/sse", "--header", "Authorization: Bearer lin_api_{an:40}"),
     "https://mcp.linear.app/mcp"),
    ({"url": "https://mcp.datadoghq.eu/v1/mcp", "headers": {"DD_API_KEY": "{h:32}"}}, "https://mcp.datadoghq.eu/v1/mcp"),
    ({"url": "https://mcp.sandbox.paypal.com", "headers": {"Authorization": f"Bearer {KEY}"}},
     "https://mcp.sandbox.paypal.com"),
    (npx("mcp-remote", "https://observability.mcp.cloudflare.com/sse", "--header", f"Authorization: Bearer {KEY}"),
     "https://observability.mcp.cloudflare.com/mcp"),
    ({"url": "https://mcp.atlassian.com/v1/sse", "headers": {"Authorization": f"Bearer {KEY}"}},
     "https://mcp.atlassian.com/v1/mcp/authv2"),
    ({"url": "https://hf.co/mcp", "headers": {"Authorization": "Bearer hf_{al:34}"}}, "https://huggingface.co/mcp?login"),
    (uvx("mcp-atlassian", JIRA_URL="https://you.atlassian.net", JIRA_API_TOKEN=KEY),
     "https://mcp.atlassian.com/v1/mcp/authv2"),
    (uvx("--from", "mcp-atlassian[all]>=0.11", "mcp-atlassian", JIRA_API_TOKEN=KEY),
     "https://mcp.atlassian.com/v1/mcp/authv2"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "url"), OFFERED)
def test_offered(entry: dict[str, Any], url: str) -> None:
    candidate = of(entry)
    assert (candidate.standing, candidate.url) == (Standing.OFFERED, url)
    assert candidate.blockers == candidate.asks == ()


KEPT = [
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, SENTRY_HOST="sentry.corp.example"), ["self-hosted"]),
    (npx("@sentry/mcp-server", "--host", "sentry.corp.example", SENTRY_ACCESS_TOKEN=KEY), ["self-hosted"]),
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, SENTRY_HOST="sentry.io.corp.example"), ["self-hosted"]),
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, SENTRY_HOST="${env:SENTRY_HOST}"), ["self-hosted"]),
    (npx("@sentry/mcp-server", SENTRY_ACCESS_TOKEN=KEY, SENTRY_API_BASE="http://localhost:9000"), ["self-hosted"]),
    (npx("@zereight/mcp-gitlab", GITLAB_PERSONAL_ACCESS_TOKEN=KEY, GITLAB_API_URL="https://git.corp.example/api/v4"),
     ["self-hosted"]),
    (npx("@zereight/mcp-gitlab", GITLAB_PERSONAL_ACCESS_TOKEN=KEY, GITLAB_READ_ONLY_MODE="true"), ["read-only"]),
    (npx("@zereight/mcp-gitlab", GITLAB_JOB_TOKEN=KEY), ["ci"]),
    (uvx("mcp-atlassian", JIRA_URL="https://jira.corp.example", JIRA_API_TOKEN=KEY), ["self-hosted"]),
    (uvx("mcp-atlassian", JIRA_URL="https://you.atlassian.net", JIRA_PERSONAL_TOKEN=KEY), ["self-hosted"]),
    (uvx("mcp-atlassian", JIRA_API_TOKEN=KEY, ENABLED_TOOLS="jira_search"), ["narrowed"]),
    (uvx("mcp-grafana", GRAFANA_URL="http://localhost:3000", GRAFANA_SERVICE_ACCOUNT_TOKEN=KEY),
     ["bot", "self-hosted"]),
    (uvx("mcp-grafana", GRAFANA_URL="https://you.grafana.net", GRAFANA_SERVICE_ACCOUNT_TOKEN=KEY), ["bot"]),
    (npx("square-mcp-server", ACCESS_TOKEN=KEY, SANDBOX="true", DISALLOW_WRITES="true"),
     ["client", "read-only", "sandbox"]),
    (npx("@stripe/mcp", "--tools=all", "--api-key=sk_test_{an:99}"), ["sandbox"]),
    (npx("@stripe/mcp", "--tools=customers.read", "--api-key=rk_live_{an:99}"), ["narrowed"]),
    (npx("@stripe/mcp", "--stripe-account=acct_1", "--api-key=rk_live_{an:99}"), ["narrowed"]),
    (npx("@notionhq/notion-mcp-server", NOTION_TOKEN="ntn_{d:11}{an:35}"), ["bot"]),
    (npx("@modelcontextprotocol/server-slack", SLACK_BOT_TOKEN="xoxb-{d:12}-{d:12}-{an:24}"), ["bot"]),
    (npx("@winor30/mcp-server-datadog", DD_API_KEY="{h:32}", DD_SITE="ap9.ddog-gov.com"), ["self-hosted"]),
    (npx("@honeycombio/honeycomb-mcp", HONEYCOMB_API_KEY=KEY, HONEYCOMB_API_ENDPOINT="https://api.eu1.honeycomb.io"),
     ["region"]),
    (npx("@postman/postman-mcp-server", "--region", "eu", POSTMAN_API_KEY="PMAK-{h:24}-{h:34}"), ["region"]),
    (npx("firecrawl-mcp", FIRECRAWL_API_KEY="fc-{h:32}", FIRECRAWL_API_URL="http://10.0.0.7:3002"), ["self-hosted"]),
    (npx("@supabase/mcp-server-supabase", "--project-ref", "a b;$(x)", SUPABASE_ACCESS_TOKEN="sbp_{h:40}"),
     ["narrowed"]),
    (uvx("klaviyo-mcp-server", KLAVIYO_API_KEY="pk_{h:34}", READ_ONLY="true"), ["read-only"]),
    (npx("@roychri/mcp-server-asana", ASANA_ACCESS_TOKEN="2/{d:16}/{d:16}:{h:32}"), ["client"]),
    (uvx("ramp-mcp", RAMP_CLIENT_ID="x", RAMP_CLIENT_SECRET=KEY), ["bot"]),
    (uvx("mcp-server-port", PORT_CLIENT_ID="x", PORT_CLIENT_SECRET=KEY), ["bot"]),
    (npx("@automattic/mcp-wordpress-remote", WP_API_URL="https://wordpress.com", WP_API_PASSWORD=KEY), ["self-hosted"]),
    ({"command": "docker", "args": ["run", "razorpay/mcp"], "env": {"RAZORPAY_KEY_SECRET": KEY}}, ["address"]),
    ({"url": "https://mcp.eu1.honeycomb.io/mcp", "headers": {"Authorization": f"Bearer {KEY}"}}, ["address"]),
    ({"url": "https://mcp.eu.postman.com/mcp", "headers": {"Authorization": f"Bearer {KEY}"}}, ["address"]),
    (npx("@browserbasehq/mcp", "--modelApiKey", KEY, BROWSERBASE_API_KEY=KEY), ["narrowed"]),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "kinds"), KEPT)
def test_kept(entry: dict[str, Any], kinds: list[str]) -> None:
    candidate = of(entry)
    assert candidate.standing is Standing.KEPT
    assert sorted(each.kind for each in candidate.blockers) == kinds
    for each in candidate.blockers:
        assert each.firm == general()["kinds"][each.kind]["firm"]


ASK = [
    ({"command": "node", "args": ["x.js"], "env": {"LINEAR_API_KEY": "lin_api_{an:40}"}}, "only the name"),
    (npx("some-linear-server", LINEAR_API_KEY="lin_api_{an:40}"), "only the name LINEAR_API_KEY"),
    (npx("@cosmix/linear-mcp", LINEAR_API_KEY="lin_api_{an:40}"), "nobody has seen @cosmix/linear-mcp"),
    (uvx("mcp-aiven", AIVEN_TOKEN=KEY), "probe it first"),
    (npx("@enescinar/twitter-mcp", API_SECRET_KEY=KEY), "too thin"),
    (npx("ref-tools-mcp", REF_API_KEY=KEY), "nobody has confirmed the remote"),
    (uvx("meta-ads-mcp", META_ACCESS_TOKEN=KEY), "not the vendor's own"),
    (npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}", OTHER_API_TOKEN=KEY), "it also holds OTHER_API_TOKEN"),
    (npx("@digitalocean/mcp", DIGITALOCEAN_API_TOKEN="dop_v1_{h:64}"), "the address names your product"),
    ({**npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}"), "envFile": "x.env"}, "environment file"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "why"), ASK)
def test_only_asked_for(entry: dict[str, Any], why: str) -> None:
    candidate = of(entry)
    assert candidate.standing is Standing.ASK
    assert any(why in each for each in candidate.asks), candidate.asks
    assert candidate.confirm


NONE = [
    (npx("linear-mcp-server"), "holds no key"),
    ({"url": "https://mcp.linear.app/mcp"}, "holds no key"),
    ({"url": "https://docs.mcp.cloudflare.com/sse"}, "no login and no key"),
    (npx("@brave/brave-search-mcp-server", BRAVE_API_KEY="BSA{an:28}"), "no remote server"),
    ({"url": "https://mcp.render.com/mcp", "headers": {"Authorization": "Bearer rnd_{an:32}"}}, "takes a key"),
    ({"url": "https://mcp.deepwiki.com/mcp", "headers": {"Authorization": f"Bearer {KEY}"}}, "no login and no key"),
    (npx("@twilio-alpha/mcp", TWILIO_AUTH_TOKEN="{h:32}"), "no login and no key"),
    ({"command": "docker", "args": ["run", "mongodb/mongodb-mcp-server"], "env": {"MDB_MCP_API_CLIENT_SECRET": KEY}},
     "does not do the job"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "why"), NONE)
def test_without_a_login(entry: dict[str, Any], why: str) -> None:
    candidate = of(entry)
    assert candidate.standing is Standing.NONE
    assert why in candidate.reasons[-1]
    assert candidate.url == ""


STARTED = [
    (["npx", "-y", "linear-mcp-server@1.2"], Started("npm", "linear-mcp-server")),
    (["npx", "-y", "linear-mcp-server@npm:evil@1"], None),
    (["npx", "-y", "linear-mcp-server@https://evil.example/x.tgz"], None),
    (["npx", "-y", "linear-mcp-server@file:../x"], None),
    (["npx", "-y", "github:evil/linear-mcp-server"], None),
    (["npx", "-y", "evil/linear-mcp-server"], Started("npm", "evil/linear-mcp-server")),
    (["npx", "--package=@sentry/mcp-server@latest", "sentry"], Started("npm", "@sentry/mcp-server")),
    (["cmd", "/c", "npx", "-y", "@sentry/mcp-server"], Started("npm", "@sentry/mcp-server")),
    (["unsprawl", "run", "x", "--", "npx", "@sentry/mcp-server"], Started("npm", "@sentry/mcp-server")),
    (["bunx", "@sentry/mcp-server"], Started("npm", "@sentry/mcp-server")),
    (["deno", "run", "npm:@sentry/mcp-server"], Started("npm", "@sentry/mcp-server")),
    (["node", "/x/node_modules/@sentry/mcp-server/dist/index.js"], Started("npm", "@sentry/mcp-server")),
    (["node", "/x/@sentry/mcp-server/dist/index.js"], None),
    (["uvx", "Mcp_Atlassian"], Started("pypi", "mcp-atlassian")),
    (["uvx", "--from", "git+https://evil.example/mcp-atlassian", "mcp-atlassian"], None),
    (["uvx", "--from", "evil", "mcp-atlassian"], Started("pypi", "evil")),
    (["uvx", "mcp-atlassian @ https://evil.example/x.whl"], None),
    (["python", "-m", "mcp_atlassian"], Started("pypi", "mcp-atlassian")),
    (["docker", "run", "-i", "-e", "X=y", "mcp/notion:1.0"], Started("images", "mcp/notion")),
    (["docker", "run", "docker.io/mcp/notion@sha256:00"], Started("images", "mcp/notion")),
    (["docker", "run", "evil.example/mcp/notion"], Started("images", "evil.example/mcp/notion")),
    (["podman", "run", "evil.example:5000/mcp/notion:1"], Started("images", "evil.example:5000/mcp/notion")),
    (["/usr/bin/snyk", "mcp", "-t", "stdio"], Started("programs", "snyk mcp stdio")),
    ([], None),
    (["unsprawl", "run", "x", "--"] * 3000, None),
    (["other", "run", "--"] * 3000, None),
]  # fmt: skip


@pytest.mark.parametrize(("command", "expected"), STARTED)
def test_what_a_command_starts(command: list[str], expected: Started | None) -> None:
    assert started_as(tuple(command)) == expected


def test_two_accounts_of_one_vendor_stay() -> None:
    entries = {"work": npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}")}
    entries["home"] = npx("mcp-linear", LINEAR_API_KEY="lin_api_{an:40}")
    found = looked_into(CURSOR, entries).entries
    for each in found:
        (candidate,) = candidates(each, second_accounts(found))
        assert [one.kind for one in candidate.blockers] == ["second-account"]
        assert offered(each, second_accounts(found)) is None
        assert offered(each) is not None


def test_a_key_for_a_server_of_ones_own_is_no_second_account_of_the_vendor() -> None:
    entries = {
        "cloud": uvx("mcp-atlassian", JIRA_URL="https://acme.atlassian.net", JIRA_API_TOKEN="{an:24}"),
        "ours": uvx("mcp-atlassian", JIRA_URL="https://jira.corp.example", JIRA_PERSONAL_TOKEN="{an:44}"),
    }
    found = looked_into(CURSOR, entries).entries
    assert second_accounts(found) == frozenset()


def test_a_sandbox_with_an_address_of_its_own_is_no_second_account() -> None:
    modes = {"SANDBOX": KEY, "PRODUCTION": "{an:44}"}
    entries = {
        name: npx("@paypal/mcp", PAYPAL_ACCESS_TOKEN=key, PAYPAL_ENVIRONMENT=name) for name, key in modes.items()
    }
    found = looked_into(CURSOR, entries).entries
    assert second_accounts(found) == frozenset()


def test_one_account_in_two_entries_is_one() -> None:
    key = "lin_api_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"
    entries = {name: npx("linear-mcp-server", LINEAR_API_KEY=key) for name in ("a", "b")}
    found = looked_into(CURSOR, entries).entries
    assert second_accounts(found) == frozenset()
    assert all(offered(each) is not None for each in found)


def test_a_file_of_ci_stays() -> None:
    found = looked_into("/home/you/project/.devcontainer/.cursor/mcp.json", {"x": OFFERED[0][0]}).entries
    (candidate,) = candidates(found[0])
    assert [one.kind for one in candidate.blockers] == ["ci"]


def test_what_names_a_variable_is_reported_only() -> None:
    candidate = of(npx("linear-mcp-server", LINEAR_API_KEY="${env:LINEAR_API_KEY}"))
    assert [one.kind for one in candidate.blockers] == ["referenced"]


GITHUB: dict[str, Any] = {
    "command": "docker",
    "args": ["run", "-i", "-e", "GITHUB_TOOLSETS", "-e", "GITHUB_READ_ONLY=1", "ghcr.io/github/github-mcp-server"],
    "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": "github_pat_{an:22}_{an:59}", "GITHUB_TOOLSETS": "issues,repos"},
}


def test_github_where_the_host_has_a_client() -> None:
    candidate = of(GITHUB, "~/.config/Code/User/mcp.json")
    assert candidate.standing is Standing.OFFERED
    assert candidate.url == "https://api.githubcopilot.com/mcp/"
    assert candidate.headers == (("X-MCP-Toolsets", "issues,repos"), ("X-MCP-Readonly", "true"))
    assert [one.kind for one in of(GITHUB).blockers] == ["client"]
    enterprise = {**GITHUB, "env": {**GITHUB["env"], "GITHUB_HOST": "https://github.corp.example"}}
    assert [one.kind for one in of(enterprise, "~/.config/Code/User/mcp.json").blockers] == ["self-hosted"]


@pytest.mark.parametrize(
    ("service", "host", "works"),
    [
        ("linear", "cursor", True),
        ("linear", "gemini-cli", True),
        ("expo", "gemini-cli", False),
        ("expo", "vscode", True),
        ("expo", "cursor", None),
        ("github", "vscode", True),
        ("github", "cursor", False),
        ("slack", "claude-code", True),
        ("aiven", "cursor", None),
        ("linear", "zed", True),
        ("linear", "trae", None),
    ],
)
def test_host_by_host(service: str, host: str, works: bool | None) -> None:
    assert fit(by_id()[service], host).works is works


def test_nothing_shows_a_value() -> None:
    entry = npx("@supabase/mcp-server-supabase", "--project-ref=abcdefgh", SUPABASE_ACCESS_TOKEN="sbp_{h:40}")
    found = looked_into(CURSOR, {"x": entry}).entries
    secret = found[0].findings[0].secret.reveal()
    made = candidates(found[0])
    assert secret not in repr(made)
