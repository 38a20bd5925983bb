"""No canary value ever appears: over every command and option, in outputs, in files of ours, in arguments of processes.

The cases run one after the other as real processes in one home, since most commands need what an earlier one did.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from urllib.parse import quote

import click
import pytest

from tests.cli.homes import SECRETS, build, github
from tests.cli.program import Program, program
from tests.git import git
from unsprawl.cli.app import COMMANDS, DIRECT, app
from unsprawl.rules.samples import expand
from unsprawl.scanner.report.formats import FORMATS

TYPED = github(100)
"""A key in the wrong place of the command line."""
STORED = expand("{an:40}", Random(101))
"""A value given to `vault set`."""
BUG = expand("{an:40}", Random(102))
"""A value in the text of an exception."""

_AUDIT = """
def _audit(event, arguments):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
        with open({log!r}, "a") as file:
            file.write(repr(arguments[1]) + "\\n")
    if event == "os.system":
        with open({log!r}, "a") as file:
            file.write(repr(arguments[0]) + "\\n")
sys.addaudithook(_audit)
"""
_FAULT = """
import unsprawl.cli.hook, unsprawl.cli.selection, unsprawl.vault.records
import unsprawl.scanner.history.scan, unsprawl.scanner.scan, unsprawl.scanner.scan_staged
def _fault(*arguments, **options):
    try:
        raise KeyError({text!r})
    except KeyError as error:
        raise ValueError("near " + {text!r}) from error
unsprawl.scanner.scan_staged.run_staged = unsprawl.scanner.history.scan.scan_history = _fault
unsprawl.scanner.scan.run_scan = unsprawl.cli.selection.examined_files = unsprawl.cli.hook.check = _fault
unsprawl.vault.records.load = _fault
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One command line. What stands in it in braces is filled in: see `_run`."""

    """One command line, with `{ref}`, `{id}`, `{project}`, `{home}`, `{past}`, `{team}`, `{typed}` and `{recorder}`."""

    words: str
    code: int
    at: str = "home"
    stdin: str = ""
    fault: bool = False
    says: str = ""
    """What must be in its output: proof that the case got as far as it should."""


_FILES = "{home}/.claude.json {home}/.cursor {home}/.codex {project}"
CASES = [
    *(Case(f"{words} --help", 0) for words in ("", *COMMANDS, "vault list", "vault stores", "vault set", "vault use")),
    *(Case(f"{words} --help", 0) for words in ("vault allow", "vault remove", "team init", "team key", "team report")),
    Case("", 1, says="secrets"),
    Case("", 1, at="project", says="git hook"),
    Case("--version", 0),
    Case("scan", 1, says="critical"),
    Case("scan {home}", 1, says="critical"),
    Case("scan {home} --verbose --exclude twice --strict", 3),
    Case("scan {home} --quiet", 1),
    Case("scan {home} --no-ignore --min-severity high --min-confidence medium", 1, says="not shown"),
    Case("scan {home} --format json", 1, says='"findings"'),
    # the team's key, what a colleague hands in, and the report of that
    Case("team key", 0, says="none here"),
    Case("scan --format json --anonymous --as ada", 2, says="no team key"),
    Case("team key --new", 0, says="Made the team key"),
    Case("team key --new --replace", 0, says="Made the team key"),
    Case("team key --export {home}/team-key", 0, says="readable by you alone"),
    Case("team key --export {typed}/x", 2, says="no such folder"),
    Case("team key --import {home}/team-key", 0, says="that you have"),
    Case("team key --import {home}/.claude.json", 2, says="--import"),
    Case("team key --import {typed}", 2, says="no such file"),
    Case("scan --format json --anonymous --as {typed}", 2, says="plain name"),
    Case("scan --format json --anonymous --as ada --output {home}/ada.json", 1, says="the report is in"),
    Case("scan {home} --format json --anonymous --as ada --output {home}/later.json", 1, says="the report is in"),
    Case("scan --format json --anonymous --as ada", 1, says='"team_key"'),
    Case("scan {past} --history --format json --anonymous --as bo --output {home}/bo.json", 1, says="the report is in"),
    Case(
        "team report {home}/ada.json {home}/later.json {home}/bo.json --html {home}/page.html", 1, says="GitHub key A"
    ),
    Case("team report {home}/ada.json --format json", 1, says='"headline"'),
    Case("team report {home}/.claude.json {home}/.cursor/mcp.json {home}/.codex/config.toml", 3, says="(left out)"),
    Case("team report {typed}", 3, says="no such file"),
    Case("team report {home}/ada.json --policy {home}/.claude.json", 2, says="not a policy"),
    Case("team report {home}/ada.json --html {typed}/x", 2, says="no such folder"),
    Case("team key --forget --yes", 0, says="gone from this machine"),
    Case("scan {home} --format jsonl", 1, says='"type":"finding"'),
    Case("scan {home} --format sarif", 1, says='"results"'),
    Case("scan {home} --format csv", 1, says="fingerprint"),
    Case("scan {home} --format github", 1, says="::error file="),
    Case("scan {home} --format gitlab", 1, says='"check_name"'),
    *(
        Case(f"scan {{home}} --format {name} --output {{home}}/report", 1, says="the report is in")
        for name in ("terminal", "json", "jsonl", "sarif", "csv")
    ),
    Case("scan {home} --thorough", 1, says="critical"),
    Case("scan {home} --quick --verbose", 1, says="critical"),
    Case("scan {home} --update-baseline --baseline={home}/known.json", 3, says="places known"),
    Case("scan {home} --baseline={home}/known.json --verbose", 3, says="by the baseline"),
    Case("scan {home} --triage --baseline={home}/known.json", 2, says="no terminal"),
    Case("scan {home} --baseline={home}/.cursor/mcp.json", 2, says="no baseline"),
    Case("scan {home} --policy {home}/.codex/config.toml", 2, says="not a policy"),
    Case("migrate {home} --dry-run --policy {home}/.claude.json", 2, says="not a policy"),
    Case("policy check {home}/.claude.json {home}/.cursor/mcp.json {home}/.gemini/settings.json", 2, says="a policy"),
    Case("policy schema", 0, says="unsprawl policy"),
    Case("team init", 2, at="project", says="no terminal"),
    Case("team init", 2, says="no git repository"),
    Case("team init --dry-run --name acme --member ada", 0, at="project", says="tickets: reference"),
    Case("team init {home} --dry-run --name acme --member ada", 3, says="not looked into"),
    Case("team init {past} --dry-run --name acme --member ada", 0, says="name: acme"),
    Case("team init {typed} --yes --name acme --member ada", 2, says="no such folder"),
    Case("team init {home}/.claude.json --yes --name acme --member ada", 2, says="a file, not a folder"),
    Case("team init --yes --name {typed} --member ada", 2, at="project", says="plain name"),
    Case("team init --yes --name acme --member {typed}", 2, at="project", says="plain name"),
    Case("team init --yes --name acme --member ada --host {typed}", 2, at="project", says="unknown host"),
    Case("team init --yes --name acme --member ada --people {typed}=1", 2, at="project", says="no provider"),
    Case("team init --yes --name acme --member ada --people x={typed}", 2, at="project", says="a number"),
    Case("team init --yes --name acme --member ada --move {typed}=run", 2, at="project", says="no provider"),
    Case("team init --yes --name acme --member ada --move x={typed}", 2, at="project", says="no such target"),
    Case("team init --yes --name acme --member ada --lowest {typed}", 2, at="project", says="not a valid"),
    Case("team init --yes --name acme --member ada --accept {typed}", 2, at="project"),
    # files that are no rules, and hold secrets
    Case("scan {home} --rules {home}/.claude.json --rules {home}/.codex/config.toml", 2, says="faults"),
    Case("migrate {home} --dry-run --rules {home}/.cursor/mcp.json", 2, says="fault"),
    Case("rules check {home}/.claude.json {home}/.cursor/mcp.json {home}/.gemini/settings.json", 1, says="unknown key"),
    Case("rules check", 0, says="no fault"),
    Case("rules list", 0, says="github-pat-classic"),
    Case("rules list github --format json", 0, says='"recognised_by"'),
    Case("rules list --rules {home}/.claude.json", 2),
    Case("rules show github-pat-classic", 0, says="ghp_"),
    Case("rules show github-pat-classic --format json", 0, says='"description"'),
    Case("rules show github-pat-classic --rules {project}/.mcp.json", 2),
    Case("hook .mcp.json .vscode/mcp.json", 1, at="project", says="secrets"),
    Case("hook {home}/.gemini/settings.json {home}/.codex/config.toml", 1),
    Case("scan --staged", 1, at="project", says="critical"),
    Case("scan --staged . --format json", 1, at="project", says='"findings"'),
    Case("hook --staged", 1, at="project", says="secrets"),
    Case("hook --all --allow-unreadable", 1, at="project", says="secrets"),
    Case("hook --install --dry-run", 0, at="project", says="would"),
    Case("hook --uninstall", 0, at="project"),
    # documents, and what was committed
    Case("scan {past} --verbose", 1, says="documents"),
    *(Case(f"scan {{past}} --format {name}", 1, says="GITHUB_TOKEN") for name in FORMATS if name != "terminal"),
    Case("migrate {past} --dry-run", 1, says="stays"),
    Case("scan {past} --history --verbose", 1, says="introduced"),
    *(
        Case(f"scan {{past}} --history --format {name}", 1, says="GITHUB_TOKEN")
        for name in FORMATS
        if name != "terminal"
    ),
    Case("scan {past} --history --range HEAD~1..HEAD", 1, says="README.md"),
    Case("scan {past} --history --range {typed}..HEAD", 2, says="names no commit"),
    Case("scan {past} --history --paths-only", 1, says="removed"),
    Case("scan {past} --history --unreachable", 1, says="introduced"),
    Case("scan {past} --history --baseline={past}/known.json --update-baseline", 0, says="places known"),
    Case("scan {past} --baseline={past}/known.json --verbose", 0, says="by the baseline"),
    # what vendors say; the way out of this home leads nowhere
    Case("scan {home} --validate", 2, says="no terminal"),
    Case("scan {home} --validate --yes", 1, says="could not be reached"),
    Case("scan {home} --validate --yes --experimental --costly --format json", 1, says='"not-validated"'),
    Case("scan {home} --validate --yes --allow-host https://{typed}", 2, says="this is no host"),
    Case("scan --staged --validate --yes", 1, at="project", says="will be sent"),
    Case("scan {past} --history --validate --yes", 1, says="could not be reached"),
    Case("revoke", 3, says="left to revoke"),
    Case("revoke --format json --path {project}", 3, says='"revocations"'),
    Case("revoke github", 2, says="no terminal to ask on"),
    Case("revoke github --yes --allow-host git.corp.example", 4, says="nothing was sent to end it"),
    Case("revoke github odd --yes --force --format json", 4, says='"not-sent"'),
    Case("revoke --done brave", 0, says="done"),
    Case("revoke {typed} --yes", 2, says="nothing here goes by that name"),
    Case("revoke github --yes --allow-host https://{typed}", 2, says="this is no host"),
    Case("explain", 3, says="advice"),
    Case("explain --verbose --people many", 3, says="what if it moved to"),
    Case("explain --path {project} --format json", 0, says='"criteria"'),
    Case("explain {typed}", 2),
    Case("explain --people {typed}", 2, says="a number from 1 up"),
    Case("migrate {home} --dry-run --people {typed}", 2, says="a number from 1 up"),
    Case("migrate {home} --dry-run --people many", 1, says="people use it (by --people)"),
    Case("probe --all", 3, says="inconclusive"),
    Case("probe --all --verbose --path {home}/.claude.json", 3, says="api_key; not sent"),
    Case("probe --all --format json", 3, says='"api_key; not sent"'),
    Case("probe https://{typed}@mcp.example.com/mcp?api_key={typed}", 3, says="inconclusive"),
    Case("probe https://mcp.example.com/{typed}/mcp", 2, says="the address itself is the credential"),
    Case("probe {typed}", 2, says="no such entry"),
    Case("probe --active --yes --clients 1 --all", 3, says="not registered"),
    Case("probe --active --yes https://{typed}@mcp.example.com/mcp?api_key={typed}", 3, says="not registered"),
    Case("probe --active --all", 2, says="no terminal to ask on"),
    Case(
        "login https://{typed}@mcp.example.com/mcp?api_key={typed} --no-browser --timeout 5 --verbose --format json",
        3,
        says='"inconclusive"',
    ),
    Case(
        "login https://mcp.example.com/mcp --client-id app --secret --callback http://127.0.0.1/{typed} --deep --yes",
        3,
        stdin=STORED + "\n",
        says="inconclusive",
    ),
    Case("login https://mcp.example.com/mcp --client-metadata https://x.example.com/{typed}", 3, says="inconclusive"),
    Case("login https://mcp.example.com/{typed}/mcp", 2, says="the address itself is the credential"),
    Case("login {typed} --path {home}/.claude.json", 2, says="no such entry"),
    Case("probe --all --register claude-code --register codex", 3, says="to log in from Codex"),
    Case("probe --all --register claude-code --format json", 3, says='"redirect_uris"'),
    Case("probe --all --register {typed}", 2, says="no such host"),
    Case("probe --cimd {home}/.claude.json --cimd {home}/.cursor/mcp.json", 1, says="not valid"),
    Case("probe --cimd {home}/.claude.json --verbose", 1, says="no JSON"),
    Case("probe --cimd {home}/.claude.json --format json", 1, says='"invalid"'),
    Case("probe --cimd {home}/.codex/config.toml", 1, says="no JSON"),
    Case("probe --cimd {typed}", 2, says="no such file"),
    Case("probe --cimd https://c.example.com/c.json?token={typed}", 2, says="may be a key"),
    Case("probe --cimd https://{typed}@c.example.com/c.json", 2, says="may be a key"),
    Case("probe --cimd https://c.example.com/{typed}/c.json", 2, says="no client id"),
    Case("probe --cimd-for zed --at https://c.example.com/c.json?token={typed}", 2, says="may be a key"),
    Case("probe --cimd-for {typed} --at https://c.example.com/c.json", 2, says="no such host"),
    Case("probe --cimd-for zed --at https://c.example.com/c.json --name x", 0, says='"redirect_uris"'),
    Case("probe --cimd-for claude-code --at https://a.example/client.json --port {typed}", 2, says="not a valid"),
    Case("hosts", 3, says="Claude Code"),
    Case("hosts --all", 3),
    Case("hosts --format json", 3),
    Case("hosts --matrix", 0, says="docker"),
    Case("hosts --matrix --format json", 0, says='"cells"'),
    Case("migrate {home} --dry-run", 1, says="goes to"),
    Case("migrate {home} --dry-run --format json", 1),
    *(Case(f"migrate {{home}} --dry-run --to {target}", 1, says="stays") for target in ("auto", "run", "reference")),
    Case("migrate {home}/.claude.json --entry github --dry-run", 1, says="github"),
    Case("migrate {home} --to oauth --dry-run", 1, says="no vendor's remote server"),
    Case("migrate {home} --to oauth --remote github=https://mcp.example.com/mcp --dry-run", 1, says="the login of"),
    Case("migrate {home} --to oauth --remote github=https://{typed}@mcp.example.com --dry-run", 2, says="user name"),
    Case("migrate {home} --to oauth --remote github=https://a.example/?key={typed} --yes", 2, says="a credential"),
    Case("migrate {home} --to oauth --client-id github={typed} --yes", 2, says="like a secret"),
    Case("migrate {home} --to oauth --client-id github=a --callback-port github={typed} --yes", 2, says="no port"),
    Case("migrate {home} --to oauth --remote {typed} --yes", 2, says="no such entry"),
    Case(f"migrate {_FILES}", 4, says="--yes"),
    # plans: written, and requested again, by themselves and spoiled
    Case("migrate {home} --plan-out {home}/plan.json", 1, says="Nothing was changed"),
    Case("migrate {home} --plan-out {home}/plan.json --format json", 1, says='"steps"'),
    Case("migrate {home} --plan {home}/plan.json --dry-run", 1, says="would be moved"),
    Case("migrate --plan {home}/plan.json --dry-run --format json", 1, says='"refused"'),
    Case("migrate --plan {home}/.claude.json --yes", 2, says="--plan"),
    Case("migrate --plan {home}/.codex/config.toml --yes", 2, says="not valid JSON"),
    Case("migrate --plan-out {home}/.cursor/mcp.json", 2, says="an MCP host reads this file"),
    Case("migrate --plan-out nosuch/{typed}", 2, says="no such folder"),
    Case("migrate --plan {typed}", 2, says="no such file"),
    Case("migrate --status", 0, says="Nothing was ever migrated"),
    # commits on a branch, in a repository with keys in names and comments, too
    Case("migrate {team} --branch {typed} --dry-run", 4, says="--hooks"),
    Case("migrate {team} {typed} --branch keys --hooks skip --dry-run", 1, says="would get a commit"),
    Case("migrate {team} --branch keys --hooks skip", 4, says="no terminal"),
    Case("migrate {team} --branch keys --hooks run --policy {home}/.claude.json --yes", 2, says="not a policy"),
    Case("migrate {team} --branch keys --hooks run --yes --format json", 4, says="says no"),
    Case("migrate {team} --branch keys --hooks skip --start --yes", 2, says="does not go with"),
    Case("migrate {team} {project} --branch keys --hooks skip --yes", 1, says="1 repository has a commit on keys"),
    Case("migrate --status", 0, says="checked out, at the commit"),
    Case("migrate --status --format json", 0, says='"checked-out"'),
    Case("undo --yes", 0, says="is checked out again"),
    Case("migrate {team} --branch keys --hooks skip --yes --format json", 1, says='"commit"'),
    Case("undo --yes --format json", 0, says='"branches"'),
    Case("undo --list", 0),
    Case("undo --yes", 0),
    # the vault
    Case("migrate .mcp.json --to run --store age-file --yes", 0, at="project", says="done"),
    Case("verify", 3, at="project", says="bound to this command"),
    Case("verify tickets --path {project} --format json", 0, at="project"),
    Case("verify tickets --path .mcp.json --start --yes", 0, at="project", says="the server answered"),
    Case("undo --yes", 0),
    Case("migrate .mcp.json --to run --yes --start", 0, at="project", says="the server answered"),
    Case("migrate --status", 0, says="as the migration left it"),
    Case("migrate --status --format json", 0, says='"migrations"'),
    Case("run {ref} -- {recorder}", 0, at="project"),
    Case("run {ref} -- {recorder} --api-key {typed}", 4, at="project"),
    Case("run {ref} -- {recorder}", 4, at="home"),
    Case("run --wire {ref} -- {recorder}", 4, at="project", says="names no hosts"),
    Case("run --headers {ref}", 4, at="project"),
    Case("vault list", 0, says="TICKETS_API_KEY"),
    Case("vault stores", 0, says="age-file"),
    Case("vault stores --format json", 0, says='"working"'),
    Case("vault brokers", 0, says="not installed"),
    Case("vault brokers --format json", 0, says='"authsome"'),
    Case("vault log", 0, says="Nothing is logged yet"),
    Case("vault log {ref} --last 0 --format json", 0, at="project"),
    Case("vault log {typed} --last 1 --follow", 4, says="vault record"),
    Case("vault use pass", 4, says="does not work here"),
    Case("vault use keepassxc --set database={typed}", 4, says="not set up"),
    Case("vault use keepassxc --set {typed}", 2, says="no such setting"),
    Case("vault use age-file", 0, says="Used from now on"),
    Case("vault use auto", 0, says="Used from now on"),
    Case("vault add --variable A_KEY added -- /bin/true", 0, at="project", stdin=STORED + "\n", says="Stored"),
    Case("vault add --variable A_KEY added -- /bin/true {typed}", 2, at="project", stdin=STORED),
    Case("migrate --to wire --sent {typed} --dry-run", 2, says="no destination"),
    Case(
        "vault add --variable A_KEY --sent A_KEY=header@api.example.com sent -- /bin/true",
        0,
        at="project",
        stdin=STORED + "\n",
        says="Stored",
    ),
    Case("vault add --variable A_KEY --sent A_KEY=header@{typed} sent -- /bin/true", 2, at="project", stdin=STORED),
    Case("vault add --oauth A_KEY another -- /bin/true", 2, at="project", stdin=STORED, says="not JSON"),
    Case("vault set --oauth {ref}", 2, at="project", stdin=STORED, says="not JSON"),
    Case("vault set --plain {ref}", 0, at="project", stdin=STORED + "\n", says="Stored"),
    Case("vault set {ref}", 0, at="project", stdin=STORED + "\n", says="Stored"),
    Case("vault set {ref} {typed}", 2, at="project", stdin=STORED),
    Case("vault allow {ref} -- {recorder} more", 0, at="project"),
    Case("vault allow --here --prefix --env A:00 --program /bin/true {ref} -- /bin/true {typed}", 2, at="project"),
    Case("vault remove {ref}", 4, at="project", says="still used"),
    Case("undo --list", 0, says="tickets"),
    Case("undo --list --format json", 0),
    Case("undo --yes", 0, says="restored"),
    # everything
    Case(f"migrate {_FILES} --yes", 1, says="Now it is your turn"),
    Case("verify", 1, at="project", says="not on PATH"),
    Case("migrate --status", 0, says="replace the"),
    Case("migrate --status --format json", 0, says='"rotate"'),
    Case("vault list", 0),
    Case("scan {home}", 1),
    Case("undo", 2),
    Case("undo {id} --yes", 0, says="restored"),
    Case(f"migrate {_FILES} --yes --format json", 1, says='"done"'),
    Case("undo --all --yes --format json", 0, says='"restored"'),
    Case("migrate .mcp.json --to run --yes", 0, at="project"),
    Case("vault remove --force {ref}", 0, at="project"),
    Case("verify", 1, at="project"),
    # a colleague, whose vault has nothing yet
    Case("team join --help", 0),
    Case("team join --dry-run", 1, at="project", says="unusual"),
    Case("team join --dry-run --format json", 1, at="project", says='"unusual"'),
    Case("team join", 4, at="project", says="the team's old one"),
    Case("team join --entry tickets --found", 3, at="project", says="--variable tickets=NAME"),
    Case(
        "team join --entry tickets --variable tickets=TICKETS_API_KEY --confirm {confirm} --stdin --store age-file",
        0,
        at="project",
        stdin=STORED + "\n",
        says="ready",
    ),
    Case("team join {project} --entry tickets --format json", 0, says='"done"'),
    Case("vault list", 0, says="joined, for"),
    Case("team join --undo", 2, at="project", says="no terminal to ask on"),
    Case("team join --undo --yes", 0, at="project", says="are forgotten"),
    Case("team join --start --yes --entry {typed}", 2, at="project", says="no such shared entry"),
    Case("team join --variable {typed}", 2, at="project", says="ENTRY=NAME"),
    Case("team join --sent {typed}", 2, at="project", says="no destination"),
    Case("team join --confirm {typed}", 2, at="project", says="has changed since"),
    Case("team join --policy {home}/.claude.json", 2, at="project", says="not a policy"),
    Case("team join {typed}", 2, says="no folder"),
    Case("undo --yes", 0),
    # the policy of a team; it would decide where the cases before it move keys
    Case(
        "team init --yes --name acme --member ada --people many --people tickets=1 --move tickets=run --lowest 4 "
        "--accept vaulted --host cursor",
        0,
        at="project",
        says="is written",
    ),
    Case("policy check", 0, at="project", says="in order"),
    Case("explain --path {project} --verbose", 0, says="and nothing else"),
    Case("team init --yes --move tickets=none --people tickets=many --lowest 6", 0, at="project", says="is written"),
    # the command line is wrong
    *(
        Case(words, code)
        for words, code in (
            ("{typed}", 2),
            ("scan {typed}", 3),
            ("scan {typed} --format json", 3),
            ("scan --{typed}", 2),
            ("scan --format {typed}", 2),
            ("scan --output {typed}", 1),
            ("scan --output {typed}/x", 2),
            ("scan --exclude={typed} {home}/{typed}", 3),
            ("scan --rules {typed}", 2),
            ("rules list {typed}", 0),
            ("rules show {typed}", 2),
            ("rules check nosuch/{typed}", 2),
            ("hook --{typed}", 2),
            ("hook {typed}/mcp.json", 3),
            ("hosts {typed}", 2),
            ("migrate --to {typed}", 2),
            ("migrate --status {typed}", 2),
            ("migrate --entry {typed}", 2),
            ("migrate {typed} --yes", 3),
            ("undo {typed}", 4),
            ("undo {typed} --all", 2),
            ("verify {typed}", 2),
            ("verify --path {typed}", 3),
            ("run {typed}", 2),
            ("run {typed} -- x", 4),
            ("run x-12345678 -- {typed}", 4),
            ("vault {typed}", 2),
            ("vault set {typed}", 4),
            ("vault allow {typed} -- x", 4),
            ("vault remove {typed}", 4),
        )
    ),
    # a bug
    *(
        Case(words, 70, fault=True)
        for words in (
            "scan",
            "scan --staged",
            "scan --history",
            "hook x.json",
            "hosts",
            "migrate --dry-run",
            "verify",
            "run x-12345678 -- x",
        )
    ),
]


@dataclass(slots=True)
class Ran:
    """What became of one case."""

    code: int
    output: str
    files: list[str] = field(default_factory=list)
    """Files of ours with a canary in them."""
    processes: str = ""


def spellings(value: str) -> Iterator[str]:
    """The value as it may come back, made without the redactor's own code."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="")
    yield value.lower().replace("_", "-")  # as part of a name that was made of it
    for before in range(3):
        data = base64.b64encode(b"\0" * before + value.encode()).decode()
        yield data[(0, 2, 3)[before] :].rstrip("=")[:-1]


CANARIES = {
    spelling: name
    for name, value in (*SECRETS.items(), ("typed", TYPED), ("stored", STORED), ("bug", BUG))
    for spelling in spellings(value)
}


def leaks(text: str) -> list[str]:
    """The names of the values that are in `text`."""
    return sorted({name for spelling, name in CANARIES.items() if spelling in text})


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    """All cases, run in order."""
    root = tmp_path_factory.mktemp("canary")
    home = root / "home"
    home.mkdir(mode=0o700)
    project = build(home)
    past, team = _past(root / "past"), _team(root / "team")
    configs = {path for path in home.rglob("*") if path.is_file()}
    log = root / "processes"
    log.touch()
    normal = program(home, root / "bin", extra=_AUDIT.format(log=str(log)))
    faulty = program(home, root / "faulty", extra=_FAULT.format(text=BUG))
    results = []
    for case in CASES:
        results.append(_run(case, faulty if case.fault else normal, home, project, past, team, log))
        folders = (home.rglob("*"), (root / "tmp").rglob("*"), past.glob("*.json"))
        ours = (path for path in chain(*folders) if path.is_file() and path not in configs)
        for path in ours:
            if path.name != "env.sh" and leaks(path.read_bytes().decode("latin-1")):
                results[-1].files.append(str(path.relative_to(root)))
    assert leaks((home / ".config/unsprawl/env.sh").read_text()) == []
    assert leaks(git(team, "log", "--format=%B", "--reflog") + _guides(team)) == []
    return results


def _past(folder: Path) -> Path:
    """A repository with keys in documents, in names, and in commits that are over."""
    token, named = SECRETS["env"], SECRETS["folder name"]
    server = {"command": "npx", "args": ["-y", "x-mcp"], "env": {"GITHUB_TOKEN": token}}
    cell = {"cell_type": "code", "source": ["import mcp\n", f"%env GITHUB_TOKEN={token}"], "outputs": []}
    adds = f"claude mcp add {named} -e GITHUB_TOKEN={SECRETS['arg']} -- npx -y x-mcp"
    client = f"StdioServerParameters(command='npx', env={{'GITHUB_TOKEN': '{token}'}})"
    files = [
        {".mcp.json": json.dumps({"mcpServers": {SECRETS["server name"]: server}})},
        {".mcp.json": json.dumps({"mcpServers": {}}), f"{named}/.mcp.json": json.dumps({"mcpServers": {"x": server}})},
        {
            "README.md": f"# MCP\n\n```sh\n{adds}\n```\n",
            "client.py": f"import mcp\nparams = {client}\n",
            "try.ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
            "compose.yaml": f"services:\n  x-mcp:\n    image: mcp/x\n    environment:\n      - GITHUB_TOKEN={token}\n",
        },
    ]
    folder.mkdir()
    git(folder, "init", "-q")
    for number, each in enumerate(files):
        for name, text in each.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        git(folder, "add", ".")
        git(folder, "-c", "user.name=Zoe", "-c", "user.email=zoe@acme.example", "commit", "-qm", str(number))
    return folder


def _team(folder: Path) -> Path:
    """A repository whose commit hook says no, with keys in places that move and in names that do not."""
    servers = {
        "tickets": {"command": "npx", "args": ["-y", "x-mcp"], "env": {"GITHUB_TOKEN": SECRETS["env"]}},
        SECRETS["server name"]: {"command": "npx", "args": ["-y", "x"], "env": {"API_KEY": SECRETS["server name"]}},
        f"say `{SECRETS['arg']}` [x](y)": {"command": "npx", "args": ["x", "--api-key", SECRETS["arg"]]},
    }
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}, indent=2))
    (folder / "lefthook.yml").write_text(
        f"pre-push:\n  commands:\n    t:\n      run: echo {SECRETS['home of a local server']}\n"
    )
    for name, value in {"name": "Zoe", "email": "zoe@acme.example"}.items():
        git(folder, "config", f"user.{name}", value)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "as it was")
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho no: {SECRETS['env']} >&2\nexit 1\n")
    hook.chmod(0o755)
    return folder


def _guides(folder: Path) -> str:
    """Every MIGRATION.md that was ever committed."""
    commits = git(folder, "log", "--reflog", "--format=%H", "--diff-filter=A", "--", "MIGRATION.md").split()
    assert len(commits) == 2
    return "\n".join(git(folder, "show", f"{commit}:MIGRATION.md") for commit in commits)


def _run(case: Case, start: Program, home: Path, project: Path, past: Path, team: Path, log: Path) -> Ran:
    recorder = json.loads((project / ".mcp.json").read_text())["mcpServers"]["tickets"]
    words = [recorder["command"], *recorder["args"]]
    wrapped = "run" in words
    filled = {
        "home": home,
        "project": project,
        "past": past,
        "team": team,
        "typed": TYPED,
        "ref": words[words.index("run") + 1] if wrapped else "none-12345678",
        "recorder": " ".join(words[words.index("--") + 1 :] if wrapped else words),
        "id": _newest(home),
        "confirm": _digest(start, project) if "{confirm}" in case.words else "",
    }
    log.write_text("")
    at = project if case.at == "project" else home
    # They would call servers that nobody has, and --validate the vendors.
    outside = case.words.startswith(("probe ", "login ", "revoke ")) or "--validate" in case.words
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9"} if outside else None
    done = start(*case.words.format(**filled).split(), cwd=at, stdin=case.stdin, env=nowhere)
    return Ran(done.returncode, done.stdout + done.stderr, [], log.read_text())


def _digest(start: Program, project: Path) -> str:
    """What a join of the project says yes with to the entry of the recorder."""
    words = ("--dry-run", "--entry", "tickets", "--variable", "tickets=TICKETS_API_KEY", "--format", "json")
    [entry] = json.loads(start("team", "join", *words, cwd=project).stdout)["entries"]
    return str(entry["confirm"])


def _newest(home: Path) -> str:
    return max((path.stem for path in (home / ".local/share/unsprawl/journal").glob("*.json")), default="")


NUMBERED = [pytest.param(number, id=f"{number}-{case.words}") for number, case in enumerate(CASES)]


@pytest.mark.parametrize("number", NUMBERED)
def test_no_canary_shows(number: int, ran: list[Ran]) -> None:
    case, result = CASES[number], ran[number]
    assert leaks(result.output) == [], "in the output"
    assert leaks(result.processes) == [] or "{typed}" in case.words, "in the arguments of a process"
    assert result.files == []
    assert "Traceback" not in result.output
    assert result.code == case.code, result.output
    assert case.says in result.output, result.output


def test_the_server_got_its_secret(ran: list[Ran], tmp_path_factory: pytest.TempPathFactory) -> None:
    """The cases would prove nothing if the values never travelled."""
    records = list(tmp_path_factory.getbasetemp().glob("canary?/record.jsonl"))
    started = [json.loads(line) for path in records for line in path.read_text().splitlines()]
    assert {start["env"].get("TICKETS_API_KEY") for start in started} == {SECRETS["home of a local server"]}
    assert not any(leaks(" ".join(start["argv"])) for start in started)
    assert len(started) == 4  # by `verify`, by `migrate` before and after, and by `run`


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command, those of groups too."""
    context = click.Context(app, info_name="unsprawl")
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield f"{name} {inner}", found


def test_every_command_and_option_has_a_case() -> None:
    said = [f"{case.words} ".removeprefix(" ") for case in CASES]
    for name, command in commands():
        mine = [words for words in said if words.startswith(f"{name} ")]
        assert any("--help" not in words for words in mine) or isinstance(command, click.Group), name
        if name in DIRECT:
            continue
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
        missing = [
            option for option in options if not any(f"{option} " in words or f"{option}=" in words for words in mine)
        ]
        assert missing == [], name


@pytest.mark.parametrize("place", ["entry name", "variable name", "folder name"])
def test_a_name_that_is_a_secret_is_not_written_down(place: str, home: Path, tmp_path: Path) -> None:
    secret = SECRETS["env"]
    entry = secret if place == "entry name" else "entry"
    variable = secret if place == "variable name" else "GITHUB_TOKEN"
    folder = home / (secret if place == "folder name" else "folder")
    folder.mkdir()
    servers = {entry: {"command": "/bin/cat", "env": {variable: secret}}}
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}))
    start = program(home, tmp_path / "bin")
    done = start("migrate", str(folder), "--to", "run", "--yes")
    assert leaks(done.stdout + done.stderr) == []
    ours = [path for path in home.rglob("*") if path.is_file() and path.name not in (".mcp.json", "env.sh")]
    assert [path for path in ours if leaks(path.read_bytes().decode("latin-1")) or leaks(path.name)] == []
