"""What was found of client ID metadata documents, as JSON and for people."""

from __future__ import annotations

from rich.text import Text

from unsprawl.scanner.oauth.client_document import ClientDocument, Word, word_of
from unsprawl.scanner.oauth.client_document_checks import evaluated
from unsprawl.scanner.oauth.client_document_content import shown
from unsprawl.scanner.oauth.client_document_hosts import User, users
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.probe_json import check_json, cut
from unsprawl.scanner.report.probe_report import ProbeReport
from unsprawl.scanner.report.terminal import NOTICE, grouped

_WORDS = {
    Word.VALID: ("valid", "bold green"),
    Word.WARNINGS: ("valid, with warnings", f"bold {NOTICE}"),
    Word.INVALID: ("not valid", "bold red"),
    Word.INCONCLUSIVE: ("inconclusive", "bold magenta"),
}
_USES = {True: ("could use it", "green"), None: ("perhaps", NOTICE), False: ("could not", "bold red")}
_MOST = 20
"""So many redirect addresses are shown."""
_LABEL = 14


class CheckedDocument(NamedTuple):
    """One document, judged."""

    document: ClientDocument
    results: tuple[Result, ...]
    word: Word
    hosts: tuple[User, ...]


def judged_document(document: ClientDocument) -> CheckedDocument:
    """The checks, the word, and which hosts could use it: none where servers refuse it."""
    results = evaluated(document)
    word = word_of(document, results)
    usable = document.data is not None and word is not Word.INVALID
    return CheckedDocument(document, results, word, users(document) if usable else ())


def document_json(checked: CheckedDocument) -> Json:
    """One item of `documents`."""
    document = checked.document
    data = document.data or {}
    return {
        "source": document.shown,
        "client_id": shown(document.subject) if document.subject else None,
        "verdict": checked.word.value,
        "status": (document.answer.status or None) if document.answer is not None else None,
        "fault": (document.answer.told if document.answer is not None else document.fault)
        if document.data is None
        else None,
        "size": document.size,
        "client_name": cut(data.get("client_name")),
        "redirect_uris": [cut(shown(url)) for url in document.redirects[:_MOST]],
        "findings": [each.check.id for each in checked.results if each.failed],
        "checks": [check_json(each) for each in checked.results],
        "hosts": [
            {"id": each.id, "name": each.name, "works": each.works, "reason": each.reason} for each in checked.hosts
        ],
    }


class ClientDocumentReport(ProbeReport):
    """Document by document: the word, what it says, what is wrong, which hosts could use it."""

    def document(self, checked: CheckedDocument, *, whole: bool) -> None:
        """One document. `whole`: also the checks that passed, and where the specification says so."""
        document = checked.document
        self.gap()
        self.line(self.foreign(document.shown, "bold"), rest="  ")
        word, style = _WORDS[checked.word]
        self.pair("document", Text(word, style).append(": ", "not bold").append(_why(checked), "not bold default"))
        name = document.data.get("client_name") if document.data is not None else None
        if isinstance(name, str):
            self.pair("client_name", self.foreign(name))
        for number, url in enumerate(document.redirects[:_MOST]):
            self.pair("redirects" if number == 0 else "", self.foreign(shown(url)))
        if whole:
            self.checklist(checked.results)
        else:
            self.failed(checked.results)
        for (works, reason), alike in grouped(checked.hosts, lambda each: (each.works, each.reason)):
            label, style = _USES[works]
            begin = Text("  ").append(label.ljust(_LABEL), style)
            names = Text(", ".join(each.name for each in alike), "bold")
            self.line(names.append(f": {reason}", "not bold"), first=begin, rest=" " * (_LABEL + 2))
        self.gap()


def _why(checked: CheckedDocument) -> str:
    answer = checked.document.answer
    match checked.word:
        case Word.VALID:
            told = "servers that take client metadata documents can use it"
            # A file says itself where it will be; servers compare that with where it is.
            return told if checked.document.address else f"{told}, at {shown(checked.document.subject)} alone"
        case Word.WARNINGS:
            return "not every server takes it as it is"
        case Word.INVALID:
            return "servers refuse it, or must"
        case Word.INCONCLUSIVE:
            return answer.told if answer is not None else checked.document.fault
