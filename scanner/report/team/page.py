"""The team's report as one HTML file: no script, nothing from elsewhere, readable on a phone, in print and aloud.

Whatever comes from a document or the policy passes `_text`; the rest is written here.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from unsprawl import __version__
from unsprawl.scanner.model import Severity
from unsprawl.scanner.redact import printable
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.team import words
from unsprawl.scanner.report.team.documents import Document
from unsprawl.scanner.report.team.model import Key, Kind, Life, Person, Standing, Step, TeamReport
from unsprawl.scanner.report.team.steps import listed
from unsprawl.scanner.scan import shown_path

_PILLS = {Standing.DONE: "good", Standing.TODO: "warn", Standing.NEVER: "bad", Standing.UNCLEAR: "calm"}
_LIVES = {Life.LIVE: "bad", Life.UNKNOWN: "warn", Life.DEAD: "calm"}
_SEVERITIES = {Severity.CRITICAL: "bad", Severity.HIGH: "warn"}
_TOGETHER = 12
"""So many rows stay on one page of paper."""
_POOR = 5
"""From this approach down the bar has the colour of what is to be left."""


def page(report: TeamReport, root: str) -> str:
    """The whole file. `root`: what paths of the documents are relative to."""
    style = files("unsprawl.scanner.report.team").joinpath("page.css").read_text(encoding="utf-8")
    hashed = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    team = f"{report.team}: " if report.team else ""
    sections = list(_sections(report, root))
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex, nofollow">\n',
            '<meta name="color-scheme" content="light dark">\n',
            f"<title>{_text(team)}where keys still stand in files, {_text(report.made[:10])}</title>\n",
            f"<style>{style}</style>\n</head>\n<body>\n",
            '<a class="skip" href="#report">Skip to the report</a>\n',
            _head(report, [(anchor, title) for anchor, title, _ in sections]),
            '<main id="report" tabindex="-1">\n',
            _strip(report),
            *(_section(anchor, title, body) for anchor, title, body in sections),
            "</main>\n",
            _foot(report),
            "</body>\n</html>\n",
        )
    )


def _text(foreign: str) -> str:
    """Text that cannot be markup, and has no characters that turn lines around."""
    return escape(printable(foreign), quote=True)


def _section(anchor: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{anchor}">\n<h2 id="{anchor}">{title}</h2>\n{body}</section>\n'


def _sections(report: TeamReport, root: str) -> Iterator[tuple[str, str, str]]:
    """(anchor, title, body) of each part that has something to say."""
    yield "next", "Who does what next", _people(report)
    keys = [key for key in report.keys if key.now or key.life is not Life.DEAD]
    if keys:
        yield "keys", "The keys", _keys(report, keys)
    if report.now.servers:
        yield "ladder", "How the servers get their keys", _ladder(report)
    if report.providers:
        yield "vendors", "Whose keys they are", _providers(report)
    yield "documents", "What was handed in", _documents(report, root)


def _head(report: TeamReport, parts: Sequence[tuple[str, str]]) -> str:
    team = f" of <b>{_text(report.team)}</b>" if report.team else ""
    links = "".join(f'<li><a href="#{anchor}">{title}</a></li>' for anchor, title in parts)
    journey = _journey(report)
    lead = f'<p class="lead">{_text(words.progress(report))}</p>\n' if report.documents and not journey else ""
    return (
        f'<header>\n<p class="eyebrow">Keys in the configurations{team}, <time datetime="{_text(report.made)}">'
        f"{_text(report.made[:10])}</time></p>\n"
        f"<h1>{_text(words.headline(report))}</h1>\n{lead}{journey}"
        f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav>\n</header>\n'
    )


def _journey(report: TeamReport) -> str:
    """From where to where, as two bars under the sentence that says the same."""
    if report.before is None or not report.before.secrets:
        return ""
    most = max(report.before.secrets, report.now.secrets)
    bars = "".join(
        f"<p>{count(number, 'secret')} {name}{_bar(number, most, kind)}</p>"
        for name, number, kind in (("before", report.before.secrets, "old"), ("now", report.now.secrets, "now"))
    )
    return f'<div class="journey">{bars}</div>\n'


def _strip(report: TeamReport) -> str:
    """The figures that one remembers."""
    before, now = report.before, report.now
    done = sum(person.standing is Standing.DONE for person in report.people)
    live = sum(key.life is Life.LIVE and bool(key.now) for key in report.keys)
    end = sum(key.gone and key.life is not Life.DEAD for key in report.keys)
    cells = [
        (f"secret{_s(now.secrets)} in files", str(now.secrets), f"{before.secrets} before" if before else ""),
        ("of them on more than one machine", str(now.shared), f"{before.shared} before" if before else ""),
        ("of them known to be live", str(live), ""),
        ("out of all files, still to end", str(end), ""),
        ("people are done", f"{done} of {len(report.people)}", ""),
    ]
    made = "".join(
        f"<div><dt>{name}</dt><dd>{number}</dd>{f'<dd>{beside}</dd>' if beside else ''}</div>\n"
        for name, number, beside in cells
    )
    return f'<dl class="strip">\n{made}</dl>\n'


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _people(report: TeamReport) -> str:
    missing = "" if report.has_members else "<p>No policy names the members, so nobody can be told to be missing.</p>\n"
    return f'{missing}<ul class="people">\n{"".join(map(_card, report.people))}</ul>\n'


def _card(person: Person) -> str:
    told = [words.figures(person), words.dates(person), "" if person.member else "not named by the policy"]
    said = "".join(f"<span>{_text(each)}</span>" for each in told if each)
    steps = "".join(_step(step, words.typed(person.steps, number)) for number, step in enumerate(person.steps))
    return (
        f'<li class="card"><div class="who"><h3>{_text(person.name)}</h3>'
        f'<span class="pill {_PILLS[person.standing]}">{_text(words.standing(person))}</span>'
        f'<p class="told">{said}</p></div>\n'
        + (f'<ol class="steps">{steps}</ol>\n' if steps else '<p class="told">Nothing is left to do.</p>\n')
        + "</li>\n"
    )


def _step(step: Step, typed: Sequence[str]) -> str:
    keys = words.about(step)
    about = f' <span class="about">({_text(keys)})</span>' if keys else ""
    follows = step.kind is Kind.REVOKE and any("://" in command for command in typed)
    below = "".join(map(_page if follows else _command, typed))
    return f"<li>{_text(step.says[:1].upper() + step.says[1:])}{about}{below}</li>\n"


def _command(command: str) -> str:
    """Broken between its words only: a line that ends with the first dash of `--as` misleads."""
    return f"<code>{' '.join(f'<span>{_text(word)}</span>' for word in command.split())}</code>"


def _page(address: str) -> str:
    """A vendor's page, from the bundled rules. It is opened only when somebody follows it."""
    shown = _text(address)
    return f'<br><a href="{shown}" rel="noreferrer noopener">{shown}</a>' if address.startswith("https://") else ""


def _keys(report: TeamReport, keys: Sequence[Key]) -> str:
    compared = report.before is not None
    heads = ("Key", "Harm", "Its vendor says", *(("Before",) if compared else ()), "Now", "Next")
    rows = "".join(_row(f'{_text(key.label)}<span class="kind">{_text(key.what)}</span>', _of_key(key, compared))
                   for key in keys)  # fmt: skip
    shared = f"; {count(report.now.shared, 'stands', 'stand')} on more than one machine" if report.now.shared else ""
    when = "Before and now" if compared else "Now"
    caption = f"{count(len(keys), 'key')}, worst first{shared}. {when}: in whose files."
    return _table(caption, heads, rows)


def _of_key(key: Key, compared: bool) -> list[tuple[str, str]]:
    before = [("Before", f"<span>{_text(listed(key.before) or 'nobody')}</span>")] if compared else []
    return [
        ("Harm", _pill(key.severity.value, _SEVERITIES.get(key.severity, "calm"))),
        ("Vendor says", _pill(words.state(key), _LIVES[key.life])),
        *before,
        ("Now", f"<span>{_text(words.machines(key))}</span>"),
        ("Next", f"<span>{_text(words.advice(key))}</span>"),
    ]


def _pill(text: str, kind: str) -> str:
    return f'<span class="pill {kind}">{_text(text)}</span>'


def _row(head: str, cells: Iterable[tuple[str, str]]) -> str:
    """A row; the name of each column stands beside its cell where the table is shown as a list."""
    made = "".join(f'<td role="cell" data-of="{name}">{cell}</td>' for name, cell in cells)
    return f'<tr role="row"><th scope="row" role="rowheader">{head}</th>{made}</tr>\n'


def _table(caption: str, heads: Sequence[str], rows: str, kind: str = "") -> str:
    whole = " whole" if rows.count("<tr") <= _TOGETHER else ""
    # The roles are what the elements mean already; a browser forgets it where the table is shown as a list.
    columns = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in heads)
    return (
        f'<div class="sheet{whole}"><table class="stack{kind}" role="table"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{columns}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}</tbody></table></div>\n'
    )


def _ladder(report: TeamReport) -> str:
    most = words.most_of(report)
    before = dict(report.before.ranks) if report.before is not None else None
    rows = []
    for rank, number in report.now.ranks:
        floor = ' <span class="floor">the lowest that the policy allows</span>' if rank == report.floor and rank else ""
        cells = [("Before", _gauge(before.get(rank, 0), most, "old"))] if before is not None else []
        poor = " poor" if rank in (_POOR, _POOR + 1) else ""
        cells.append(("Now", _gauge(number, most, f"now{poor}")))
        rows.append(_row(f"{_text(words.approach(rank))}{floor}", cells))
    heads = ("Approach, best first", *(("Before",) if before is not None else ()), "Now")
    caption = f"{count(report.now.servers, 'server')}, by where their credential sits."
    if report.floor is not None:
        broken = count(report.now.violations, "is", "are")
        caption += f" {broken} below what the policy allows."
    return _table(caption, heads, "".join(rows), " ladder")


def _gauge(number: int, most: int, kind: str) -> str:
    """A number with a bar beside it, which says the same again."""
    return f'<span class="gauge"><b>{number}</b>{_bar(number, most, kind)}</span>'


def _bar(number: int, most: int, kind: str) -> str:
    share = f'<rect class="{kind}" width="{words.percent(number, most)}%" height="100%" rx="4"></rect>'
    track = '<rect class="track" width="100%" height="100%" rx="4"></rect>'
    return f'<svg aria-hidden="true" focusable="false">{track}{share}</svg>'


def _providers(report: TeamReport) -> str:
    heads = ("Vendor", "Before", "Now", "Live", "Not known", "Dead", "Still to end")
    rows = "".join(
        _row(
            _text(each.name),
            [
                (name, f'<span class="number">{number}</span>')
                for name, number in (
                    ("Before", each.before if report.before is not None else "-"),
                    ("Now", each.now),
                    ("Live", each.live),
                    ("Not known", each.unknown),
                    ("Dead", each.dead),
                    ("Still to end", each.revoke),
                )
            ],
        )
        for each in report.providers
    )
    caption = "Secrets in files. Still to end: gone from all files, and not known to be dead."
    return _table(caption, heads, rows, " short")


def _documents(report: TeamReport, root: str) -> str:
    heads = ("Handed in by", "When", "Secrets in files", "Looked at", "Not read")
    rows = "".join(_row(_text(each.name), _handed_in(each)) for each in report.documents)
    table = _table(f"{count(len(report.documents), 'document')}.", heads, rows) if rows else ""
    notes = "".join(
        f"<li>{_text(shown_path(fault.file, root) + ': ' if fault.file else '')}{_text(fault.message)}"
        f"{' (left out)' if fault.left_out and fault.file else ''}"
        f"{f'<span class=hint>{_text(fault.hint)}</span>' if fault.hint else ''}</li>\n"
        for fault in report.faults
    )
    return table + (f'<ul class="notes">\n{notes}</ul>\n' if notes else "")


def _handed_in(document: Document) -> list[tuple[str, str]]:
    looked = {"machine": "the whole machine", "paths": "some paths only"}.get(document.looked, "")
    asked = "; vendors were asked" if document.validated else ""
    when = f"{_text(document.when[:10])} {_text(document.when[11:16])} UTC"
    return [
        ("When", f'<time datetime="{_text(document.when)}">{when}</time>'),
        ("Secrets", f"<span>{len(document.standing)}</span>"),
        ("Looked at", f"<span>{looked}{asked}</span>"),
        ("Not read", f"<span>{document.problems or 'nothing'}</span>"),
    ]


def _foot(report: TeamReport) -> str:
    key = f", with the team key {_text(report.team_key)}" if report.team_key else ""
    return (
        f"<footer>\n<p>Made by unsprawl {_text(__version__)}{key}. No secret is in this page, and nothing is loaded "
        "from elsewhere. It names people: hand it on with care.</p>\n</footer>\n"
    )
