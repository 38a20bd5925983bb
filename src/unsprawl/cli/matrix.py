"""`unsprawl hosts --matrix`: what can move where, as the planner answers for one made-up entry of each kind."""

from __future__ import annotations

from string import ascii_uppercase

from rich.text import Text

from unsprawl.rewriters.capabilities import BRIDGE, Row, label, reasons
from unsprawl.rewriters.planner import TARGETS
from unsprawl.rewriters.sample_entry import SLOTS
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.terminal import TerminalReport

LETTERS = dict(zip(TARGETS, ascii_uppercase, strict=False))
STAYS = "-"
SHOWN = 16
"""How many hosts are named under a reason; of more, the table shows which they are."""


def matrix_json(table: list[Row]) -> list[Json]:
    """The rows as the JSON report has them."""
    return [
        {
            "host": row.host.id,
            "files": list(row.files),
            "cells": [
                {
                    "slot": cell.slot,
                    "target": cell.target,
                    "moves": cell.moves,
                    "instead": cell.instead or None,
                    "reason": cell.said,
                    "hint": cell.hint,
                }
                for cell in row.cells
            ],
        }
        for row in table
    ]


def show_matrix(report: TerminalReport, table: list[Row]) -> None:
    """The table in letters, then why what stays does."""
    widths = [max(len(slot), len(LETTERS)) for slot in SLOTS]
    room = report.width - sum(width + 2 for width in widths)
    rows = [(Text("host", "dim"), [Text(slot, "dim") for slot in SLOTS])]
    rows += [(Text(label(row, table)), [_cell(row, slot) for slot in SLOTS]) for row in table]
    for name, cells in rows:
        if name.cell_len > room:
            report.line(name, rest="  ")
            name = Text("")
        parts = [name, Text(" " * (room - name.cell_len))]
        for cell, width in zip(cells, widths, strict=True):
            parts += [Text("  "), cell, Text(" " * (width - cell.cell_len))]
        line = Text.assemble(*parts)
        line.rstrip()
        report.line(line)
    report.gap()
    meaning = "   ".join(f"{letter} {target}" for target, letter in LETTERS.items())
    report.line(Text(meaning, "bold"), f"   {STAYS} stays where it is", rest="  ")
    for target, other in instead(table):
        letter = LETTERS[target].lower()
        said = f" `{target}` writes what `{other}` does there: nothing is started"
        if other == BRIDGE:
            said = f" `{target}` starts a bridge there, which logs in for the host"
        report.line(Text(letter, "bold"), said, rest="  ")
    for reason in reasons(table):
        report.gap()
        report.line(Text(f"not {' or '.join(reason.targets)}: ", "bold"), report.text(reason.said), rest="  ")
        for slots, hosts in reason.where:
            named = ", ".join(hosts) if len(hosts) <= SHOWN else count(len(hosts), "host")
            report.line(Text(f"{slots}: "), report.text(named, "dim"), first="  ", rest="    ")


def instead(table: list[Row]) -> list[tuple[str, str]]:
    """Each target in whose place another one takes a secret somewhere, and that one."""
    return list(dict.fromkeys((cell.target, cell.instead) for row in table for cell in row.cells if cell.instead))


def _cell(row: Row, slot: str) -> Text:
    letters = "".join(
        LETTERS[cell.target].lower() if cell.instead else LETTERS[cell.target]
        for cell in row.cells
        if cell.slot == slot and cell.moves
    )
    return Text(letters, "green") if letters else Text(STAYS, "dim")
