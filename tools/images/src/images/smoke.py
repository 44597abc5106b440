"""Whether a stack works: the smoke script that operations bring along, and shoppers whose figures agree."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from localservers.errors import StepFailed
from localservers.home import REPOSITORY, Home

PLAN = REPOSITORY.parent / "shared" / "seeds" / "cart-system-deployment-plan.md"
SECTION = "### 4.2 Smoke Test Script"
PASSED = "=== All Smoke Tests Passed ==="
SHOPPERS = ("--shoppers", "24", "--seconds", "8")


def smoke_script(plan: Path) -> str | None:
    """The script of the deployment plan, when the plan is beside this clone."""
    return script_of(plan, SECTION) if plan.exists() else None


def script_of(document: Path, section: str) -> str | None:
    """The first block of shell in a section of a document; None when there is none."""
    found = re.search(r"```bash\n(.*?)```", document.read_text().partition(section)[2], re.DOTALL)
    return found[1] if found else None


def run_script(script: str, variables: Mapping[str, str], log: Path) -> None:
    """Run the script against the stack; raises StepFailed unless it passes without a warning."""
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | variables, capture_output=True, text=True, check=False
    )
    log.write_text(done.stdout + done.stderr)
    if done.returncode or PASSED not in done.stdout or "WARN" in done.stdout:
        raise StepFailed("smoke script", f"ended with status {done.returncode} and without {PASSED!r}", log)


def run_shoppers(home: Home, log: Path) -> None:
    """Let simulated shoppers shop; raises StepFailed unless analytics counts what they saw."""
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "demo", *SHOPPERS],
            env={**os.environ, "CARTWHEEL_HOME": str(home.path)},
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode:
        raise StepFailed("shoppers", "what they saw and what analytics counted differ", log)
