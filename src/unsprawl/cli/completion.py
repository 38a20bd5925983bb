"""Shell completion: `_UNSPRAWL_COMPLETE=bash_source unsprawl` prints the script that a shell loads."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from unsprawl.scanner.errors import Exit, UsageError

VARIABLE = "_UNSPRAWL_COMPLETE"


def complete(app: click.Command, instruction: str) -> Exit:
    """What the shell asks for: `<shell>_source` or `<shell>_complete`.

    Click would do the same by itself, but writes bytes, and those would pass the redactor by.
    """
    shell, _, what = instruction.partition("_")
    kind = get_completion_class(shell)
    if kind is None or what not in ("source", "complete"):
        raise UsageError(
            f"{VARIABLE} names no shell that is known", hint="bash_source, zsh_source and fish_source are."
        )
    completion = kind(app, {}, "unsprawl", VARIABLE)
    print(completion.source() if what == "source" else completion.complete())
    return Exit.CLEAN
