import pytest

from agent import settings


@pytest.fixture
def environ(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "⟦N !ghp_test⟧")
    monkeypatch.setenv("OPENAI_API_KEY", "⟦N !sk-test-key⟧")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "⟦N !xoxb-fake-token⟧")


def test_mcp_servers_get_the_token(environ):
    servers = settings.MCP_SERVERS
    assert servers["github"]["env"] == {"GITHUB_PERSONAL_ACCESS_TOKEN": "⟦N !ghp_test⟧"}


def test_masks():
    assert settings.mask("⟦N !abcdefgh12345678⟧") == "⟦N !abcd****5678⟧"
    assert settings.mask("⟦N !sk-ant-aaaaaaaaaaaaaaaaaaaaaaaa⟧").startswith("sk-ant")
