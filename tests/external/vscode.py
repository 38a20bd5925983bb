"""Says whether VS Code's editor would accept an mcp.json; the program itself is not on npm."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).with_name("vscode_mcp.schema.json")


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(document: Any) -> list[str]:
    """Where an mcp.json is not as VS Code wants it: JSON paths only, because a message would quote the value."""
    return sorted(error.json_path for error in _validator().iter_errors(document))
