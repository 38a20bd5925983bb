"""Further certificates that the way out believes: the variable, the user's own file, and nobody else's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from unsprawl.broker.wire.extra_ca import VARIABLE, extra_ca, settings
from unsprawl.scanner.errors import BindingRefused, VaultError
from unsprawl.vault.files import private_folder, write_private
from unsprawl.vault.guarded import reason


@pytest.fixture
def company(tmp_path: Path) -> Path:
    path = tmp_path / "company.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    return path


def setting(text: str) -> None:
    private_folder(settings().parent)
    write_private(settings(), text.encode())


def test_none_by_default(home: Path) -> None:
    assert extra_ca({}, {}) is None
    setting("{}")
    assert extra_ca({VARIABLE: ""}, {}) is None


def test_the_variable_comes_before_the_setting(home: Path, company: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("x")
    setting(f'{{"extra_ca": "{company}"}}')
    assert extra_ca({}, {}) == company
    assert extra_ca({VARIABLE: str(other)}, {}) == other


def test_a_path_below_the_home_folder(home: Path) -> None:
    (home / "company.pem").write_text("x")
    setting('{"extra_ca": "~/company.pem"}')
    assert extra_ca({}, {}) == home / "company.pem"


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', '{"extra_ca": 7}', '{"extra_ca": "relative.pem"}', '{"extra_ca": "/"}']
)
def test_a_setting_that_is_wrong_is_said(text: str, home: Path) -> None:
    setting(text)
    with pytest.raises(VaultError):
        extra_ca({}, {})


def test_a_setting_that_others_can_write_is_refused(home: Path, company: Path) -> None:
    setting(f'{{"extra_ca": "{company}"}}')
    settings().chmod(0o666)
    with pytest.raises(VaultError, match="other users"):
        extra_ca({}, {})


def test_the_word_of_an_entry_is_refused(home: Path, company: Path) -> None:
    with pytest.raises(BindingRefused):
        extra_ca({VARIABLE: str(company)}, {VARIABLE: "digest"})
    assert reason(VARIABLE)  # and one that was not there at migration is refused before it is read
