"""The smoke script that operations bring along passes against the gateway as it stands, every step for real."""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from images.smoke import PLAN, smoke_script

from .stack import Stack

CURL = """#!/bin/bash
# The real curl, which also says what was answered: the script itself looks away from some failures.
[[ " $* " == *" -w "* ]] && own='%{stdout}%{http_code}'
exec REAL_CURL "$@" --write-out '%{stderr}ANSWER %{http_code} %{size_download} %{method} %{url_effective}\\n'"${own:-}"
"""

pytestmark = pytest.mark.skipif(not PLAN.exists(), reason="the document with the script is not beside this clone")


@dataclass(frozen=True, slots=True)
class CurlAnswer:
    """What one call of the script was answered; `size` in bytes."""

    step: str
    status: int
    size: int


def install_curl(folder: Path) -> None:
    """Put a curl that tells into a folder which is to come first in PATH."""
    real = shutil.which("curl")
    assert real, "curl is not installed"
    wrapper = folder / "curl"
    wrapper.write_text(CURL.replace("REAL_CURL", real))
    wrapper.chmod(0o755)


def answers_in(trace: str) -> list[CurlAnswer]:
    """The answers that the script's calls were given, in order."""
    found = re.findall(r"^ANSWER (\d+) (\d+) (\S+) (\S+)$", trace, re.MULTILINE)
    return [CurlAnswer(f"{method} {urlsplit(url).path}", int(status), int(size)) for status, size, method, url in found]


async def test_every_step_of_the_smoke_script_is_answered_for_real(stack: Stack, tmp_path: Path) -> None:
    """It passes, and behind each PASS there was a success with something in it."""
    install_curl(tmp_path)
    environment = {**os.environ, **stack.env, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-x",
        "-c",
        smoke_script(PLAN) or "",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, trace = (part.decode() for part in await process.communicate())

    assert process.returncode == 0, trace
    assert "=== All Smoke Tests Passed ===" in output
    assert output.count("PASS: ") == 7
    assert "WARN" not in output
    assert "PASS: Cart retrieved with 1 items" in output
    answers = answers_in(trace)
    assert len(answers) == 7, trace
    assert [answer for answer in answers if not 200 <= answer.status < 300 or answer.size < 2] == []
    assert [answer.step.partition(" ")[2].rpartition("/")[2] for answer in answers] == [
        "cart",
        "items",
        "cart",
        "discount",
        "estimate",
        "estimate",
        "hold",
    ]
