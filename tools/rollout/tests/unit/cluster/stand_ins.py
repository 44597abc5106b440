"""A cluster with cart on it, its Prometheus, and a clock that nobody has to wait for."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rollout.cluster.__main__ import app
from typer.testing import CliRunner, Result

OLDEST, OLD, NEW = (f"registry.test/cart:1.{minor}.0" for minor in (2, 3, 4))


def workload(name: str, image: str, made: str = "", **status: int) -> dict[str, Any]:
    """A Deployment or a ReplicaSet with an image."""
    service, _, role = name.partition("-")
    track = {"cartwheel.dev/track": "stable"} if role == "api" else {}
    labels = {"app.kubernetes.io/name": service, "app.kubernetes.io/component": role or service} | track
    ports = [{"name": "http", "containerPort": 8000}]
    container = {"name": role or service, "image": image, "args": [role], "readinessProbe": {}, "ports": ports}
    pod = {"containers": [container], "serviceAccountName": service}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "metadata": {"name": name, "creationTimestamp": made, "labels": labels},
        "spec": {"replicas": 4, "selector": {"matchLabels": labels}, "template": template},
        "status": {"replicas": 4, "updatedReplicas": 4} | status,
    }


class Cluster:
    """A directory with a kubectl that answers what is set here, and notes how it was called."""

    def __init__(self, home: Path, image: str) -> None:
        self.home = home
        program = Path(__file__).with_name("kubectl_stand_in.py").read_text()
        (home / "kubectl").write_text(f"#!{sys.executable} -ES\n{program}")
        (home / "kubectl").chmod(0o755)
        objects = {f"Deployment/cart-{role}": workload(f"cart-{role}", image) for role in ("api", "worker", "jobs")}
        objects["Deployment/gateway"] = workload("gateway", "registry.test/gateway:1.3.0")
        for month, each in enumerate((OLDEST, OLD, NEW), start=1):
            objects[f"ReplicaSet/{each}"] = workload("cart-api", each, f"2026-0{month}-01T00:00:00Z")
        self.write({"objects": objects, "failing": [], "fails": [], "put": [], "patches": []})

    @property
    def state(self) -> dict[str, Any]:
        """What there is."""
        state: dict[str, Any] = json.loads((self.home / "state.json").read_text())
        return state

    def write(self, state: dict[str, Any]) -> None:
        """Set what there is."""
        (self.home / "state.json").write_text(json.dumps(state))

    def change(self, **state: object) -> None:
        """Set a part of it."""
        self.write(self.state | state)

    def change_object(self, name: str, changed: dict[str, Any]) -> None:
        """Set one object."""
        self.change(objects=self.state["objects"] | {name: changed})

    def run(self, *arguments: str) -> Result:
        """Run the command with this kubectl."""
        return CliRunner().invoke(app, list(arguments))

    def images(self) -> dict[str, str]:
        """The image of each Deployment, by name."""
        deployments = {name: each for name, each in self.state["objects"].items() if name.startswith("Deployment/")}
        return {
            name.removeprefix("Deployment/"): each["spec"]["template"]["spec"]["containers"][0]["image"]
            for name, each in deployments.items()
        }

    def share(self) -> str | None:
        """What the gateway was last told of a canary."""
        metadata = self.state["objects"]["Deployment/gateway"]["spec"]["template"]["metadata"]
        share: str | None = metadata.get("annotations", {}).get("cartwheel.dev/canary")
        return share

    def changes(self) -> list[str]:
        """The calls that change something."""
        calls = self.home / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if not line.startswith(("get", "logs"))]


class SkippingClock:
    """A time in which every wait is over at once."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> float:
        """Seconds that were waited."""
        return self.passed

    def wait(self, seconds: float) -> None:
        """Go on."""
        self.passed += seconds


class Series:
    """What a Prometheus answers: the value of the first key that a query contains; nothing for others."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.values: dict[str, float] = {"count(up": 1.0, "vector(1)": 1.0}

    def result(self, query: str) -> list[dict[str, Any]]:
        """The result of an instant query."""
        found = next((value for part, value in self.values.items() if part in query), None)
        return [] if found is None else [{"metric": {}, "value": [0, str(found)]}]


@contextmanager
def serving_series() -> Iterator[Series]:
    """A Prometheus on the loopback interface, for the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)["query"][0]
            body = json.dumps({"status": "success", "data": {"result": series.result(query)}}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    series = Series(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield series
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
