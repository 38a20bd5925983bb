"""One lasting installation for all tests of real programs: making it costs more than most of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.external.installed import Installation, install, lasting_home
from tests.external.processes import end_leftovers


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    with lasting_home() as home:
        yield install(home)


@pytest.fixture
def machine(installation: Installation) -> Iterator[Installation]:
    """The installation with nothing left in its home, and no program running in it, from the test before."""
    yield installation
    end_leftovers(installation.home)
    kept = {installation.program.parent, installation.venv.parent.parent}
    for item in (*installation.home.iterdir(), *(installation.home / ".local").iterdir(), *kept):
        if not any(each.is_relative_to(item) for each in kept):
            shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
    for item in (installation.home / ".local" / "share").iterdir():
        if item not in kept:
            shutil.rmtree(item)
