"""Stand-ins of brokers that cannot be run here: a program that records how it is called, an API as it is documented."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RECORDER = """\
#!{python} -I
import json, os, sys
files = {{word: open(word).read() for word in sys.argv[1:] if word.endswith(".json") and os.path.isfile(word)}}
call = {{"argv": sys.argv[1:], "environ": dict(os.environ), "stdin": sys.stdin.read(), "files": files}}
with open({log!r}, "a") as file:
    file.write(json.dumps(call) + "\\n")
answers = {answers!r}
for words, (code, text) in answers.items():
    if " ".join(sys.argv[1:]).startswith(words):
        print(text)
        sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Recorder:
    """A program in ~/.local/bin."""

    path: Path
    log: Path

    def calls(self) -> list[dict[str, Any]]:
        """How it was called so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


def recorder(home: Path, name: str, answers: dict[str, tuple[int, str]]) -> Recorder:
    """`answers`: exit code and output by the first words of the command line; 0 and nothing for all others."""
    path, log = home / ".local" / "bin" / name, home / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RECORDER.format(python=sys.executable, log=str(log), answers=answers))
    path.chmod(0o755)
    return Recorder(path, log)


@dataclass(slots=True)
class Api:
    """A broker's API on loopback. What it got stays out of `repr`."""

    url: str
    answers: dict[str, Any]
    """Status, or status and body, by method and path; 404 for all others."""
    got: list[tuple[str, dict[str, str], Any]] = field(default_factory=list, repr=False)
    """(method and path, headers in lower case, body)."""


@contextmanager
def api(answers: dict[str, Any]) -> Iterator[Api]:
    """Serves while the block runs."""
    made = Api("", answers)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line = f"{self.command} {self.path}"
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.got.append((line, headers, json.loads(body) if body else None))
            answer = made.answers.get(line, 404)
            code, data = answer if isinstance(answer, tuple) else (answer, {"status": "ok"})
            content = json.dumps(data).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
