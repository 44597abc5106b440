"""Writing files that must be whole, or private, or both."""

import json
import os
from pathlib import Path
from typing import Any


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace `path` by `text` in one step: a reader, or a crash, sees the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`; a missing or broken file is an empty one."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def read_env(path: Path) -> dict[str, str]:
    """Return the NAME=value lines of a file such as stack.env."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
