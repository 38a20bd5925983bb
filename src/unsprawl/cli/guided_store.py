"""The one question of a guided migration that is not about an entry: which store, where more than one is ready."""

from __future__ import annotations

from unsprawl.cli.guided import HELP, pressed
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.vault.choose import Choice, choose, ready
from unsprawl.vault.store_facts import known
from unsprawl.vault.store_settings import preferred


def store_by_key(report: QuestionReport) -> Choice:
    """The store whose key was pressed; the one that `choose` takes where the user has named one before, or there is no
    choice. Raises StoreUnavailable when none works, KeyboardInterrupt for Ctrl-C.
    """
    offered = [] if preferred() else ready()
    if len(offered) < 2:
        return choose()
    report.gap()
    report.say("More than one store is ready for what goes to the vault:")
    for number, (store, answer) in enumerate(offered, 1):
        told = [known()[store.id].protects, *([f"Mind: {answer.caution}."] if answer.caution else [])]
        report.choice(str(number), store.title, told)
    keys = [(str(number), f"keep them there: {store.title}") for number, (store, _) in enumerate(offered, 1)]
    names = "".join(f"[{number}] {store.title}  " for number, (store, _) in enumerate(offered, 1))
    key = pressed(report, f"Where to?  {names}[?] help  ", [*keys, (HELP, "show this list")])
    store, answer = offered[int(key) - 1]
    report.say(f"`unsprawl vault use {store.id}` makes it the one for every migration.")
    return Choice(store, f"{store.title}: chosen by key", named=True, caution=answer.caution)
