"""A whole team, from keys written out in three repositories and five homes to none, with real git and real files.

ada leads; bo answers questions on a terminal, cem writes a script, dua takes over what lies on her machine and goes
back once; eve never joins.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.report.team.test_page import Strict
from tests.report.test_contract import checked
from tests.team.bed import TICKETS, WORK, Person, Start, Team, found, key, npx, planted, team, write
from unsprawl.vault import env_file
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.records import list_records

pty = pytest.importorskip("pty")
from tests.cli.terminal import Terminal  # noqa: E402
from tests.team.login import log_in_where_entries_lead, no_key_came  # noqa: E402

REPOSITORIES = ("app", "api", "web")
FOLDERS = tuple(f"{WORK}/{name}" for name in REPOSITORIES)
LOOK = tuple(word for folder in FOLDERS for word in ("--path", folder))
PAT, SEARCH, BRANCH = "GITHUB_PERSONAL_ACCESS_TOKEN", "BRAVE_API_KEY", "mcp-keys"
SHARED = {PAT: "GITHUB", SEARCH: "BRAVE", "TICKETS_TOKEN": "TICKETS", "ACME_API_KEY": "ACME"}
"""The variables of the shared entries that hold a key, and the kind of each."""
STORE = ("--store", "age-file")
GITHUB, BRAVE, ACME = "@modelcontextprotocol/server-github", "@brave/brave-search-mcp-server", "acme-mcp"
BRIDGE = "mcp-remote@0.15.1"
STANDS = {
    *((name, "done") for name in ("github", "search", "tickets", "acme")),
    ("search", "todo"),  # no request has gone through the proxy yet; that of Zed: nobody has logged in
    *((name, status) for name in ("linear", "tavily") for status in ("todo", "skipped")),
}
"""The shared entries after `verify --start`: only a browser is missing (see login.py), and a call of a tool."""
STATE = ".local/share/unsprawl", ".config/unsprawl"


def ours(kind: str) -> str:
    """A key of the team, as it stood in the repositories for all."""
    return key(kind, "the team")


def repositories(team: Team, lead: Person) -> None:
    """Three projects as teams have them; one GitHub token in two of them."""
    tickets = {"url": f"https://{TICKETS}/mcp", "headers": {"Authorization": f"Bearer {ours('TICKETS')}"}}
    team.publish("app", {
        "README.md": "# app\n",
        ".mcp.json": {"mcpServers": {"github": npx(GITHUB, **{PAT: ours("GITHUB")}),
                                     "linear": npx("linear-mcp-server", LINEAR_API_KEY=ours("LINEAR"))}},
        ".cursor/mcp.json": {"mcpServers": {"search": npx(BRAVE, BRAVE_API_KEY=ours("BRAVE")), "tickets": tickets}},
        ".pre-commit-config.yaml": "repos:\n  - repo: local\n    hooks: []  # none yet\n",
    }, lead)  # fmt: skip
    team.publish("api", {
        ".vscode/mcp.json": {"servers": {"github": {"type": "stdio", **npx(GITHUB, **{PAT: ours("GITHUB")})}}},
        ".codex/config.toml": f'model = "gpt-5"\n\n[mcp_servers.search]  # for the docs\ncommand = "npx"\n'
                              f'args = ["-y", "{BRAVE}"]\nenv = {{ BRAVE_API_KEY = "{key("BRAVE", "api")}" }}\n',
    }, lead)  # fmt: skip
    tavily = {"url": f"https://mcp.tavily.com/mcp/?tavilyApiKey={key('TAVILY', 'web')}"}
    acme = {"command": "npx", "args": ["-y", ACME, "--api-key", ours("ACME")]}
    team.publish("web", {
        ".cursor/mcp.json": {"mcpServers": {"tavily": tavily, "acme": acme}},
        ".zed/settings.json": '{\n  // for all of us\n  "context_servers": {\n    "search": {"command": "npx", "args": '
                              '["-y", "tavily-mcp"], "env": {"TAVILY_API_KEY": "' + ours("TAVILY") + '"}},\n  },\n}\n',
    }, lead)  # fmt: skip


def homes(people: dict[str, Person]) -> None:
    """Everybody's own keys, and copies of the team's. One file is broken."""
    ada, bo, cem, dua, eve = people.values()

    def github(value: str) -> dict[str, Any]:
        return {"mcpServers": {"github": npx(GITHUB, **{PAT: value})}}

    write(ada.home / ".cursor/mcp.json", github(key("GITHUB", "ada")))
    write(ada.home / ".config/Claude/claude_desktop_config.json", github(ours("GITHUB")))
    write(bo.home / ".codex/config.toml",
          f'# mine\n[mcp_servers.search]\ncommand = "npx"\nargs = ["-y", "{BRAVE}"]\n\n'
          f'[mcp_servers.search.env]\nBRAVE_API_KEY = "{ours("BRAVE")}"  # from the wiki\n')  # fmt: skip
    write(bo.home / ".config/goose/config.yaml",
          "GOOSE_PROVIDER: openai\nextensions:\n  notes:\n    type: stdio\n    enabled: true\n    cmd: npx\n"
          f"    args: [-y, notes-mcp]\n    envs:\n      NOTES_API_KEY: {key('TICKETS', 'notes of bo')}  # mine\n"
    )  # fmt: skip
    write(cem.home / ".cursor/mcp.json", github(key("GITHUB", "cem before")))
    write(cem.home / ".gemini/settings.json", '{"mcpServers": {"search": ' + json.dumps(
        npx(BRAVE, BRAVE_API_KEY=key("BRAVE", "cem before"))) + "}\n")  # fmt: skip
    mine = {"search": npx(BRAVE, BRAVE_API_KEY=key("BRAVE", "dua")), **github(key("GITHUB", "dua"))["mcpServers"]}
    write(dua.home / ".claude.json", {"numStartups": 3, "mcpServers": mine, "theme": "dark"})
    write(eve.home / ".cursor/mcp.json", github(ours("GITHUB")))


def hand_in(folder: Path, when: str, *people: Person, **codes: int) -> list[str]:
    """Everybody's anonymous scan of their home, in one folder."""
    made = []
    for person in people:
        words = ("scan", "~", "--format", "json", "--anonymous", "--as", person.name)
        path = folder / f"{person.name}-{when}.json"
        path.write_text(person.types(*words, code=codes.get(person.name, codes.get("all", 0))))
        made.append(str(path))
    return made


def report(lead: Person, files: list[str], code: int) -> dict[str, Any]:
    """The team's report as a document."""
    words = ("team", "report", *files, "--policy", f"{WORK}/.unsprawl.yaml")
    return checked(lead.types(*words, "--format", "json", code=code), "team")


def steps(told: dict[str, Any]) -> dict[str, list[str]]:
    """Who has what to do, by its kind."""
    return {each["name"]: [step["kind"] for step in each["steps"]] for each in told["people"]}


# --- the chapters


def migrated(lead: Person) -> None:
    """The policy, a branch in each repository, merged and pushed by plain git."""
    members = tuple(word for name in ("ada", "bo", "cem", "dua", "eve") for word in ("--member", name))
    moves = ("--move", "GitHub=run", "--move", "Brave=wire")
    lead.types("team", "init", WORK, "--yes", "--name", "acme", *members, *moves)
    words = ("migrate", *FOLDERS, "--policy", f"{WORK}/.unsprawl.yaml", "--branch", BRANCH, *STORE)
    assert "3 repositories would get a commit" in lead.types(*words, "--dry-run", code=1)
    told = lead.types(*words, "--yes")
    assert "3 repositories have a commit on mcp-keys" in told
    for name in REPOSITORIES:
        assert lead.git(name, "ls-remote", "--heads", "origin").count("\n") == 1, "nothing was pushed"
        lead.git(name, "switch", "-q", "main")
        lead.git(name, "merge", "-q", BRANCH)
        lead.git(name, "push", "-q", "origin", "main")
    lead.types("migrate", *STORE, "--yes")
    loads_variables(lead)


def loads_variables(person: Person) -> None:
    """The line that they are told to type."""
    line = ". ~/.config/unsprawl/env.sh"
    assert f"echo '{line}' >> ~/.bashrc" in " ".join("\n".join(person.printed).split())
    (person.home / ".bashrc").write_text(f"{line}\n")


def joins_on_a_terminal(person: Person, mine: dict[str, str]) -> None:
    """Every question gets its answer; keys are typed unseen."""
    trust, sure = r"Is it what you expect\?", r"Type yes to trust it all the same"
    typed, use = r"Your own ([A-Z_]+) \(not shown; nothing:\s+leave the entry\)", r"Use it\?"
    question = re.compile(f"(?P<trust>{trust})|(?P<sure>{sure})|{typed}|(?P<use>{use})")
    with Terminal(person.start, "team", "join", *FOLDERS, *STORE) as terminal:
        seen = 0
        while True:
            try:
                terminal.until(question.pattern, seen + 1)
            except AssertionError:
                break  # it asks no more
            asked = list(question.finditer(terminal.shown))[seen]
            seen += 1
            answer = "y" if asked["trust"] or asked["use"] else "yes\r" if asked["sure"] else ""
            terminal.press(answer or f"{mine[asked[3]]}\r")
        assert terminal.end() == 3, terminal.shown
        person.printed.append(terminal.raw)


def joins_by_script(person: Person, mine: dict[str, str], *more: str) -> None:
    """Look, and say yes to each by its digest, with the one value that it lacks."""
    looked = json.loads(person.types("team", "join", *FOLDERS, "--dry-run", "--format", "json", code=1))
    for entry in looked["entries"]:
        if entry["needs"] == "value":
            [name] = entry["missing"] or entry["variables"]
            words = ("team", "join", *FOLDERS, "--confirm", entry["confirm"], *STORE, *more)
            if "--found" in more and name not in (PAT, SEARCH):
                words = tuple(word for word in words if word != "--found")
            stdin = "" if "--found" in words else mine[name] + "\n"
            person.types(*words, *(() if "--found" in words else ("--stdin",)), stdin=stdin, code=3)


def everything_starts(person: Person, mine: dict[str, str], team: Team) -> None:
    """Every shared entry is started or called as its host does it, and gets this person's key and nobody else's."""
    before = len(team.tickets.calls)
    look = ("verify", *LOOK) if person.name == "ada" else ("team", "join", *FOLDERS)
    told = json.loads(person.types(*look, "--start", "--yes", "--format", "json", code=3))
    leads = person.name == "ada"
    stands = {each for each in STANDS if leads or each[1] != "skipped"}  # no login is tried in a join without a browser
    assert {(each["entry"], each["status"]) for each in told["outcomes"]} == stands, told["outcomes"]
    started = person.started()
    assert sorted(each.package for each in started) == sorted(
        [GITHUB, GITHUB, BRAVE, BRAVE, ACME, *([BRIDGE] if leads else [])]
    )
    known = {person.digest(value): name for name, value in mine.items()}
    foreign = {person.digest(value) for value in planted()} - known.keys()
    for each in started:
        given = {known[word] for word in (*each.env.values(), *each.args) if word in known}
        assert given == expected(each), (person.name, each.package)
        assert not foreign & {*each.env.values(), *each.args}, (person.name, each.package)
    sent = {call.headers.get("authorization", "") for call in team.tickets.calls[before:]}
    assert sent == {f"Bearer {mine['TICKETS_TOKEN']}"}, "the remote server got another key, or none"
    assert in_vault(person) >= {mine[PAT], mine[SEARCH]}


def expected(started: Start) -> set[str]:
    """The variables whose keys a server sees: under `run --wire` a placeholder; Zed hands on all that is exported."""
    return {GITHUB: {PAT}, ACME: {"ACME_API_KEY"}, BRIDGE: {"ACME_API_KEY", "TICKETS_TOKEN"}}.get(
        started.package, set()
    )


def in_vault(person: Person) -> set[str]:
    """The values of their records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(person.home))
        store = AgeStore()
        values = {store.get(item).reveal() for record in list_records() for _, item in record.variables}
        exported = (env_file.get_variable(name) for name in env_file.names())
        return values | {secret.reveal() for secret in exported if secret is not None}


def keys_of(name: str) -> dict[str, str]:
    return {variable: key(kind, name) for variable, kind in SHARED.items()}


def stood_in_files() -> set[str]:
    """What the four who hand in had in their files before, their clones among them."""
    return {
        *map(ours, ("GITHUB", "BRAVE", "LINEAR", "TAVILY", "TICKETS", "ACME")),
        key("BRAVE", "api"), key("TAVILY", "web"),
        key("GITHUB", "ada"), key("TICKETS", "notes of bo"), key("GITHUB", "cem before"), key("BRAVE", "cem before"),
        key("GITHUB", "dua"), key("BRAVE", "dua"),
    }  # fmt: skip


def replaces(person: Person) -> None:
    """A new key where an old one is still in use, then the word that the old one is ended at its vendor."""
    old = stood_in_files()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(person.home))
        store = AgeStore()
        used = [
            (record.project, record.ref, name)
            for record in list_records()
            for name, item in record.variables
            if store.get(item).reveal() in old
        ]
        for name in env_file.names():
            if (secret := env_file.get_variable(name)) is not None and secret.reveal() in old:
                used.append((None, name, name))
    for project, ref, name in used:
        new = key(SHARED.get(name, "TICKETS"), f"{person.name} new")
        words = (ref,) if ref == name else (ref, name)
        person.types("vault", "set", *words, cwd=str(Path(project or person.home)), stdin=new + "\n")
    left = json.loads(person.types("revoke", "--format", "json"))["revocations"]
    assert [each["needed_by"] for each in left if each["needed_by"]] == []
    if left:
        person.types("revoke", "--done", *(each["secret_id"] for each in left))


def nothing_left(team: Team, lead: Person, folder: Path) -> None:
    """No planted value is anywhere but in vaults, in eve's home and in what the repositories were before."""
    values = planted()
    for name in REPOSITORIES:
        fresh = folder / "fresh" / name
        lead.git("", "clone", "-q", str(team.origin / f"{name}.git"), str(fresh))
        lead.types("scan", str(fresh))
        made = lead.git(name, "rev-list", "--objects", f"{BRANCH}~1..{BRANCH}").split("\n")
        objects = [line.split(" ")[0] for line in made if line]
        assert len(objects) > 3
        found(values, "".join(lead.git(name, "cat-file", "-p", each) for each in objects), f"the commit in {name}")
    found(values, team.printed(), "what was printed")
    looked = 0
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if not path.is_file() or inside[0] == "eve" or "objects" in inside or path.name == "env.sh":
            continue
        looked += 1
        found(values, path.read_bytes().decode("utf-8", "surrogateescape"), str(path))
    assert looked > 200


@pytest.mark.slow
def test_a_team_from_keys_everywhere_to_none(tmp_path: Path) -> None:
    with team(tmp_path, "ada", "bo", "cem", "dua", "eve") as acme:
        story(acme, tmp_path)


def story(acme: Team, folder: Path) -> None:
    ada, bo, cem, dua, eve = acme.people.values()
    joined = (bo, cem, dua)
    repositories(acme, ada)
    acme.clone(REPOSITORIES, *joined, eve)
    homes(acme.people)
    shared = folder / "handed"
    shared.mkdir()

    # One key for all, and how it is before.
    ada.types("team", "key", "--new")
    ada.types("team", "key", "--export", str(shared / "team.key"))
    for person in joined:
        person.types("team", "key", "--import", str(shared / "team.key"))
    before = hand_in(shared, "before", ada, *joined, all=1)

    migrated(ada)
    everything_starts(ada, {**keys_of("the team"), SEARCH: ours("BRAVE")}, acme)

    # Everybody joins in their own way, and moves the keys of their own home.
    for person in joined:
        for name in REPOSITORIES:
            person.git(name, "pull", "-q", "--ff-only")
    old = dua.files(WORK)
    joins_on_a_terminal(bo, keys_of("bo"))
    joins_by_script(cem, keys_of("cem"))
    joins_by_script(dua, keys_of("dua"), "--found")
    for person in joined:
        # bo said yes to all that was offered: the team's old key, which lies in his Codex, was not.
        assert in_vault(person) == set(keys_of(person.name).values()), person.name
        loads_variables(person)
        person.types("migrate", *STORE, "--yes", code=1 if person is cem else 0)
        everything_starts(person, keys_of(person.name), acme)

    # What asks for a login gets one: bo by the entry's name, cem by its address.
    log_in_where_entries_lead(acme.vendors, bo, cem)

    # dua goes back, and the report says so.
    for name in REPOSITORIES:
        assert dua.git(name, "status", "--porcelain") == ""
    dua.types("team", "join", "--undo", "--yes", *FOLDERS)
    dua.types("undo", "--all", "--yes")
    assert {name: data for name, data in dua.files(WORK).items() if name != ".bashrc"} == old
    assert in_vault(dua) == set()
    for name in REPOSITORIES:
        assert dua.git(name, "status", "--porcelain") == ""
    gone_back = hand_in(shared, "back", dua, all=1)
    told = report(ada, [*before, *gone_back], 1)
    assert steps(told)["dua"][0] == "migrate", told["people"]
    assert {each["name"]: each["standing"] for each in told["people"]}["eve"] == "never-joined"
    joins_by_script(dua, keys_of("dua"), "--found")
    dua.types("migrate", *STORE, "--yes")
    everything_starts(dua, keys_of("dua"), acme)

    # cem mends the broken file; everybody puts new keys in, and says that the old ones are ended.
    broken = cem.home / ".gemini/settings.json"
    write(broken, broken.read_text().rstrip() + "}\n")
    cem.types("migrate", *STORE, "--yes")
    for person in (ada, *joined):
        replaces(person)
    everything_starts(ada, keys_of("ada new"), acme)

    # All but eve hand in again, and the report has nothing left to ask of anybody else.
    after = hand_in(shared, "after", ada, *joined)
    told = report(ada, [*before, *gone_back, *after], 1)
    assert {each["name"]: each["standing"] for each in told["people"]} == {
        "ada": "done", "bo": "done", "cem": "done", "dua": "done", "eve": "never-joined",
    }, told["people"]  # fmt: skip
    assert (told["now"]["secrets"], told["now"]["violations"]) == (0, 0), told["now"]
    assert told["before"]["secrets"] == len(stood_in_files()), told["before"]
    assert {each["state"] for each in told["keys"]} == {"dead"}, told["keys"]
    nobody_missing = shared / "without eve.yaml"
    nobody_missing.write_text((ada.home / WORK / ".unsprawl.yaml").read_text().replace("    - eve\n", ""))
    ada.types("team", "report", *before, *after, "--policy", str(nobody_missing))
    words = ("team", "report", *before, *after, "--policy", f"{WORK}/.unsprawl.yaml")
    shown = ada.types(*words, "--html", str(shared / "report.html"), code=1)
    headline = "No secret stands in a file any more, but eve never joined."
    assert shown.startswith(f"acme: n{headline[1:]}\n"), shown
    assert Strict((shared / "report.html").read_text("utf-8")).text("h1") == [headline]

    # What remains is in the history, and named there.
    past = checked(ada.types("scan", "--history", f"{WORK}/app", "--format", "json", code=1), "scan")
    assert {each["rule"] for each in past["findings"]} >= {"github-pat-classic", "brave-search", "linear-api-key"}
    hidden = ("scan", "--history", f"{WORK}/app", "--format", "json", "--anonymous", "--as", "bo")
    (shared / "bo-history.json").write_text(bo.types(*hidden, code=1))
    told = report(ada, [*before, *after, str(shared / "bo-history.json")], 1)
    assert steps(told)["bo"] == ["history"], "bo has not said of these that they are ended"
    hidden = (*hidden[:-1], "ada")
    (shared / "ada-history.json").write_text(ada.types(*hidden, code=1))
    told = report(ada, [*before, *after, str(shared / "ada-history.json")], 1)
    assert steps(told)["ada"] == [], "ada has"
    nothing_left(acme, ada, folder)
    no_key_came(acme.vendors)
