from __future__ import annotations

from pathlib import Path

import pytest

from unsprawl.vault import places


def test_are_three_different_folders(home: Path) -> None:
    folders = {places.config_dir(), places.data_dir(), places.state_dir()}
    assert len(folders) == 3
    assert all(home in folder.parents for folder in folders)


@pytest.mark.parametrize("name", ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"])
def test_stay_where_they_are_when_a_host_strips_xdg(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stripped = places.config_dir(), places.data_dir(), places.state_dir()
    monkeypatch.setenv(name, "/elsewhere")
    assert (places.config_dir(), places.data_dir(), places.state_dir()) == stripped


def test_one_folder_for_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSPRAWL_HOME", str(tmp_path / "portable"))
    for folder in (places.config_dir(), places.data_dir(), places.state_dir(), places.records_dir()):
        assert tmp_path / "portable" in folder.parents


def test_key_is_not_beside_the_data() -> None:
    assert places.config_dir() not in places.items_dir().parents
    assert places.data_dir() not in places.config_dir().parents
