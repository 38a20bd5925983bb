"""A browser for tests: `python follow.py URL` goes where redirects lead, and submits the first form of a page.

Each field of a form keeps its value; one without gets a name. Standard library only. What it did goes to the file that
FOLLOW_LOG names, one address a line.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

MOST_PAGES = 12


class Form(HTMLParser):
    """The first form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.method = "get"
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.method, self._inside = known.get("action", ""), known.get("method", "get").lower(), True
        elif tag in ("input", "button") and self._inside and known.get("name"):
            pressed = "cancel" not in known.get("value", "") and "deny" not in known.get("value", "")
            if tag == "input" or (pressed and known["name"] not in self.fields):
                self.fields[known["name"]] = known.get("value") or "somebody"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def follow(url: str) -> list[str]:
    """The addresses that were opened."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    seen: list[str] = []
    data: bytes | None = None
    for _ in range(MOST_PAGES):
        try:
            with opener.open(urllib.request.Request(url, data), timeout=20) as page:
                seen.append(page.geturl())
                form = Form()
                form.feed(page.read(1 << 20).decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            return [*seen, f"{error.code} {error.geturl()}"]
        if form.action is None:
            return seen
        url = urllib.parse.urljoin(seen[-1], form.action)
        filled = urllib.parse.urlencode(form.fields)
        data = filled.encode() if form.method == "post" else None
        url = url if data is not None else f"{url}?{filled}"
    return seen


def main() -> None:
    opened = follow(sys.argv[1])
    if log := os.environ.get("FOLLOW_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in opened)


if __name__ == "__main__":
    main()
