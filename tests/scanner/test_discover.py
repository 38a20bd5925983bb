"""Every place of `rules/hosts.yaml` is found, and what only looks like one is told apart."""

from __future__ import annotations

import os
import re
from itertools import product
from pathlib import Path

import pytest
import yaml

from unsprawl.rules import build
from unsprawl.rules.bundle import HOSTS
from unsprawl.scanner.candidates import Candidates
from unsprawl.scanner.discover import ConfigFile, Reading, host_files, named, readings
from unsprawl.scanner.host_files import HostFile
from unsprawl.scanner.hosts import Host, host, hosts
from unsprawl.scanner.patterns import fits
from unsprawl.scanner.surroundings import Surroundings

ROOT = Path(__file__).parents[2]
SYSTEMS = ("linux", "macos", "windows")
HOMES = {"linux": "/home/u", "macos": "/Users/u", "windows": "C:\\Users\\u"}
PLACES = [(each, file) for each in hosts() for file in each.files]
EXACT = [
    (each, file, system) for (each, file), system in product(PLACES, SYSTEMS) if system in (file.systems or SYSTEMS)
]


def around(system: str = "linux", **environ: str) -> Surroundings:
    return Surroundings(HOMES[system], f"{HOMES[system]}/work", environ, system)


def name_of(place: tuple[Host, HostFile] | tuple[Host, HostFile, str]) -> str:
    return " ".join([place[0].id, place[1].pattern, *place[2:]])


def filled(pattern: str) -> str:
    """The pattern with names for its stars."""
    return pattern.replace("**", "some/where").replace("*", "any name")


def spelled_out(pattern: str, system: str) -> str:
    """The pattern with the first folder of this system in place of `<name>`."""
    first, slash, rest = pattern.partition("/")
    if first[:1] != "<":
        return pattern
    return next(path for path, systems in HOSTS["folders"][first[1:-1]] if system in systems) + slash + rest


def concrete(pattern: str, system: str) -> tuple[str, dict[str, str]]:
    """A path that the pattern names, and the environment in which it does."""
    first, slash, rest = filled(spelled_out(pattern, system)).partition("/")
    if first == "~":
        return HOMES[system] + slash + rest, {}
    if first[:1] in ("$", "%"):
        folder = "D:\\data\\x" if system == "windows" else "/data/x"
        return folder + slash + rest, {first.strip("$%"): folder}
    if first == "" or first.endswith(":"):
        return filled(pattern), {}
    return f"/srv/project/{filled(pattern)}", {}


def reading_of(found: tuple[Reading, ...], each: Host, file: HostFile) -> Reading:
    (reading,) = [reading for reading in found if (reading.host, reading.servers) == (each.id, file.servers)]
    return reading


@pytest.mark.parametrize("place", EXACT, ids=name_of)
def test_the_exact_place(place: tuple[Host, HostFile, str]) -> None:
    each, file, system = place
    path, environ = concrete(file.pattern, system)
    spellings = {path}
    if system == "windows":
        spellings |= {path.replace("/", "\\"), path.replace("\\", "/"), path.upper()}
    elif system == "macos":
        spellings |= {path.upper()}
    for spelled in spellings:
        found = readings(spelled, around(system, **environ))
        reading = reading_of(found, each, file)
        assert reading.in_place
        assert reading.scope == file.scope
        assert file.also or ConfigFile(spelled, found).shared == (file.scope == "project")


@pytest.mark.parametrize("place", [place for place in PLACES if place[1].scope == "user"], ids=name_of)
def test_a_copy_in_another_tree(place: tuple[Host, HostFile]) -> None:
    each, file = place
    pattern = spelled_out(file.pattern, (file.systems or SYSTEMS)[0])
    path, _ = concrete(pattern.replace("~", "~/backup", 1), "linux")
    found = readings(path, around())
    fixed = file.pattern[:1] == "$"
    mine = [reading for reading in found if (reading.host, reading.servers) == (each.id, file.servers)]
    if not mine and not fixed:  # where it looks like a project's file, it is one, and no copy of another host's
        assert {reading.scope for reading in found} == {"project"}
    elif fixed:  # the folder of a variable may be called anything, so only what else it looks like counts
        assert not any(reading.scope == "user" and reading.in_place for reading in mine)
    elif mine[0].scope == "user":
        assert not mine[0].in_place
    else:
        assert mine[0].scope == "project"
        assert any(
            other.scope == "project" and fits(tuple(other.pattern.split("/")), path.split("/")) for other in each.files
        )


@pytest.mark.parametrize("place", PLACES, ids=name_of)
def test_a_walk_would_look_at_it(place: tuple[Host, HostFile]) -> None:
    *_, folder, name = f"x/{filled(place[1].pattern)}".split("/")
    if place[1].pattern[:1] in ("$", "/") or place[1].pattern[1:2] == ":":
        return  # looked for at that very place, by no walk
    for folded in (False, True):
        spelled = name.lower() if folded else name
        look = Candidates(folded=folded, thorough=False).look(folder.lower() if folded else folder)
        assert spelled[:3] in look.beginnings or (spelled[-4:] in look.tails and not look.passes_over(spelled))
        assert look.counts_as(spelled) == spelled


def test_starred_file_names_begin_with_their_star() -> None:
    """The walk looks at the end of a name only."""
    for _, file in PLACES:
        name = file.pattern.rpartition("/")[2]
        if "*" in name:
            assert re.fullmatch(r"\*[^*?\[]+", name), file.pattern


@pytest.mark.parametrize(
    "path",
    [
        "/srv/x/mcp.json",
        "/srv/settings.json",
        "/srv/config.toml",
        "/srv/x.mcp.json",
        "/srv/.mcp.json.bak",
        "/srv/.claude.json/x",
        "/srv/.MCP.json",
        "/srv/a\\.mcp.json",
        "/etc/settings.json",
        "/x/opencode/config.json",
    ],
)
def test_what_no_host_reads(path: str) -> None:
    assert readings(path, around()) == ()


@pytest.mark.parametrize("path", ["/Users/u/.Cursor/MCP.json", "/Users/u/p/.CURSOR/mcp.JSON", "/USERS/U/.claude.JSON"])
def test_case_does_not_count_on_macos(path: str) -> None:
    assert readings(path, around("macos"))
    assert all(reading.in_place for reading in readings(path, around("macos")))
    assert not any(reading.scope == "user" and reading.in_place for reading in readings(path, around("linux")))


def test_a_project_file_is_no_copy_of_the_users() -> None:
    for name, host_id in (
        (".cursor/mcp.json", "cursor"),
        (".codex/config.toml", "codex"),
        (".gemini/settings.json", "gemini-cli"),
    ):
        project, own = (ConfigFile(path, readings(path, around())) for path in (f"/srv/p/{name}", f"/home/u/{name}"))
        assert project.shared
        assert project.hosts[0] == host_id
        assert {(reading.scope, reading.in_place) for reading in project.readings} == {("project", True)}
        assert not own.shared
        assert own.hosts[0] == host_id
        assert {(reading.scope, reading.in_place) for reading in own.readings} == {("user", True)}


def test_dot_mcp_json_is_shared_by_its_hosts() -> None:
    file = ConfigFile("/srv/.mcp.json", readings("/srv/.mcp.json", around()))
    assert file.hosts == (
        "claude-code", "claude-code-plugin", "copilot-cli", "codex-plugin", "qodercli", "visual-studio", "warp",
    )  # fmt: skip
    assert [reading.host for reading in file.readings if not reading.also] == ["claude-code", "copilot-cli"]
    assert file.shared
    assert file.format == "json"


def test_a_plugin_in_the_cache_belongs_to_the_plugin_alone() -> None:
    for name in (".mcp.json", "cache/a/b/.mcp.json", "cache/x/.claude-plugin/plugin.json"):
        file = ConfigFile("", readings(f"/home/u/.claude/plugins/{name}", around()))
        assert file.hosts == ("claude-code-plugin",)
        assert not file.shared
    assert readings("/home/u/.claude/other/.mcp.json", around())[0].host == "claude-code"


def test_code_workspace() -> None:
    (reading,) = readings("/srv/My Team.code-workspace", around())
    assert reading.host == "vscode"
    assert ("settings", "mcp", "servers") in reading.servers


@pytest.mark.parametrize(
    ("variable", "value", "path"),
    [
        ("CLAUDE_CONFIG_DIR", "/data/claude", "/data/claude/.claude.json"),
        ("CLAUDE_CONFIG_DIR", "/data/claude/", "/data/claude/.claude.json"),
        ("CLAUDE_CONFIG_DIR", "conf", "/home/u/work/conf/.claude.json"),
        ("CODEX_HOME", "/data/../codex", "/codex/config.toml"),
        ("XDG_CONFIG_HOME", "/cfg", "/cfg/opencode/opencode.jsonc"),
        ("OPENCODE_CONFIG", "/data/my.conf.json", "/data/my.conf.json"),
        ("OPENCODE_CONFIG", "/data/my.conf.json/", "/data/my.conf.json"),
    ],
)
def test_folders_from_the_environment(variable: str, value: str, path: str) -> None:
    assert any(reading.in_place and reading.scope == "user" for reading in readings(path, around(**{variable: value})))
    assert not any(reading.in_place and reading.scope == "user" for reading in readings(path, around()))
    assert not any(reading.in_place and reading.scope == "user" for reading in readings(path, around(**{variable: ""})))


def test_windows_default_folders() -> None:
    path = "C:\\Users\\u\\AppData\\Roaming\\Claude\\claude_desktop_config.json"
    assert readings(path, around("windows"))[0].in_place
    moved = around("windows", APPDATA="D:\\Roaming")
    assert not readings(path, moved)[0].in_place
    assert readings("D:\\Roaming\\Claude\\claude_desktop_config.json", moved)[0].in_place
    store = (
        "C:\\Users\\u\\AppData\\Local\\Packages\\Claude_abc123\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json"
    )
    assert readings(store, around("windows"))[0].in_place


def test_a_home_behind_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    (real / ".claude.json").write_text("{}")
    here = Surroundings(str(link), str(real), {}, "linux", str(real))
    for home in (link, real):
        assert readings(str(home / ".claude.json"), here)[0].in_place
    assert [file.path for file in host_files(here)] == [str(link / ".claude.json")]


def test_the_process_knows_both_paths_of_its_home(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("HOME", f"{tmp_path}/link/")
    assert Surroundings.here().homes == (f"{tmp_path}/link", os.path.realpath(home))
    monkeypatch.setenv("HOME", os.path.realpath(home))
    assert Surroundings.here().homes == (os.path.realpath(home),)


def test_surroundings_show_no_environment() -> None:
    assert "hunter" not in repr(around(KEY="hunter2"))


def make(base: Path, *names: str) -> None:
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text("{}")


def test_host_files(tmp_path: Path) -> None:
    base = tmp_path / "ho[m]e"
    make(base, ".claude.json", ".cursor/mcp.json", ".codex/config.toml", ".codex/work.config.toml", ".mcp.json")
    make(base, ".config/Code/User/profiles/a b/mcp.json", ".config/Code/User/mcp.json", "work/.cursor/mcp.json")
    make(base, ".claude/plugins/cache/p/.mcp.json", ".claude/plugins/cache/p/node_modules/q/.mcp.json")
    make(base, "oc/x.json")
    here = Surroundings(
        str(base), str(base), {"OPENCODE_CONFIG": str(base / "oc/x.json"), "CODEX_HOME": str(base / ".codex")}
    )
    found = {os.path.relpath(file.path, base): file.hosts for file in host_files(here)}
    assert found == {
        ".claude.json": ("claude-code", "warp"),
        ".cursor/mcp.json": ("cursor",),
        ".codex/config.toml": ("codex", "warp"),
        ".mcp.json": ("claude-code", "copilot-cli", "mcphost"),
        ".codex/work.config.toml": ("codex",),
        ".config/Code/User/mcp.json": ("vscode",),
        ".config/Code/User/profiles/a b/mcp.json": ("vscode",),
        ".claude/plugins/cache/p/.mcp.json": ("claude-code-plugin",),
        "oc/x.json": ("opencode",),
    }
    assert {file.hosts for file in host_files(here, [host("cursor")])} == {("cursor",)}


def test_host_files_below_links_and_loops(tmp_path: Path) -> None:
    make(tmp_path, "dotfiles/mcp.json", "home/.claude/plugins/a/.mcp.json")
    (tmp_path / "home/.cursor").symlink_to(tmp_path / "dotfiles")
    for name in ("x", "y", "z"):
        (tmp_path / f"home/.claude/plugins/a/{name}").symlink_to(tmp_path / "home/.claude/plugins")
    (tmp_path / "home/.claude.json").symlink_to(tmp_path / "gone")
    here = Surroundings(str(tmp_path / "home"), "/", {})
    assert [os.path.relpath(file.path, tmp_path) for file in host_files(here)] == [
        "home/.claude.json",
        "home/.claude/plugins/a/.mcp.json",
        "home/.cursor/mcp.json",
    ]


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("servers.json", "json"),
        ("SERVERS.JSON", "json"),
        ("a.jsonc", "json"),
        ("a.json5", "json"),
        ("a.toml", "toml"),
        ("mcp.json.bak", "json"),
        (".claude.json.backup", "json"),
        ("config.toml.example", "toml"),
        ("mcp.json~", "json"),
        ("a.yaml", "yaml"),
        ("a.YML.bak", "yaml"),
        ("a.yamlx", None),
        ("a.txt", "text"),
        ("a.md", "markdown"),
        ("a.MD", "markdown"),
        ("x.json.md", "markdown"),
        ("x.json.txt", "json"),
        ("Dockerfile.dev", "dockerfile"),
        (".zsh_history", "history"),
        ("a.png", None),
        ("json", None),
        ("a.bak", None),
        (".json", None),
    ],
)
def test_named_files_of_no_host(name: str, format_id: str | None) -> None:
    file = named(f"/srv/{name}", around())
    assert (file.format if file else None) == format_id
    if file:
        known = "claude-code" in file.hosts  # `.claude.json.backup`
        assert known or file.hosts == ()
        assert file.copy is known
        assert file.shared is not known


def test_named_host_files_are_their_hosts() -> None:
    file = named("/home/u/.claude.json", around())
    assert file is not None
    assert file.hosts == ("claude-code", "warp")
    assert not file.shared


def test_unknown_host() -> None:
    with pytest.raises(KeyError):
        host("no-such-host")


def hooks() -> dict[str, dict[str, object]]:
    return {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def handed_over(path: str) -> bool:
    """Whether pre-commit gives a file of this name to the hook."""
    return re.search(str(hooks()["unsprawl"]["files"]), path) is not None


@pytest.mark.parametrize("place", [place for place in PLACES if place[1].scope == "project"], ids=name_of)
def test_pre_commit_hands_over_every_project_file(place: tuple[Host, HostFile]) -> None:
    assert handed_over(filled(place[1].pattern))
    assert handed_over(f"some/folder/{filled(place[1].pattern)}")


@pytest.mark.parametrize(
    "path",
    [
        "json",
        "toml/x",
        "env",
        "environment",
        "a.jsonl",
        "x.tomlx",
        "mcp.yamlx",
        "image.png",
        "code-workspace",
        "a.c",
        "a.lock",
        "a.svg",
        "README/x",
        "a.md/x",
        "xmakefile",
        "LICENSE",
    ],
)
def test_pre_commit_keeps_unrelated_files(path: str) -> None:
    assert not handed_over(path)


@pytest.mark.parametrize("path", ["a.yaml", "x/b.yml", ".env", "x/.env", ".env.local", "x/.env.production", "prod.env"])
def test_pre_commit_hands_over_yaml_and_environment_files(path: str) -> None:
    assert handed_over(path)


def documents() -> list[str]:
    """A name of each kind of document that the rules know."""
    table = build.FOLDER / "documents.yaml"
    kinds = build.read(table)["kinds"] if table.exists() else []
    listed = (
        name.replace("*", "any name")
        for kind in kinds
        for name in (*kind["names"], *(f"x{ending}" for ending in kind["endings"]))
    )
    usual = ("README.md", "README", "x.py", "x.ts", "x.ipynb", "x.sh", "Dockerfile", "Makefile", ".zshrc")
    return [*dict.fromkeys((*listed, *usual))]


@pytest.mark.parametrize("name", documents())
def test_pre_commit_hands_over_documents(name: str) -> None:
    for path in (name, f"some/folder/{name}", name.upper()):
        assert handed_over(path)


@pytest.mark.parametrize(
    "path", [copy for mark in build.read(build.FOLDER / "walk.yaml")["copies"]["marks"] for copy, _ in mark["examples"]]
)
def test_pre_commit_hands_over_copies(path: str) -> None:
    assert handed_over(path)
    assert handed_over(f"some/folder/{path}")


def test_the_pre_commit_hooks_are_what_pre_commit_can_start() -> None:
    assert set(hooks()) == {"unsprawl", "unsprawl-all", "unsprawl-history"}
    for hook in hooks().values():
        assert {"id", "name", "description", "entry", "language", "stages"} <= set(hook)
        assert hook["language"] == "python"
        assert str(hook["entry"]).split()[0] == "unsprawl"
    assert hooks()["unsprawl-history"]["stages"] == ["manual"]
    scripts = re.search(
        r"^\[project\.scripts\]\n(?:.+\n)*?unsprawl = \"(.+)\"$", (ROOT / "pyproject.toml").read_text(), re.M
    )
    assert scripts is not None
    assert scripts[1] == "unsprawl.cli:main"  # which tests/cli/test_hook.py starts
