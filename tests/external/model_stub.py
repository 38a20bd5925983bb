"""A model provider on loopback that answers every request of the Responses API with one word."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_USAGE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
_MESSAGE = {
    "type": "message",
    "role": "assistant",
    "id": "message-1",
    "content": [{"type": "output_text", "text": "done"}],
}
_EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": {"id": "response-1"}},
    {"type": "response.output_item.done", "item": _MESSAGE},
    {"type": "response.completed", "response": {"id": "response-1", "usage": _USAGE}},
]
_STREAM = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _EVENTS).encode()


@contextmanager
def model_provider(before_answer: Callable[[], None]) -> Iterator[str]:
    """Serves while the block runs and gives the base URL; `before_answer` may hold an answer back."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            before_answer()
            self._answer(200, "text/event-stream", _STREAM)

        def do_GET(self) -> None:
            self._answer(404, "application/json", b"{}")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the default writes each request to stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()
