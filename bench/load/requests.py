"""Requests as bytes, made before the measured interval so that sending one costs a load generator nothing."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

END = "\0"
"""Between two requests of a file; no request has this character."""


def request(method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None) -> bytes:
    """One HTTP/1.1 request that keeps its connection open."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def write(file: Path, requests: Sequence[bytes]) -> None:
    """Write requests for a load generator."""
    file.write_bytes(END.encode().join(requests))


def read(file: Path) -> list[bytes]:
    """The requests of a file."""
    return file.read_bytes().split(END.encode())
