from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from unsprawl.scanner.errors import BindingRefused, SecretMissing, VaultError
from unsprawl.vault import places, records
from unsprawl.vault.records import Binding, Record, Scope
from unsprawl.vault.stores import new_item_key


def record(ref: str = "github-abcd2345", project: str | None = None) -> Record:
    return Record(
        ref=ref,
        entry="GitHub",
        hosts=("claude-code",),
        created_at="2026-11-20T12:00:00Z",
        store="age-file",
        variables=(("GITHUB_TOKEN", new_item_key()), ("OTHER", new_item_key())),
        bindings=(
            Binding(("npx", "-y", "server"), config="/home/u/.claude.json", guarded={"NODE_OPTIONS": "0" * 20}),
            Binding(("npx", "ü"), Scope.PROJECT, "/srv/project", programs=("/usr/bin/npx",), prefix=True),
        ),
        project=project,
    )


def test_comes_back_as_saved() -> None:
    saved = record()
    path = records.save(saved, new=True)
    assert records.load(saved.ref) == saved
    assert records.list_records() == (saved,)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert records.delete(saved)
    assert not records.delete(saved)
    with pytest.raises(SecretMissing):
        records.load(saved.ref)


def test_new_does_not_overwrite() -> None:
    records.save(record(), new=True)
    with pytest.raises(VaultError, match="exists already"):
        records.save(record(), new=True)
    records.save(replace(record(), entry="changed"))
    assert records.load("github-abcd2345").entry == "changed"


def test_references_of_user_level_entries_cannot_be_guessed() -> None:
    made = {records.new_ref("My GitHub!") for _ in range(100)}
    assert len(made) == 100
    assert all(ref.startswith("my-github-") and len(ref) == len("my-github-") + 8 for ref in made)


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("GitHub", "github"),
        ("@scope/server x", "scope-server-x"),
        ("日本", "server"),
        ("con", "con-server"),
        ("", "server"),
    ],
)
def test_references_for_shared_files_are_plain(name: str, ref: str) -> None:
    assert records.new_ref(name, shared=True) == ref
    assert records.check_ref(ref) == ref


def test_long_and_odd_names_make_good_references() -> None:
    for name in ("x" * 500, "-" * 70 + "a", "../../x", "a\0b\nc", "a" * 59 + "-b"):
        for shared in (True, False):
            records.check_ref(records.new_ref(name, shared=shared))


HOSTILE = [
    "../../x",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "a\0b",
    "a\nb",
    "a\n",
    "x" * 81,
    "x" * 100_000,
    "-x",
    ".x",
]
HOSTILE += ["a@b", "A", "con", "nul.x", "a..b", "\uff41", "a b", "$(id)", "~", "a\u202eb", "*"]


@pytest.mark.parametrize("ref", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_references_are_refused_before_any_file_is_touched(ref: str) -> None:
    with pytest.raises(VaultError, match="cannot be a vault record") as caught:
        records.load(ref)
    assert not isinstance(caught.value, SecretMissing)
    assert len(caught.value.message) < 400
    assert caught.value.message.isprintable()


def test_a_record_outside_of_the_folder_is_not_reached(home: Path) -> None:
    path = records.save(record())
    outside = path.parent.parent / "evil.json"
    path.rename(outside)
    with pytest.raises(VaultError):
        records.load("../evil")


def test_a_record_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    path = records.save(record())
    path.rename(tmp_path / "moved.json")
    path.symlink_to(tmp_path / "moved.json")
    with pytest.raises(VaultError, match="link"):
        records.load(record().ref)


def test_a_folder_of_records_that_is_a_link_is_refused(tmp_path: Path) -> None:
    records.save(record())
    places.records_dir().rename(tmp_path / "moved")
    places.records_dir().symlink_to(tmp_path / "moved")
    with pytest.raises(VaultError, match="link"):
        records.load(record().ref)


def test_a_record_that_others_can_change_is_refused() -> None:
    records.save(record()).chmod(0o666)
    with pytest.raises(VaultError, match="other users"):
        records.load(record().ref)


def test_a_renamed_record_is_refused() -> None:
    path = records.save(record())
    path.rename(path.with_name("slack.json"))
    with pytest.raises(VaultError, match="record of another name"):
        records.load("slack")


DAMAGED = ["", "{", "[]", "null", "{}", '"x"', "\xff", "[" * 100_000]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_named(text: str) -> None:
    path = records.save(record())
    path.write_text(text, encoding="latin-1")
    with pytest.raises(VaultError, match="damaged") as caught:
        records.load(record().ref)
    assert str(path) in caught.value.message
    assert records.record_files() == (path,)


CHANGES: list[tuple[str, object]] = [
    ("schema_version", 2),
    ("ref", "../x"),
    ("variables", [["A=B", "x"]]),
    ("variables", [["A", 1]]),
    ("variables", [["", "x"]]),
    ("variables", [["A\0", "x"]]),
    ("variables", {"A": "x"}),
    ("hosts", "claude"),
    ("bindings", [{"argv": ["x"]}]),
    ("bindings", None),
    ("store", None),
]


@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_a_wrong_value_makes_the_record_unusable(name: str, value: object) -> None:
    path = records.save(record())
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(VaultError):
        records.load(record().ref)


BAD_BINDINGS: list[dict[str, object]] = [
    {"argv": []},
    {"argv": "npx"},
    {"argv": [1]},
    {"scope": "anywhere"},
    {"scope": "project"},
    {"root": "/x"},
    {"scope": "project", "root": "relative"},
    {"guarded": []},
    {"guarded": {"A": 1}},
    {"programs": "x"},
]


@pytest.mark.parametrize("change", BAD_BINDINGS)
def test_a_wrong_binding_makes_the_record_unusable(change: dict[str, object]) -> None:
    path = records.save(record())
    data = json.loads(path.read_text())
    data["bindings"][0] |= change
    path.write_text(json.dumps(data))
    with pytest.raises(VaultError, match="damaged"):
        records.load(record().ref)


def test_a_missing_key_makes_the_record_unusable() -> None:
    path = records.save(record())
    whole = json.loads(path.read_text())
    for name in whole:
        path.write_text(json.dumps({key: value for key, value in whole.items() if key != name}))
        with pytest.raises(VaultError, match="damaged"):
            records.load(record().ref)


def test_projects_that_use_one_name_have_their_own_records(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    (one / "sub").mkdir(parents=True)
    two.mkdir()
    for root in (one, two):
        bound = Binding(("npx",), Scope.PROJECT, str(root))
        records.save(replace(record("github", str(root)), bindings=(bound,)), new=True)
    assert records.load("github", str(one / "sub")).project == str(one)
    assert records.load("github", str(two)).project == str(two)
    with pytest.raises(BindingRefused, match=str(one)):
        records.load("github", str(tmp_path))
    with pytest.raises(BindingRefused):
        records.load("github")
    (two / "link").symlink_to(one)
    assert records.load("github", str(two / "link")).project == str(one)
    assert records.delete(records.load("github", str(one)))
    assert records.load("github").project == str(two)


def test_a_neighbour_with_the_same_beginning_is_another_project(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one-evil").mkdir()
    records.save(replace(record("github", str(tmp_path / "one")), bindings=()))
    with pytest.raises(BindingRefused):
        records.load("github", str(tmp_path / "one-evil"))


def with_oauth() -> Record:
    return replace(record(), oauth=(("OTHER", new_item_key()),))


def test_who_does_not_know_oauth_credentials_refuses_their_records() -> None:
    """An older version looks at the number alone; it would hand the whole credential to the server otherwise."""
    path = records.save(with_oauth())
    assert json.loads(path.read_text())["schema_version"] == 2
    assert records.load("github-abcd2345").oauth[0][0] == "OTHER"
    path = records.save(record())
    assert json.loads(path.read_text())["schema_version"] == 1
    assert "oauth" not in json.loads(path.read_text())


SPARE = new_item_key()


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": 1},
        {"schema_version": 3},
        {"schema_version": True},
        {"schema_version": 2.0},
        {"schema_version": "2"},
        {"oauth": []},
        {"oauth": None},
        {"oauth": [["OTHER"]]},
        {"oauth": [["ELSEWHERE", SPARE]]},
        {"oauth": [["OTHER", "../../x"]]},
        {"oauth": [["OTHER", SPARE], ["OTHER", new_item_key()]]},
        {"oauth": [["OTHER", SPARE], ["GITHUB_TOKEN", SPARE]]},
        {"variables": [["GITHUB_TOKEN", SPARE], ["OTHER", new_item_key()]], "oauth": [["OTHER", SPARE]]},
        {"oauth": {"OTHER": SPARE}},
    ],
)
def test_a_record_whose_oauth_part_is_not_in_order_is_unusable(changes: dict[str, object]) -> None:
    path = records.save(with_oauth())
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(VaultError):
        records.load("github-abcd2345")
