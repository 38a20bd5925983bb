import pytest

from redact import redact

CASES = [
    ("Authorization: Bearer ⟦N !abc.def.ghi⟧", "Authorization: Bearer ***"),
    ("GITHUB_TOKEN=⟦N ghp_{an:36}⟧", "GITHUB_TOKEN=***"),
    ("postgres://u:⟦N !p⟧@h/d", "postgres://u:***@h/d"),
    ("claude mcp add x -e KEY=⟦N !v⟧ -- npx x", "claude mcp add x -e KEY=*** -- npx x"),
    ("--api-key ⟦N !secret⟧", "--api-key ***"),
    ("sk-⟦N !aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa⟧", "***"),
]


@pytest.mark.parametrize(("text", "want"), CASES)
def test_redact(text, want):
    assert redact(text) == want


def test_env():
    assert redact({"env": {"API_KEY": "⟦N !topsecret⟧", "TOKEN": "⟦N !tok_123⟧", "PASSWORD": "⟦N !correct horse battery staple⟧"}}) is not None
