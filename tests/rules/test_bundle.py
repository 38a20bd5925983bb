"""The generated module is fresh, and the build refuses what it should."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.rules import build, bundle, patterns, reading
from unsprawl.rules.load import compiled, load, made_of

GOOD = reading.read(build.FOLDER / "providers" / "linear-api-key.yaml")
SCHEMA = reading.read_schema(build.FOLDER / "provider.schema.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rule files, to break."""
    copied = tmp_path / "rules"
    shutil.copytree(build.FOLDER, copied, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return copied


def test_the_bundle_is_fresh() -> None:
    for name, text in build.render(*build.read_all()).items():
        assert (build.FOLDER / name).read_text("utf-8") == text


def test_check_tells_a_stale_bundle(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "FOLDER", folder)
    monkeypatch.setattr(build, "read_all", lambda: ([], {"hosts": {"folders": {}, "hosts": []}}))
    assert build.main(["--check"]) == 1
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0
    assert build.main(["--wrong"]) == 2
    assert "stale" in capsys.readouterr().err


def test_the_bundle_holds_only_what_runs() -> None:
    generated = sorted(build.FOLDER.glob("bundle*.py"))
    siblings = (
        "approaches",
        "brokers",
        "checks",
        "code",
        "destinations",
        "hosts",
        "oauth",
        "providers",
        "remotes",
        "stores",
        "wire",
    )
    assert [path.name for path in generated] == ["bundle.py", *(f"bundle_{name}.py" for name in siblings)]
    text = "".join(path.read_text("utf-8") for path in generated)
    for key in build.LEFT_OUT:
        assert f"'{key}'" not in text
    assert {"INDEX", "HOSTS", "NAMES", "PLACEHOLDERS"} <= set(dir(bundle))


def test_hosts_and_libraries_are_told_of_with_the_same_keys() -> None:
    paths = [build.FOLDER / f"{name}.schema.json" for name in ("hosts", "oauth_checks")]
    schemas = [json.loads(path.read_text("utf-8")) for path in paths]
    of_hosts = schemas[0]["$defs"]["oauth"]["properties"]
    of_libraries = schemas[1]["$defs"]["client"]["properties"]
    behaviour = {name: {**facts, "description": ""} for name, facts in of_hosts["behaviour"]["properties"].items()}
    assert behaviour == {name: {**of_libraries[name], "description": ""} for name in behaviour}
    told_beside = {"cimd", "dcr", "client_id", "document", "secret_apart", "redirect_uri", "fixed_port"}
    assert set(of_libraries) - set(behaviour) == told_beside


def test_clients_build_on_what_stands_above_them() -> None:
    first, second = {"id": "a", "builds_on": "b"}, {"id": "b"}
    hosts = [{"id": "h", "oauth": {"behaviour": {"builds_on": "c"}}}, {"id": "i", "oauth": {}}]
    faults = build._client_errors(hosts, {"clients": [first, second]})
    assert [each.partition(":")[0] for each in faults] == ["oauth_checks.yaml", "hosts.yaml"]
    hosts[0]["oauth"]["behaviour"] = {"builds_on": "b"}
    assert build._client_errors(hosts, {"clients": [second, first]}) == []


def test_a_clean_value_touches_no_rule() -> None:
    script = (
        "import sys; from unsprawl.scanner.detect import judge; from unsprawl.scanner.model import Context, SlotKind\n"
        "judge('${GITHUB_TOKEN}', Context(SlotKind.ENV, 'GITHUB_TOKEN', package='@scope/server-github'))\n"
        "for value in ('npx', '@scope/server-github', 'https://api.example.org/v1', 'debug', '/home/user/projects'):\n"
        "    judge(value, Context(SlotKind.ARG, package='@scope/server-github'))\n"
        "print(sorted(name for name in sys.modules if name.startswith('unsprawl.rules.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['unsprawl.rules.bundle', 'unsprawl.rules.load']"


def test_rules_from_elsewhere() -> None:
    rules = made_of([build.raw_rule(GOOD)])
    (rule,) = rules
    assert (rule.id, rules["linear-api-key"], rules.get("other")) == ("linear-api-key", rule, None)
    assert rules.of_env("LINEAR_API_KEY") == rules.of_host("api.linear.app") == (rule,)
    (keyword,) = rules.keywords("a lin_api_ b".ljust(48))
    assert keyword == ("lin_api_", ((rule, rule.formats[0]),))
    assert rules.keywords("a lin_api_ b") == rules.keywords("a linapi b".ljust(48)) == []
    assert rules.begun("lin_api_0") == [("lin_api_", rule)]
    assert rules.begun("a lin_api_0") == rules.begun("lin_api_".ljust(48)) == []
    assert rules.brand("LINEAR") == "Linear"


def test_every_keyword_is_found_wherever_it_stands() -> None:
    shapes = [shape for rule in load() for shape in rule.formats if shape.self_identifying]
    for keyword in {keyword for shape in shapes for keyword in shape.keywords}:
        longest = max(shape.shortest for shape in shapes if keyword in shape.keywords)
        for text in (keyword, f"..{keyword}", f"{keyword}..", f"..{keyword}.."):
            found = [each for each, _ in load().keywords(text.ljust(longest))]
            assert keyword in found
            assert found == sorted(found, key=lambda each: (-len(each), each))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("formats", 0, "surprise"), 1),
        (("formats", 0, "length", "surprise"), 1),
        (("examples", "surprise"), []),
        (("severity",), "dreadful"),
        (("id",), "Not An Id"),
        (("rotate_url",), "http://linear.app"),
        (("sources",), []),
    ],
)
def test_the_schema_refuses(path: tuple[str | int, ...], value: Any) -> None:
    rule = copy.deepcopy(GOOD)
    assert reading.schema_errors(rule, SCHEMA, "x") == []
    inner = rule
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert reading.schema_errors(rule, SCHEMA, "x")


@pytest.mark.parametrize("table", ["names", "placeholders"])
def test_table_schemas_refuse_unknown_keys(table: str) -> None:
    data = reading.read(build.FOLDER / f"{table}.yaml")
    schema = reading.read_schema(build.FOLDER / f"{table}.schema.json")
    assert reading.schema_errors(data, schema, table) == []
    assert reading.schema_errors(data | {"surprise": 1}, schema, table)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("id",), "other-id", "the file name says"),
        (("formats", 0, "pattern"), "lin_api_([0-9A-Za-z]{40})", "capture groups"),
        (("formats", 0, "pattern"), "lin_api_(?=x)[0-9A-Za-z]{40}", "look-around"),
        (("formats", 0, "pattern"), "lin_api_[", "does not compile"),
        (("formats", 0, "keywords"), ["linear_"], "may hold none of them"),
        (("formats", 0, "sample"), "lin_api_{an:39}", "does not match"),
        (("formats", 0, "sample"), "lin_api_{nope:40}", "unknown alphabet"),
        (("formats", 0, "length"), {"min": 49, "max": 60}, "48 characters"),
    ],
)
def test_the_build_refuses(folder: Path, path: tuple[str | int, ...], value: Any, complaint: str) -> None:
    rule = copy.deepcopy(GOOD)
    inner = rule
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    (folder / "providers" / "linear-api-key.yaml").write_text(yaml.safe_dump(rule), "utf-8")
    with pytest.raises(reading.RulesInvalid, match=rf"providers/linear-api-key\.yaml: .*{re.escape(complaint)}"):
        build.read_all(folder)


def test_without_other_tables(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        if path.stem not in {"names", "placeholders"}:
            path.unlink()
    rules, tables = build.read_all(folder)
    assert rules
    assert set(tables) == {"names", "placeholders"}


@pytest.mark.parametrize(
    ("pattern", "keywords", "holds"),
    [
        ("ghp_[a-z]{3}", ["ghp_"], True),
        ("(?:AKIA|ABIA)[A-Z]{3}", ["AKIA", "ABIA"], True),
        ("(?:AKIA|ABIA)[A-Z]{3}", ["AKIA"], False),
        ("vc[pi]_x", ["vcp_", "vci_"], True),
        ("tvly-(?:dev-)?[a-z]+", ["tvly-"], True),
        ("tvly-(?:dev-)?[a-z]+", ["dev-"], False),
        ("[a-z]{5}", ["a"], False),
    ],
)
def test_keywords_are_proved(pattern: str, keywords: list[str], holds: bool) -> None:
    assert patterns.always_holds(pattern, keywords) is holds


SELF_IDENTIFYING = sorted(
    {(shape.pattern, shape.keywords) for rule in load() for shape in rule.formats if shape.keywords}
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_match_holds_a_keyword(data: st.DataObject) -> None:
    pattern, keywords = data.draw(st.sampled_from(SELF_IDENTIFYING))
    match = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    assert any(keyword in match for keyword in keywords)


def all_patterns() -> list[str]:
    rules = [shape.pattern for rule in load() for shape in rule.formats]
    rules += [pattern for rule in load() for pattern in rule.not_secret]
    tables = [
        entry[key]
        for section in ("references", "placeholders", "shapes")
        for entry in bundle.PLACEHOLDERS[section]
        for key in ("pattern", "inside")
        if isinstance(entry.get(key), str)
    ]
    return sorted({*rules, *tables})


ADVERSARIAL = [
    unit * (20_000 // len(unit))
    for unit in (
        "a",
        "0",
        "-",
        "_",
        ".",
        "A",
        "a-",
        "a.",
        "a/",
        "aA0",
        "${",
        "{",
        "<a",
        "eyJ",
        "://",
        ":a@",
        "@",
        "a@a.",
        "%A",
        " ",
        "=",
        "your-",
        "x_",
        "1.",
    )
]


@pytest.mark.parametrize("pattern", all_patterns())
def test_no_pattern_is_slow(pattern: str) -> None:
    shape = compiled(pattern)
    for text in ADVERSARIAL:
        for attempt in (text, text + "!"):
            start = time.process_time()
            shape.fullmatch(attempt)
            assert time.process_time() - start < 1.0  # about 1 ms; generous for busy machines
