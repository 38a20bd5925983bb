"""What is to be done so that a host can log in, as JSON and for people."""

from __future__ import annotations

from rich.text import Text

from unsprawl.scanner.hosts import host
from unsprawl.scanner.own_client import OwnClient
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.terminal import TerminalReport


def own_client_json(each: OwnClient) -> Json:
    """One item of `register`."""
    return {
        "host": each.host,
        "needed": each.needed,
        "client_id": each.client_id or None,
        "callback_port": each.callback_port,
        "redirect_uris": list(each.redirects),
        "steps": list(each.steps),
        "sources": list(each.sources),
    }


def show_own_client(report: TerminalReport, each: OwnClient, indent: str = "  ") -> None:
    """The steps, numbered, and where they are from."""
    report.line(Text(f"to log in from {host(each.host).name}:", "bold"), first=indent)
    for number, step in enumerate(each.steps, 1):
        report.line(report.text(step), first=f"{indent}{number:>2}. ", rest=f"{indent}    ")
    if each.sources:
        report.line(Text(f"from {'; '.join(each.sources)}", "dim"), first=f"{indent}    ")
