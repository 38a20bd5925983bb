"""One entry of a guided migration on a terminal: what it is, what its keys reach, where they would go and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from unsprawl.rewriters.plan import EntryStep, FilePlan, Refusal
from unsprawl.rules.load import load
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Entry, Finding, Transport
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.migration import MigrationReport
from unsprawl.scanner.report.terminal import SHOWN
from unsprawl.scanner.secret import Secret

Keys = Sequence[tuple[str, str]]
"""What can be pressed, and what it does."""


class QuestionReport(MigrationReport):
    """Shows one entry after the other."""

    def question(
        self,
        which: str,
        file: FilePlan,
        step: EntryStep,
        copies: Mapping[Secret, Sequence[Finding]],
        why: str,
        impossible: Iterable[Refusal],
    ) -> None:
        """All that one needs to decide. `which`: as `3 of 7`; `why`: the reason for the target; `impossible`: the
        targets that cannot take it.
        """
        entry = step.found.entry
        self.gap()
        self.entry_title(entry, Text(f"{which}  "))
        self.line(self._what_it_is(entry), first="  ", rest="    ")
        for finding in step.found.findings:
            severity = finding.literal.severity.value
            self.line(
                self.field(finding, entry=False), ": ", self.text(finding.literal.reason), f", {severity}",
                first="  ", rest="    ",
            )  # fmt: skip
            for line in self._reach(finding, copies.get(finding.secret, ())):
                self.line(line, first="    ", rest="      ")
        self.line("goes to ", self.text(step.summary, "green"), first="  ", rest="    ")
        self.line(self.text(why), first="    ", rest="      ")
        said = "\n".join(step.notes)
        for refusal in impossible:
            if f"not `{refusal.target}`" not in said:
                self.line(self.text(f"not `{refusal.target}`: {refusal.reason}"), first="    ", rest="      ")
        for item in step.notes + step.todo:
            self.line(self.text(item), first="    ", rest="      ")
        self.changes(file, step)
        self.gap()

    def choice(self, key: str, title: str, told: Iterable[str]) -> None:
        """Something to choose by a key, and what is to be known of it."""
        self.line(self.text(title), first=Text.assemble("  ", (key, "bold"), "  "), rest="     ")
        for sentence in told:
            self.line(self.text(sentence), first="     ", rest="     ")

    def keys(self, keys: Keys) -> None:
        """What can be pressed."""
        self.gap()
        for key, does in keys:
            self.line(self.text(does), first=Text.assemble("  ", (key, "bold"), "  "), rest="     ")

    def _what_it_is(self, entry: Entry) -> Text:
        names = ", ".join(host(host_id).name for host_id in entry.owners)
        if entry.transport is Transport.STDIO:
            # Never the whole command: its arguments may hold what nobody knows for a key.
            return self.text(f"{names} starts {entry.package or 'a program'} on this machine")
        return self.text(f"{names} calls {host_of(entry.url) or 'a server'}")

    def _reach(self, finding: Finding, copies: Sequence[Finding]) -> Iterable[Text]:
        rule = load().get(finding.literal.rule)
        if rule is not None and rule.hosts:
            whom = rule.provider or "its provider"
            yield self.text(f"for {', '.join(rule.hosts[:SHOWN])}; what it may do there, {whom} can tell")
        else:
            yield self.text("which services take it, and what it may do there, is not known here")
        if rule is not None and rule.rotate_url:
            yield self.text(f"replaced at {rule.rotate_url}")
        yield self.text(_users([finding, *copies]))
        others = [each for each in copies if each.fingerprint != finding.fingerprint]
        if others:
            also = Text("the same key is also in ")
            for number, each in enumerate(others[:SHOWN]):
                also.append(", " if number else "")
                also.append_text(self.path(each.place.path, "")).append(f":{each.place.line}")
            yield also.append(f" and {len(others) - SHOWN} more places" if len(others) > SHOWN else "")


def _users(places: Iterable[Finding]) -> str:
    """How many servers of which hosts have the key, in how many files; copies that no host reads are told apart."""
    places = list(places)
    used = [each for each in places if each.entry is not None and not each.copy]
    servers = {(each.place.path, each.entry.key_path) for each in used if each.entry is not None}
    files = {each.place.path for each in used}
    owners = (host_id for each in used if each.entry is not None for host_id in each.entry.owners)
    names = dict.fromkeys(host(host_id).name for host_id in owners)
    said = f"{count(len(servers), 'server')} of {' and '.join(names)} {'has' if len(servers) == 1 else 'have'} it"
    copies = {each.place.path for each in places if each.copy}
    more = f", and {count(len(copies), 'copy', 'copies')} that no host reads" if copies else ""
    return f"{said}, in {count(len(files), 'file')}{more}"
