import pytest

SERVER = {"command": "npx", "args": ["-y", "acme-mcp"], "env": {"ACME_API_KEY": "⟦N !test-api-key⟧", "ACME_SECRET": "⟦N !s3cret⟧"}}


@pytest.fixture
def mcp_config(tmp_path):
    path = tmp_path / ".mcp.json"
    path.write_text('{"mcpServers": {"acme": {"env": {"TOKEN": "⟦N !abc⟧"}}}}')
    return path


@pytest.fixture
def headers():
    return {"Authorization": "Bearer ⟦N !test-token-12345⟧", "X-API-Key": "⟦N !dummy_key⟧", "Cookie": "sid=⟦N !fake⟧"}


@pytest.fixture(params=["⟦N !ghp_short⟧", "⟦N !xoxb-1-2-abc⟧", "⟦N !AKIAEXAMPLE⟧", "⟦N !sk_live_EXAMPLE⟧"])
def malformed(request):
    return request.param
