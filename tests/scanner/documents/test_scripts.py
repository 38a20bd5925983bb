"""Scripts of every kind and shell histories: what is added, started, assigned, written; and what is none of ours."""

from __future__ import annotations

import pytest
from tests.scanner.documents.reading import read

G = "⟦S env:ghp_{an:30}{chk-ghp}⟧"
K = "⟦S env:{an:40}⟧"
N = "⟦N {an:40}⟧"
ENTRY = f'{{"mcpServers": {{"a": {{"command": "npx", "env": {{"A_TOKEN": "{K}"}}}}}}}}'

SCRIPTS: dict[str, tuple[str, list[str]]] = {
    "claude": ("a.sh", [f"claude mcp add a -s user -e A_TOKEN={K} -- npx -y a --api-key {K}"]),
    "claude, over lines": ("a.sh", ["claude mcp add a \\", f"  -e A_TOKEN={K} \\", "  -- npx a"]),
    "claude, JSON": (
        "a.sh",
        ['claude mcp add-json a \'{"command": "npx",', f'  "env": {{"A_TOKEN": "{K}"}}}}\''],
    ),
    "claude, remote": (
        "a.sh",
        [f'claude mcp add -t http a "https://a.example/mcp?api_key={K}" -H "Authorization: Bearer {K}"'],
    ),
    "codex": ("a.sh", [f"codex mcp add a --env A_TOKEN='{K}' -- uvx a"]),
    "gemini": ("a.sh", [f'gemini mcp add -H "X-Api-Key: {K}" a https://a.example/mcp']),
    "amp": ("a.sh", [f"amp mcp add a --header 'Authorization=Bearer {K}' https://a.example/mcp"]),
    "droid": ("a.sh", [f"droid mcp add a 'npx -y a --token {K}' --env K=V"]),
    "code": ("a.sh", [f'code --add-mcp \'{{"name":"a","command":"npx","env":{{"A_TOKEN":"{K}"}}}}\'']),
    "goose": ("a.sh", ["# mcp", f"goose session --with-extension 'A_API_KEY={K} npx -y a-mcp'"]),
    "npx": ("a.sh", [f"npx -y @a/mcp --api-key={K}"]),
    "docker": ("a.sh", [f"docker run -i --rm -e A_TOKEN={K} mcp/a"]),
    "curl": ("a.sh", [f'curl -H "Authorization: Bearer {K}" https://a.example/mcp']),
    "bridge": ("a.sh", [f'npx mcp-remote https://a.example/sse --header "Authorization: Bearer {K}"']),
    "exported beside": ("a.sh", [f"export A_TOKEN={K}", "npx -y a-mcp"]),
    "written": ("a.sh", ["cat > .mcp.json <<'EOF'", ENTRY, "EOF"]),
    "echoed": ("a.sh", [f"echo '{ENTRY}' > .mcp.json"]),
    "an apostrophe before": ("a.sh", ["# don't", "echo it's", f"claude mcp add a -e A_TOKEN={K} -- a"]),
    "commented out": ("a.sh", [f"# claude mcp add a -e A_TOKEN={K} -- a"]),
    "fish": ("a.fish", [f"set -gx A_TOKEN {K}", "npx -y a-mcp"]),
    "PowerShell": ("a.ps1", [f'$env:A_TOKEN = "{K}"', "claude mcp add a `", f"  -e B_TOKEN={K} -- npx a"]),
    "PowerShell, .NET": ("a.ps1", [f'[Environment]::SetEnvironmentVariable("A_TOKEN", "{K}", "User")', "npx a-mcp"]),
    "PowerShell, written": ("a.ps1", ["@'", ENTRY, "'@ | Set-Content .mcp.json"]),
    "batch": ("a.bat", [f"set A_TOKEN={K}", f'set "B_TOKEN={K}"', f"setx C_TOKEN {K} /M", "npx -y a-mcp"]),
    "Dockerfile": ("Dockerfile", ["FROM mcp/a", f"ENV A_TOKEN={K} \\", " # it's", f" B_TOKEN={K}", f"ENV C_TOKEN {K}"]),
    "Dockerfile, started": ("Dockerfile", ["FROM node", f'CMD ["npx", "-y", "a-mcp", "--api-key", "{K}"]']),
    "Dockerfile, written": ("Dockerfile", ["FROM node", "COPY <<EOF /root/.mcp.json", ENTRY, "EOF"]),
    "Makefile": ("Makefile", [f"export A_TOKEN := {K}", "run:", f"\t@B_TOKEN={K} npx -y a-mcp --token $(TOKEN)"]),
    "bash": (".bash_history", ["#1700000000", f"export GITHUB_TOKEN={G}", "#1700000001", f"npx a-mcp --token {K}"]),
    "bash, by name": (".bash_history", [f"export A_TOKEN={K}", f"export B_TOKEN={N}", "docker run -e A_TOKEN a/b-mcp"]),
    "zsh": (".zsh_history", [": 1700000000:0;claude mcp add a \\", f"-e A_TOKEN={K} -- a", ": 1700000009:5;ls"]),
    "fish's": ("fish_history", [f"- cmd: claude mcp add a \\\\\\n  -e A_TOKEN={K} -- a", "  when: 1700000000"]),
    "PowerShell's": ("ConsoleHost_history.txt", [f'$env:GITHUB_TOKEN="{G}"', f"claude mcp add a -e A_TOKEN={K} -- a"]),
}  # fmt: skip

QUIET: dict[str, tuple[str, list[str]]] = {
    "stand-ins": ("a.sh", ["claude mcp add a -e A_TOKEN=your-token -e B=ghp_xxxxxxxxxxxx -- npx a --key <KEY>"]),
    "references": ("a.sh", ['claude mcp add a -e A_TOKEN=$A -H "Authorization: Bearer ${B}" https://a.example/mcp']),
    "asked for": ("a.sh", ["read -s A_TOKEN", "export A_TOKEN", "npx -y a-mcp --token $(pass show a)"]),
    "another program's": ("a.sh", ["# mcp", f"./deploy --token {N}"]),
    "another program's, beside the name of a folder": ("a.sh", [f"cd mcp-server && ./deploy --token {N}"]),
    "a cluster called so": ("a.sh", [f"kubectl -n mcp-server create secret generic x --from-literal=k={N}"]),
    "a clone": ("a.sh", ["git clone https://github.com/a/a-mcp.git", "git checkout ⟦N {h:40}⟧"]),
    "a sample's password": ("a.sh", ["azmcp sql create --admin-password 'P@ssw0rd!'", "npx a-mcp --pass Test1234!"]),
    "on this machine": ("a.sh", [f"curl http://localhost:6274/mcp?MCP_PROXY_AUTH_TOKEN={N}"]),
    "a digest": ("Dockerfile", ["FROM mcp/a@sha256:⟦N {h:64}⟧", "ENV PORT=3000"]),
    "built with": ("Dockerfile", ["FROM mcp/a", "ARG TOKEN", "ENV A_TOKEN=$TOKEN B_TOKEN=changeme"]),
    "typed": (".bash_history", [f"export A_TOKEN={N}", "npx -y a-mcp", f"./x --token {N}"]),
    "a sentence": ("a.txt", ["Use claude mcp add with a token: any will do, it's fine. token=required"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_finds(name: str, break_: str) -> None:
    file, lines = SCRIPTS[name]
    found = read(break_.join(["# mcp" if file[0] != "." else "ls", *lines, ""]), file)
    assert found.told == found.secrets
    assert found.secrets


@pytest.mark.parametrize("name", QUIET)
def test_leaves_alone(name: str) -> None:
    file, lines = QUIET[name]
    assert read("\n".join(["# mcp", *lines, ""]), file).told == set()


def test_tells_the_kind_of_slot_and_the_server() -> None:
    line = f'claude mcp add -e A_TOKEN={K} -H "X-Api-Key: {K}" tickets https://t.example/mcp?api_key={K}'
    found = read(f"{line}\nnpx -y x-mcp --api-key {K}\n", "a.sh")
    told = [
        (finding.slot.context.kind, finding.slot.context.name, finding.entry.name if finding.entry else "")
        for finding in found.findings
    ]
    assert told == [
        ("env", "A_TOKEN", "tickets"),
        ("header", "X-Api-Key", "tickets"),
        ("url-query", "api_key", "tickets"),
        ("arg", "api-key", "x-mcp"),
    ]


def test_a_name_survives_moved_lines() -> None:
    text = f"claude mcp add a -e A_TOKEN={K} -- a\n"
    (before,), (after,) = read(text, "a.sh").findings, read(f"# more\n\n{text}", "a.sh").findings
    assert before.place.line != after.place.line
    assert before.fingerprint == after.fingerprint


@pytest.mark.parametrize(
    "data",
    [
        b": 1:0;echo \x83\xa1\xe2\x80\x83\xb9 && claude mcp add a -e A_TOKEN=%s -- a\n",  # zsh's own way with bytes
        b"\0\0\0\0claude mcp add a -e A_TOKEN=%s -- a\n",  # after a crash
        b"\xff\xfeclaude".replace(b"\xff\xfe", b"\xff") + b"\nclaude mcp add a -e A_TOKEN=%s -- a\n",
    ],
)
def test_histories_hold_any_bytes(data: bytes) -> None:
    from tests.scanner.documents.reading import AROUND

    from unsprawl.scanner.discover import named
    from unsprawl.scanner.examine import Examined, examine

    file = named("/home/u/.zsh_history", AROUND)
    assert file is not None
    value = "qT7bX2mK9vR4" + "wZ8nL5cJ3hF6dS1gP0aY"
    examined = examine(file, data.replace(b"%s", value.encode()), "h")
    assert isinstance(examined, Examined)
    assert [finding.secret.reveal() for finding in examined.findings] == [value]
    assert examined.problems == ()
