"""What README and docs show, from real runs in a small demo home: `python -m tests.readme_output [--check]`."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from tests.cli.homes import brave, github
from tests.cli.program import Program, program
from tests.git import git
from tests.oauth.bed import Bed, public
from tests.oauth.login_bed import Provider, jwt
from tests.oauth.registrar import Registrar, registering
from tests.report.team.bed import acme
from tests.servers.sites import redirect
from unsprawl.broker.wire.log import AuditLog
from unsprawl.broker.wire.model import Event, Happening
from unsprawl.rules.samples import expand

README = Path(__file__).parent.parent / "README.md"
END = "<!-- /output -->"
MARKS = re.compile(f"(<!-- output: ([a-z]+) -->)\\n.*?{END}", re.DOTALL)
COLUMNS = 80
# The path that a lasting installation has; the real one here is temporary, and as long as this machine makes it.
INSTALLED = """
from unsprawl.broker.install import Installed
install.where = lambda: Installed("/home/you/.local/bin/unsprawl", True, "installed for this user")
"""


def build(home: Path) -> None:
    """Two hosts as people have them; one token in both."""
    token = github(7)
    bearer = expand("{an:40}", Random(8))
    server = {
        "command": "npx",
        "args": ["-y", "@modelcontextprotocol/server-github"],
        "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": token},
    }
    search = {
        "command": "npx",
        "args": ["-y", "@brave/brave-search-mcp-server"],
        "env": {"BRAVE_API_KEY": brave(9), "BRAVE_MCP_TRANSPORT": "stdio"},
    }
    tickets = {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": f"Bearer {bearer}"}}
    _write(home / ".claude.json", {"numStartups": 41, "mcpServers": {"github": server}})
    _write(home / ".cursor" / "mcp.json", {"mcpServers": {"github": server, "search": search, "tickets": tickets}})


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)


def terminal(start: Program, home: Path, *commands: list[str]) -> str:
    """What these commands print, each under its prompt."""
    parts = []
    for words in commands:
        done = start(*words)
        assert done.stderr == "", done.stderr
        parts.append(f"{_typed(words, home)}\n{_settled(done.stdout)}")
    return "\n".join(parts)


def _typed(words: list[str], home: Path) -> str:
    return "$ " + " ".join(["unsprawl", *words]).replace(str(home), "~")


def card(start: Program, home: Path) -> str:
    return terminal(start, home, [])


def scan(start: Program, home: Path) -> str:
    dry = ["migrate", "--dry-run", "--entry", "search", "--entry", "tickets"]
    return terminal(start, home, ["scan", str(home)], dry)


def lines(start: Program, home: Path) -> str:
    """The first finding and the summary."""
    words = ["scan", str(home), "--format", "jsonl"]
    made = _settled(start(*words).stdout).replace(str(home), "/home/you").splitlines()
    typed = _typed(words, home)
    return f"{typed} | head -n 1\n{made[0]}\n\n{typed} | tail -n 1\n{made[-1]}\n"


def table(start: Program, home: Path) -> str:
    words = ["scan", str(home), "--format", "csv"]
    return f"{_typed(words, home)}\n{_settled(start(*words).stdout)}"


def result(start: Program, home: Path) -> str:
    """One rule and one result, as jq shows them."""
    words = ["scan", str(home), "--format", "sarif"]
    run = json.loads(start(*words).stdout)["runs"][0]
    parts = {".tool.driver.rules[1]": run["tool"]["driver"]["rules"][1], ".results[0]": run["results"][0]}
    shown = (
        f"{_typed(words, home)} | jq '.runs[0]{path}'\n{json.dumps(part, indent=2)}\n" for path, part in parts.items()
    )
    return "\n".join(shown)


def commit(start: Program, home: Path) -> str:
    """A commit that is stopped, as the hook tells it."""
    project = _project(home)
    done = start("hook", "--staged", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    return f"$ unsprawl hook --staged\n{done.stderr}"


def install(start: Program, home: Path) -> str:
    """Into a repository that has a hook already."""
    project = _project(home)
    script = project / ".git" / "hooks" / "pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text("#!/bin/sh\nnpm test\n")
    script.chmod(0o755)
    shown = []
    for words in (["hook", "--install"], ["hook", "--uninstall"]):
        done = start(*words, cwd=project)
        assert (done.returncode, done.stderr) == (0, "")
        shown.append(f"{_typed(words, home)}\n{done.stdout.replace(str(home), '/home/you')}")
    return "\n".join(shown)


def branch(start: Program, home: Path) -> str:
    """Two repositories, one of which is not ready."""
    _repositories(home)
    words = ["migrate", "app", "api", "--branch", "mcp-keys", "--policy", "team.yaml", "--dry-run"]
    return terminal(start, home, words).replace(str(home), "~")


def guide(start: Program, home: Path) -> str:
    """What colleagues read in the first of them."""
    _repositories(home)
    words = ["migrate", "app", "--branch", "mcp-keys", "--policy", "team.yaml", "--yes"]
    done = start(*words, "--store", "age-file")
    assert done.returncode == 0, done.stderr
    text = (home / "app" / "MIGRATION.md").read_text(encoding="utf-8")
    return f"{_typed(words, home)} && cat app/MIGRATION.md\n\n{text}"


def _repositories(home: Path) -> None:
    (home / "team.yaml").write_text(
        "version: 1\nteam: {name: acme, members: [ada, bo, cem]}\nmove: {entries: {search: run}}\n"
    )
    (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@acme.example\n")
    for name in ("app", "api"):
        server = {
            "command": "npx",
            "args": ["-y", "@brave/brave-search-mcp-server"],
            "env": {"BRAVE_API_KEY": brave(9)},
        }
        _write(home / name / ".mcp.json", {"mcpServers": {"search": server}})
        (home / name / ".pre-commit-config.yaml").write_text("repos:\n  - repo: local\n    hooks: []\n")
        for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "as it was"]):
            git(home / name, *words)
    (home / "api" / "README.md").write_text("not committed yet\n")
    git(home / "api", "add", "README.md")


def wire(start: Program, home: Path) -> str:
    """A local server and a remote one."""
    words = ["migrate", "--dry-run", "--to", "wire", "--entry", "search", "--entry", "tickets"]
    return terminal(start, home, words)


def log(start: Program, home: Path) -> str:
    """What the proxy writes down of a server that also tries to send its key elsewhere."""
    folder = home / ".local" / "share" / "unsprawl" / "wire"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = ("BRAVE_API_KEY",)
    written = AuditLog("search-3ynhrnzj", folder)
    written.write(Event(Happening.STARTED, variables=names))
    written.write(Event(Happening.SENT, "api.search.brave.com:443", "GET", 200, names))
    written.write(Event(Happening.TUNNELLED, "registry.npmjs.org:443"))
    foreign = "a placeholder on the way to a host that it is not bound to"
    written.write(Event(Happening.STOPPED, "collect.example.net:443", "POST", 403, names, foreign))
    written.write(Event(Happening.ENDED))
    text = re.sub(r"^\d{4}-\d\d-\d\d", "2026-11-28", terminal(start, home, ["vault", "log"]), flags=re.MULTILINE)
    return re.sub(r"^\d\d:\d\d:\d\d", "09:41:07", text, flags=re.MULTILINE)


def _project(home: Path) -> Path:
    project = home / "project"
    if not project.exists():
        project.mkdir()
        git(project, "init", "-q")
        server = {"command": "npx", "env": {"BRAVE_API_KEY": brave(9)}}
        _write(project / ".mcp.json", {"mcpServers": {"search": server}})
        git(project, "add", ".mcp.json")
    return project


def baseline(start: Program, home: Path) -> str:
    """Known places, a new one, and one whose last day is over."""
    project = home / "project"
    (project / ".git").mkdir(parents=True)
    config = {"command": "npx", "env": {"BRAVE_API_KEY": brave(10)}}
    servers = {"search": config, "github": {"command": "npx", "env": {"GITHUB_TOKEN": github(11)}}}
    _write(project / ".mcp.json", {"mcpServers": servers})
    written = start("scan", ".", "--update-baseline", cwd=project)
    assert written.returncode == 0, written.stderr
    path = project / ".unsprawl.baseline.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    known["findings"][0] |= {"reason": "replaced in June", "expires": "2026-06-30"}
    path.write_text(json.dumps(known), encoding="utf-8")
    servers["new"] = {"command": "npx", "env": {"GITHUB_TOKEN": github(12)}}
    _write(project / ".mcp.json", {"mcpServers": servers})
    done = start("scan", ".", "--baseline", cwd=project)
    assert done.stderr == "", done.stderr
    return f"$ unsprawl scan . --baseline\n{done.stdout}"


def matrix(start: Program, home: Path) -> str:
    """What the rules allow, which no machine changes."""
    return terminal(start, home, ["hosts", "--matrix"])


def probe(start: Program, home: Path) -> str:
    """A server that two libraries stop at. It has these names, behind a proxy of our own."""

    def change(made: Bed) -> None:
        made.metadata["issuer"] = f"{made.auth.url}/"
        made.metadata["client_id_metadata_document_supported"] = False

    with public(home, change) as (made, environ):
        done = start("probe", made.url, env=environ)
    told = done.stderr.replace(" through the proxy", "")
    return f"{_typed(['probe', made.url], home)}\n{told}\n{done.stdout}"


def probe_active(start: Program, home: Path) -> str:
    """A front without consent, at an authorization server that keeps its clients."""

    def setting(made: Registrar) -> None:
        made.managed = False
        asked = {"response_type": "code", "client_id": "front", "redirect_uri": "https://auth.example.com/callback"}
        made.goes = lambda words, client: redirect(f"https://login.example.com/authorize?{urlencode(asked)}")

    with public(home, registering(setting)) as (made, environ):
        done = start("probe", "--active", "--yes", made.url, env=environ)
    return f"{_typed(['probe', '--active', '--yes', made.url], home)}\n{done.stdout}"


def signin(start: Program, home: Path) -> str:
    """A correct server whose tokens are good for any other server as well; the long address is cut."""
    with public(home) as (made, environ):
        it = Provider(made)
        it.token_text = lambda grant, text: jwt(iss=made.issuer, aud="https://example.com/", jti=text)
        it.serve()
        browser = {"BROWSER": f"{sys.executable} {Path(__file__).parent / 'servers' / 'follow.py'} %s"}
        done = start("login", made.url, env={**environ, **browser})
    told = done.stderr.replace(" through the proxy", "")
    told = re.sub(r"(?m)^(https://\S+?&)\S+$", r"\1...", told)
    return f"{_typed(['login', made.url], home)}\n{told}\n{done.stdout}"


def ready(start: Program, home: Path) -> str:
    """A server whose login works everywhere."""
    with public(home, lambda made: made.prm.update(resource_name="Tickets")) as (made, environ):
        done = start("probe", made.url, env=environ)
    told = done.stderr.replace(" through the proxy", "")
    return f"{_typed(['probe', made.url], home)}\n{told}\n{done.stdout}"


def _linear(home: Path) -> None:
    """A local server whose vendor has one to log in at, and one that needs no key."""
    key = expand("lin_api_{an:40}", Random(10))
    linear = {"command": "npx", "args": ["-y", "linear-mcp-server"], "env": {"LINEAR_API_KEY": key}}
    time = {"command": "uvx", "args": ["mcp-server-time"]}
    (home / ".claude.json").unlink()
    _write(home / ".cursor" / "mcp.json", {"mcpServers": {"linear": linear, "time": time}})


def explain(start: Program, home: Path) -> str:
    """All in short."""
    _linear(home)
    return terminal(start, home, ["explain"])


def explained(start: Program, home: Path) -> str:
    """All of one."""
    _linear(home)
    return terminal(start, home, ["explain", "linear"])


def register(start: Program, home: Path) -> str:
    """A server that takes registered clients alone."""

    def change(made: Bed) -> None:
        made.metadata |= {"registration_endpoint": None, "client_id_metadata_document_supported": False}

    with public(home, change) as (made, environ):
        done = start("probe", made.url, "--register", "claude-code", env=environ)
    shown = done.stdout[done.stdout.index("  to log in from") :]
    return f"{_typed(['probe', made.url, '--register', 'claude-code'], home)}\n...\n{shown}"


def cimd(start: Program, home: Path) -> str:
    """A document that many would write, and servers refuse."""
    url = "https://example.com/oauth/client.json"
    written = start("probe", "--cimd-for", "claude-code", "--at", url, "--port", "3118").stdout
    changed = json.loads(written) | {"client_id": f"{url}/", "token_endpoint_auth_method": "client_secret_post"}
    (home / "client.json").write_text(json.dumps(changed))
    return terminal(start, home, ["probe", "--cimd", "client.json", "--at", url])


def login(start: Program, home: Path) -> str:
    """An entry whose vendor lets people sign in, and one that nobody knows."""
    linear = {"command": "npx", "args": ["-y", "linear-mcp-server"]}
    key = expand("lin_api_{an:40}", Random(14))
    servers = {"linear": {**linear, "env": {"LINEAR_API_KEY": key, "LOG_LEVEL": "info"}}}
    _write(home / ".cursor" / "mcp.json", {"mcpServers": servers})
    return terminal(start, home, ["migrate", "~/.cursor/mcp.json", "--to", "oauth", "--dry-run"])


def team(start: Program, home: Path) -> str:
    """A team in the middle of it."""
    handed = home / "in"
    handed.mkdir()
    for number, raw in enumerate(acme()):
        (handed / f"{raw['as']}-{number}.json").write_text(json.dumps(raw))
    policy = "version: 1\nteam: {name: acme, members: [ada, bo, cem, dee]}\napproach: {lowest: 5, accept: [vaulted]}\n"
    git(handed, "init", "-q")
    (handed / ".unsprawl.yaml").write_text(policy)
    done = start("team", "report", *sorted(path.name for path in handed.glob("*.json")), cwd=handed)
    assert (done.returncode, done.stderr) == (1, "")
    return f"$ unsprawl team report *.json\n{done.stdout}"


BLOCKS: dict[str, Callable[[Program, Path], str]] = {
    "card": card,
    "scan": scan,
    "jsonl": lines,
    "csv": table,
    "sarif": result,
    "commit": commit,
    "install": install,
    "baseline": baseline,
    "branch": branch,
    "guide": guide,
    "matrix": matrix,
    "probe": probe,
    "active": probe_active,
    "ready": ready,
    "explain": explain,
    "explained": explained,
    "register": register,
    "cimd": cimd,
    "signin": signin,
    "login": login,
    "team": team,
    "wire": wire,
    "log": log,
}
PAGES = (
    README,
    *(
        README.parent / "docs" / name
        for name in (
            "output.md",
            "baseline.md",
            "policy.md",
            "ci.md",
            "hook.md",
            "branches.md",
            "matrix.md",
            "wire.md",
            "probe.md",
            "explain.md",
            "registration.md",
            "oauth.md",
            "login.md",
            "report.md",
        )
    ),
)


@cache
def block(name: str) -> str:
    """What stands between the two marks of that name."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        build(home)
        start = program(home, Path(folder, "bin"), extra=INSTALLED, columns=COLUMNS)
        text = BLOCKS[name](start, home)
    return "\n" + "".join(f"    {line}\n" if line else "\n" for line in text.splitlines()) + "\n"


def _settled(text: str) -> str:
    """Every run makes new names for the vault's records and new ids for values; these are kept, of the same length."""
    refs = dict.fromkeys(re.findall(r"the vault, as ([a-z]+-[a-z0-9]{8})\b", text))
    for number, ref in enumerate(refs):
        text = text.replace(ref, ref[:-8] + "".join(Random(number).choices("abcdefghijkmnpqrstuvwxyz234567", k=8)))
    for number, found in enumerate(dict.fromkeys(re.findall(r"\b[0-9a-f]{20}\b", text))):
        text = text.replace(found, "".join(Random(number).choices("0123456789abcdef", k=20)))
    return text


def updated(page: str) -> str:
    """The page with fresh output between its marks."""
    return MARKS.sub(lambda found: f"{found[1]}\n{block(found[2])}{END}", page)


def main(words: list[str]) -> int:
    stale = False
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        fresh = updated(page)
        if fresh == page:
            continue
        if words == ["--check"]:
            sys.stderr.write(f"{path.name} is stale: python -m tests.readme_output\n")
            stale = True
        else:
            path.write_text(fresh, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
