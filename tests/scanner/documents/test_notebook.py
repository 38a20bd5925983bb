"""Notebooks: cells as one program, lines for shells, and what was printed, at their places in the file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.documents.reading import AROUND, read

from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine

KEY = "⟦S env:{an:40}⟧"
SERVER = f"p = StdioServerParameters('npx', [], {{'ACME_API_KEY': '{KEY}'}})"
CONFIG = f'{{"mcpServers": {{"a": {{"command": "npx", "env": {{"ACME_API_KEY": "{KEY}"}}}}}}}}'
CALL = "x = sse_client(URL, headers={'Authorization': f'Bearer {token}'})"
TOKEN = "⟦S env:ghp_{an:30}{chk-ghp}⟧"


def notebook(*cells: dict[str, Any], indent: int | None = 1, **metadata: Any) -> str:
    """A notebook with these cells, as Jupyter writes it."""
    whole = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=indent, ensure_ascii=False)


def code(*lines: str, outputs: list[Any] | None = None) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "outputs": outputs or [], "source": [*lines]}


CASES = {
    "one server": notebook(code("import mcp\n", SERVER)),
    "of two cells": notebook(code("import mcp\n", f"token = '{KEY}'"), code(CALL)),
    "variable": notebook(code("import mcp\n", f"%env ACME_API_KEY={KEY}\n", "print('it')")),
    "other spelling": notebook(code("import mcp\n", f"%set_env ACME_API_KEY {KEY}\n")),
    "command": notebook(code(f"!claude mcp add a -e ACME_API_KEY={KEY} -- npx -y a\n", "x = 'it'")),
    "shell": notebook(code("%%bash\n", f"claude mcp add a -e ACME_API_KEY={KEY} -- npx -y a\n")),
    "written file": notebook(code("%%writefile mcp.json\n", CONFIG)),
    "markdown": notebook(
        {"cell_type": "markdown", "metadata": {}, "source": f"# MCP\n`claude mcp add a -e ACME_API_KEY={KEY} -- npx a`"}
    ),
    "source of one text": notebook({"cell_type": "code", "source": f"import mcp\n{SERVER}\n"}),
    "printed": notebook(
        code("print(mcp)", outputs=[{"output_type": "stream", "name": "stdout", "text": [f"connected with {TOKEN}\n"]}])
    ),
    "result": notebook(
        code("mcp", outputs=[{"output_type": "execute_result", "data": {"text/plain": [f"{{'token': '{TOKEN}'}}"]}}])
    ),
    "error": notebook(code("mcp", outputs=[{"output_type": "error", "evalue": f"bad {TOKEN}", "traceback": []}])),
    "TypeScript": notebook(
        code(f"const t = new StdioClientTransport({{ command: 'npx', env: {{ ACME_API_KEY: `{KEY}` }} }}); // mcp"),
        kernelspec={"name": "tslab", "language": "typescript"},
    ),
    "on one line": notebook(
        code("import mcp\n", f'p = StdioServerParameters(command="é", env={{"ACME_API_KEY": "{KEY}"}})'), indent=None
    ),
    "old": json.dumps(
        {"worksheets": [{"cells": [{"cell_type": "code", "input": ["import mcp\n", SERVER]}]}]}, ensure_ascii=False
    ),
    "quiet": notebook(
        code("import mcp\n", "%env ACME_API_KEY=your-key\n", "!claude mcp list\n", "p = Stdio('npx', env=env)")
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_finds(name: str, encoding: str) -> None:
    done = read(CASES[name], "a.ipynb", encoding=encoding)
    assert done.told == done.secrets
    assert done.secrets or name == "quiet"


def test_points_to_the_source_of_the_cell() -> None:
    raw = notebook(
        code("import mcp"), code(f'p = StdioServerParameters(command="npx", env={{"ACME_API_KEY": "{KEY}"}})')
    )
    (finding,) = read(raw, "a.ipynb").findings
    assert finding.place.pointer == "/cells/1/source/p/env/ACME_API_KEY"
    assert finding.entry is not None
    assert finding.entry.name == "p"


PIECES = [
    '{"cells":[',
    '{"cell_type":"code",',
    '"source":[',
    '"source":"',
    "mcp",
    "%env A=b",
    "!x",
    "\\n",
    '"',
    "]",
    "}",
    ",",
    "%%bash",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_damaged_notebooks_are_read_as_far_as_possible(text: str) -> None:
    file = named("/home/u/project/a.ipynb", AROUND)
    assert file is not None
    done = examine(file, ("mcp" + text).encode(), "a.ipynb")
    assert isinstance(done, Examined)


def test_a_known_format_in_a_server_is_told_as_its_servers() -> None:
    raw = notebook(code("import mcp\n", f"p = StdioServerParameters('npx', [], {{'GITHUB_TOKEN': '{TOKEN}'}})"))
    (finding,) = read(raw, "a.ipynb").findings
    assert finding.entry is not None
    assert (finding.entry.name, finding.slot.context.kind, finding.slot.context.name) == ("p", "env", "GITHUB_TOKEN")
