"""What of the findings is shown: the options of `scan`, as one argument of the command."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import click

from unsprawl.scanner.model import Confidence, Severity
from unsprawl.scanner.suppress import Limits


def limit_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options, which the command gets as `limits`."""

    @click.option("--no-ignore", is_flag=True, help="Show what allow comments and ignore lists silence.")
    @click.option("--min-severity", type=click.Choice(list(map(str, reversed(Severity)))), default="low",
                  show_default=True, help="Leave out what is less severe.")  # fmt: skip
    @click.option("--min-confidence", type=click.Choice(list(map(str, reversed(Confidence)))), default="low",
                  show_default=True, help="Leave out what is less sure.")  # fmt: skip
    @wraps(command)
    def taking(*words: object, no_ignore: bool, min_severity: str, min_confidence: str, **more: object) -> int:
        limits = Limits(Severity(min_severity), Confidence(min_confidence), ignore=not no_ignore)
        return command(*words, limits=limits, **more)

    return taking
