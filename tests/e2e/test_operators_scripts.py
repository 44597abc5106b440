"""The health and smoke scripts of the operators' runbooks, as they are written there, against the gateway as it stands.

What this version has passes to the last step. What it has not yet (sessions over several sites, pages at the ports of
another shop) ends a script there, with the script's own words, and everything before it has passed.
"""

import asyncio
import os
from pathlib import Path
from uuid import UUID

import pytest
from images.smoke import PLAN, script_of
from servicekit.testing.tokens import mint_jwt

from .stack import Stack

V1, V2 = (PLAN.with_name(f"ecommerce-modules-runbook-{version}.md") for version in ("v1", "v2"))
HEALTH, SMOKE, SECURITY = "### 3.3 Health Check Endpoints", "### 4.1 Smoke Tests", "### 8.2 Post-Deployment Security"

pytestmark = pytest.mark.skipif(not V1.exists(), reason="the runbooks are not beside this clone")


async def run(stack: Stack, script: str | None, *roles: str) -> tuple[int | None, list[str], str]:
    """A script's status, the lines it printed, and its errors; its token is of somebody with these roles."""
    assert script
    company = stack.env["TEST_COMPANY_ID"]
    token = mint_jwt(UUID(company), "operator", roles=roles or ["admin"], secret=stack.env["JWT_SECRET"])
    operators = {"TEST_AUTH_TOKEN": token, "COMPANY_ID": company}
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        script,
        env={**os.environ, **stack.env, **operators},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode().splitlines(), errors.decode()


async def test_the_first_smoke_script_passes(stack: Stack) -> None:
    """A cart is made and read, and staff read the figures."""
    status, lines, errors = await run(stack, script_of(V1, SMOKE))

    assert status == 0, errors
    assert lines[-1] == "=== All Smoke Tests Passed ==="
    assert [line for line in lines if line.startswith("PASS: ")] == [
        "PASS: Cart created",
        "PASS: Cart retrieval works",
        "PASS: Analytics overview accessible",
    ]


@pytest.mark.parametrize("runbook", [V1, V2], ids=["v1", "v2"])
async def test_health_scripts_pass_until_what_is_not_there_yet(stack: Stack, runbook: Path) -> None:
    """The api answers, carts and lists ask for a token; sessions over several sites are the first that is missing."""
    status, lines, _ = await run(stack, script_of(runbook, HEALTH))

    assert status == 1
    assert lines[-5:] == [
        "PASS: API healthy",
        "PASS: cart module loaded (HTTP 401)",
        "PASS: wishlist module loaded (HTTP 401)",
        "PASS: comparison module loaded (HTTP 401)",
        "FAIL: cross-site-session module not loaded (HTTP 404)",
    ]


async def test_the_second_smoke_script_passes_until_it_asks_for_pages(stack: Stack) -> None:
    """Carts, lists and figures work, with the token of a member of staff who shops; the pages are another shop's."""
    _, lines, _ = await run(stack, script_of(V2, SMOKE), "admin", "customer")

    assert [line for line in lines if line.startswith(("PASS: ", "FAIL: "))][:5] == [
        "PASS: Cart created",
        "PASS: Cart retrieval works",
        "PASS: Wishlist endpoint accessible (HTTP 200)",
        "PASS: Comparison endpoint accessible (HTTP 200)",
        "PASS: Analytics overview accessible",
    ]


async def test_the_security_checks_see_what_they_expect(stack: Stack) -> None:
    """A session token has 64 characters; one of another company opens nothing (22: curl was refused)."""
    status, lines, _ = await run(stack, script_of(V2, SECURITY))

    assert lines == ["64"]
    assert status == 22
