"""Takes what Alertmanager posts in place of a pager: POST /NAME keeps it, GET / answers all of it as JSON.

Each alert is also a line of its log. What it has is gone with the process.
"""

import json
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any

import typer

MOST = 10_000
"""Alerts that are kept, the newest."""
MOST_BYTES = 10_000_000

_received: deque[dict[str, Any]] = deque(maxlen=MOST)


class Receiver(BaseHTTPRequestHandler):
    """One request of Alertmanager or of a reader."""

    def do_POST(self) -> None:
        """Keep the alerts of one notification, under the receiver whose name the path is."""
        content = self.rfile.read(min(int(self.headers.get("content-length", 0)), MOST_BYTES))
        for alert in json.loads(content)["alerts"]:
            kept = {
                "receiver": self.path.strip("/"),
                "status": alert["status"],
                "labels": alert["labels"],
                "summary": alert["annotations"].get("summary", ""),
                "runbook": alert["annotations"].get("runbook_url", ""),
            }
            _received.append(kept)
            print(json.dumps(kept), flush=True)
        self._answer(b"")

    def do_GET(self) -> None:
        """Answer everything that has come, the oldest first."""
        self._answer(json.dumps(list(_received)).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of a request: the alerts are the log."""


def serve(port: Annotated[int, typer.Option(help="the port of the loopback to listen on")]) -> None:
    """Serve until the process is ended."""
    ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()


if __name__ == "__main__":
    typer.run(serve)
