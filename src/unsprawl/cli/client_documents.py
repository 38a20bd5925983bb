"""`unsprawl probe --cimd` and `--cimd-for`: checks client ID metadata documents, and writes one."""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Callable, Sequence

from unsprawl.cli.console import report_options
from unsprawl.cli.delivery import deliver
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.probe_hosts import known_host
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.oauth.client_document import ClientDocument, Word, of_answer, of_file, secrets_of
from unsprawl.scanner.oauth.client_document_fetch import fetched
from unsprawl.scanner.oauth.client_document_write import written
from unsprawl.scanner.oauth.targets import Unprobed, bare
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.client_document_report import ClientDocumentReport, document_json, judged_document
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.sources.worktree import VANISHED, read
from unsprawl.scanner.surroundings import Surroundings

_MOST_BYTES = 1 << 20
_GIVE = "Give a file, or an address with https://."


def check_documents(
    named: Sequence[str],
    at: str,
    around: Surroundings,
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    *,
    verbose: bool,
    as_json: bool,
) -> int:
    """Check each document that was named, an address or a file, and show it. Returns the exit code."""
    urls = [each for each in named if "://" in each]
    if at and (urls or len(named) != 1):
        raise UsageError("--at says where one file is to be published", hint="unsprawl probe --cimd FILE --at URL")
    addresses = {each: client_id(each) for each in dict.fromkeys(urls)}
    published = client_id(at) if at else ""
    problems: list[Problem] = []
    documents: list[ClientDocument] = []
    answers = dict(
        zip(addresses, fetched([_called(each) for each in addresses.values()], announce, roots), strict=True)
    )
    for each in dict.fromkeys(named):
        if each in answers:
            documents.append(of_answer(addresses[each], addresses[each], *answers[each]))
            continue
        content = read(each, _MOST_BYTES)
        if isinstance(content, bytes):
            documents.append(of_file(each, content, published))
        elif content.code == VANISHED:
            raise UsageError(f"no such file: {each}", hint=_GIVE)
        else:
            problems.append(content._replace(hint=_GIVE) if content.code == "not-a-file" else content)
    for document in documents:
        REDACTOR.learn(secrets_of(document))
    checked = [judged_document(each) for each in documents]
    words = {each.word for each in checked}
    if as_json:
        output = envelope("probe", problems, around.cwd, {"documents": len(checked), "not_probed": len(problems)})
        output["complete"] = not problems and Word.INCONCLUSIVE not in words
        output["root"] = around.cwd
        output["probes"] = []
        output["documents"] = [document_json(each) for each in checked]
        deliver(render(output, REDACTOR), None, exact=True)
    else:
        report = ClientDocumentReport(*report_options(around))
        for one in checked:
            report.document(one, whole=verbose)
        report.problems(problems)
    if Word.INVALID in words:
        return Exit.FOUND
    return Exit.INCOMPLETE if problems or Word.INCONCLUSIVE in words else Exit.CLEAN


def write_document(names: Sequence[str], at: str, title: str, port: int | None) -> int:
    """Write the document for these hosts to stdout. Returns the exit code: 3 where one of them could not be put in."""
    if not at:
        raise UsageError("--cimd-for needs the address of the document", hint="--at https://example.com/client.json")
    address = client_id(at)
    name = title or f"MCP client of {address.partition('://')[2].partition('/')[0]}"
    made = written(address, name, [known_host(each) for each in dict.fromkeys(names)], [port] if port else [])
    text = json.dumps(made.document, indent=2, ensure_ascii=False) + "\n"
    checked = judged_document(of_file("the document", text.encode(), address))
    wrong = [each for each in checked.results if each.failed and each.severity != "note"]
    if not made.document["redirect_uris"]:
        raise UsageError("; ".join(made.left_out), hint="Name hosts whose redirect addresses are known.")
    if wrong:
        first = wrong[0]
        raise UsageError(f"not so: {first.check.title} ({first.seen})", hint=first.check.remedy)
    for each in made.left_out:
        print(f"left out: {each}", file=sys.stderr)
    deliver([text], None, exact=True)
    return Exit.INCOMPLETE if made.left_out else Exit.CLEAN


def client_id(typed: str) -> str:
    """The address as typed. Raises UsageError for one that holds what may be a credential: a client id is public."""
    made = bare(typed)
    REDACTOR.learn(each.secret for each in made.secrets)
    if isinstance(made, Unprobed):
        raise UsageError(f"no client id: {made.reason}", hint=made.hint)
    if made.left_out:
        what = one_line(", ".join(made.left_out))
        raise UsageError(f"no client id: the address has what may be a key ({what})", hint="A client id is public.")
    return f"{made.url}#{typed.partition('#')[2]}" if "#" in typed else made.url


def _called(address: str) -> str:
    return address.partition("#")[0]
