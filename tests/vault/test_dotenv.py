from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.dotenv import DotEnv, expands, quote

# Taken at import, before a fixture moves the home away: npm's own settings are in the real one.
NPM_ENVIRONMENT = dict(os.environ)
VALUES = [
    "plain",
    "",
    "a b",
    " padded ",
    "#hash # x",
    "it's",
    'say "hi"',
    "it's `x`",
    'it\'s "x"',
    "two\nlines\n",
    "\r\n",
    "cr\ronly",
    "back\\slash\\n",
    "trailing\\",
    "$HOME ${X}",
    "é😀\u2028x\u00a0",
    "a=b:c",
    "-----BEGIN " + "TEST-----\nQUJD\n-----END TEST-----\n",
]
REFUSED = ["'\"`", "a\0b", "\ud800", 'x\r"', "x\r\\", "it's \\`", "a b\\", "#\\"]
FILES = [
    "",
    "A=1\n",
    "A=1",
    "A=1\r\nB=2\r\n",
    "\ufeffA=1\n",
    "# TOKEN=old\nexport  TOKEN = 'old' # why\n\nB=2 # c\n",
    "TOKEN=first\nB='multi\nline'\nTOKEN=second\n",
    "TOKEN=\nB=2\n",
    "TOKEN=   # nothing\nB=2\n",
    "TOKEN: yaml\nB=2",
    'TOKEN="a\\nb"\nB=`x`\n\n\n# end',
    "  TOKEN =  spaced  \n",
    "junk\nTOKEN=x\n=y\n",
    "TOKEN\nB=1\n",
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_only_the_value_changes(value: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(text.encode())
    before = {name: DotEnv(path).get(name) for name in DotEnv(path).names()}
    DotEnv(path).set("TOKEN", Secret(value))
    assert DotEnv(path).get("TOKEN") == Secret(value)
    assert {name: DotEnv(path).get(name) for name in DotEnv(path).names()} == before | {"TOKEN": Secret(value)}
    changed, quoted = path.read_bytes().decode(), quote(Secret(value))
    if "TOKEN" not in before:
        assert changed.startswith(text)
    else:
        splits = (at for at in range(len(changed)) if changed.startswith(quoted, at))
        assert any(text.startswith(changed[:at]) and text.endswith(changed[at + len(quoted) :]) for at in splits)


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_removing_what_was_added_restores_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(text.encode())
    DotEnv(path).set("FRESH", Secret("two\nlines"))
    assert DotEnv(path).remove("FRESH")
    assert path.read_bytes().decode().rstrip("\r\n") == text.rstrip("\r\n")
    assert not DotEnv(path).remove("FRESH")


def test_removing_removes_every_line(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\nTOKEN=first\n# keep\nexport TOKEN='sec\nond' # gone\nB=2\n")
    assert DotEnv(path).remove("TOKEN")
    assert path.read_text() == "A=1\n# keep\nB=2\n"


@pytest.mark.parametrize("value", REFUSED, ids=range(len(REFUSED)))
def test_refuses_what_would_come_back_changed(value: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    with pytest.raises(VaultError) as caught:
        DotEnv(path).set("TOKEN", Secret(value))
    assert path.read_text() == "A=1\n"
    assert value not in caught.value.message


@pytest.mark.parametrize("name", ["", "1A", "A B", "A=B", "A\n", "É"])
def test_refuses_what_is_no_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        DotEnv(tmp_path / ".env").set(name, Secret("x"))


def test_a_quote_that_is_open_above_stops(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    text = "A='open\nB=1\n"
    path.write_text(text)
    with pytest.raises(VaultError, match="would change how the file is read") as caught:
        DotEnv(path).set("TOKEN", Secret("#x"))  # dotenv would take `'open … TOKEN='` for the value of A
    assert "not closed" in caught.value.hint
    assert path.read_text() == text


def test_is_private_afterwards_and_no_link(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0o644)
    DotEnv(path).set("TOKEN", Secret("x"))
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(VaultError, match="link"):
        DotEnv(tmp_path / "link").set("TOKEN", Secret("y"))
    assert "y" not in path.read_text()


def test_not_utf8_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"A=\xff\n")
    with pytest.raises(VaultError, match="UTF-8"):
        DotEnv(path).set("TOKEN", Secret("x"))
    assert path.read_bytes() == b"A=\xff\n"


def test_says_what_expanding_programs_would_change() -> None:
    assert expands(Secret("a$b"))
    assert not expands(Secret("ab"))


TEXTS = st.text(alphabet=st.sampled_from("a1 #='\"`\\n\r\n\t:$\u2028\u00a0é-"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("TOKENAB=#'\"` \n\r:\\\t"), max_size=40), value=TEXTS)
def test_set_works_or_changes_nothing(text: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(text.encode())
    before = {name: DotEnv(path).get(name) for name in DotEnv(path).names()}
    try:
        DotEnv(path).set("TOKEN", Secret(value))
    except VaultError:
        assert path.read_bytes() == text.encode()
        return
    assert {name: DotEnv(path).get(name) for name in DotEnv(path).names()} == before | {"TOKEN": Secret(value)}


@pytest.mark.external
@pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1")
@pytest.mark.parametrize("version", ["16", "17"])
def test_the_real_package_reads_the_same(version: str, tmp_path: Path) -> None:
    """Every file with every value, and random ones, through `dotenv` from npm."""
    assert shutil.which("npm"), "npm is not installed"
    install = ["npm", "i", "--silent", "--prefix", str(tmp_path), f"dotenv@{version}"]
    subprocess.run(install, check=True, timeout=120, env=NPM_ENVIRONMENT)
    files: list[str] = []
    path = tmp_path / ".env"

    @settings(max_examples=500, deadline=None, database=None)
    @given(text=st.one_of(st.sampled_from(FILES), TEXTS), value=st.one_of(st.sampled_from(VALUES), TEXTS))
    def collect(text: str, value: str) -> None:
        path.write_bytes(text.encode())
        with suppress(VaultError):
            DotEnv(path).set("TOKEN", Secret(value))
        files.append(path.read_bytes().decode())

    collect()
    mine = []
    for text in files:
        path.write_bytes(text.encode())
        found = {name: DotEnv(path).get(name) for name in DotEnv(path).names()}
        mine.append({name: secret.reveal() for name, secret in found.items() if secret is not None})
    code = "const d=require('dotenv');const f=JSON.parse(require('fs').readFileSync(0,'utf8'));"
    code += "console.log(JSON.stringify(f.map(t=>d.parse(Buffer.from(t)))))"
    done = subprocess.run(
        ["node", "-e", code], input=json.dumps(files), text=True, capture_output=True, cwd=tmp_path, check=True
    )
    assert json.loads(done.stdout) == mine
