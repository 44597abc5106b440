"""deploy/load/cart.js, which is for k6: JavaScript's own parser reads it, and what it requests are routes of ours."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = (ROOT / "deploy/load/cart.js").read_text()
_NODE: Final = shutil.which("node")
_REQUESTS: Final = re.compile(r'send\("\w+", "([A-Z]+)", ["`]([^"`]+)["`]')


def _parses(text: str, folder: Path) -> bool:
    file = folder / "script.mjs"
    file.write_text(text)
    return subprocess.run([str(_NODE), "--check", str(file)], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(_NODE is None, reason="node is not installed here")
def test_the_script_is_javascript(tmp_path: Path) -> None:
    """And a script with a bracket too few is not."""
    assert _parses(SCRIPT, tmp_path)
    assert not _parses(SCRIPT.replace("{ sleep }", "").rstrip().removesuffix("}"), tmp_path)


def test_what_it_requests_are_routes() -> None:
    """By method and path, whatever a parameter is called."""
    routes = {
        (method.upper(), re.sub(r"\{\w+\}", "*", path))
        for document in ROOT.glob("services/*/openapi.json")
        for path, methods in json.loads(document.read_text())["paths"].items()
        for method in methods
    }
    own = "/api/public/cart/*"
    requested = {
        (method, re.sub(r"\$\{[^}]+\}", "*", path.replace("${own}", own))) for method, path in _REQUESTS.findall(SCRIPT)
    }

    assert len(requested) == 9
    assert requested <= routes, requested - routes
