"""The page that an authorization server shows before it lets a client in, read as far as its source tells."""

from __future__ import annotations

import html
import re

from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.attempt import Page

_LOOKED_AT = 256 << 10
_FIELD = re.compile(r"<input\b[^<>]{0,2000}", re.IGNORECASE)
_KIND = re.compile(r"""\btype\s{0,4}=\s{0,4}["']?([a-z]{1,20})""", re.IGNORECASE)
_NAME = re.compile(r"""\b(?:name|id)\s{0,4}=\s{0,4}["']?([A-Za-z0-9_.:-]{1,80})""", re.IGNORECASE)
_FORM = re.compile(r"<form\b", re.IGNORECASE)
_TOKEN_NAMES = ("csrf", "xsrf", "token", "nonce", "txn", "transaction", "ticket", "state", "verification")
_TYPED = ("password", "email", "text", "tel")


def page_of(answer: Answer, client_id: str, client_name: str, redirect: str, scope: str) -> Page:
    """What the page says of a client."""
    source = answer.body[:_LOOKED_AT].decode("utf-8", "replace")
    text = html.unescape(source)
    fields = [each[0] for each in _FIELD.finditer(source)]
    kinds = [found[1].lower() if (found := _KIND.search(each)) else "text" for each in fields]
    hidden = [each for each, kind in zip(fields, kinds, strict=True) if kind == "hidden"]
    names = [found[1].lower() for each in hidden if (found := _NAME.search(each))]
    plain = " ".join(text.split())
    return Page(
        form=_FORM.search(source) is not None,
        names_client=client_name in plain or client_id in _visible(plain),
        shows_redirect=redirect.partition("://")[2].partition("/")[0] in _visible(plain),
        shows_scopes=all(each in _visible(plain) for each in scope.split()),
        has_token=any(part in name for name in names for part in _TOKEN_NAMES),
        framed=not _refuses_frames(answer),
        asks_who=any(kind in _TYPED for kind in kinds),
    )


def _visible(text: str) -> str:
    """What a reader may see: nothing that stands within a tag."""
    return re.sub(r"<[^<>]{0,4000}>", " ", text)


def _refuses_frames(answer: Answer) -> bool:
    policies = [text.lower() for name, text in answer.headers if name == "content-security-policy"]
    if any("frame-ancestors" in each for each in policies):
        return True
    return answer.header("x-frame-options").strip().lower() in ("deny", "sameorigin")
