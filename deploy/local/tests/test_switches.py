"""What an operator switches at the gateway, seen from outside a real one: canaries, shadows and maintenance."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import httpx
import psutil
import pytest
from cartwheel_local.gateway import switch_gateway
from cartwheel_local.switches import Canary, Switches, WrongSwitch, switches_of
from localservers.errors import LocalStackError
from localservers.home import Home
from localservers.state import load_running
from servicekit.testing import poll

from .conftest import echoing

COMPANIES = [str(UUID(int=number << 64 | number)) for number in range(60)]
"""Always the same ones, so that a share of them is always the same companies."""

Switch = Callable[..., None]


@pytest.fixture(scope="module")
def seen() -> list[str]:
    """Which requests have reached the canary."""
    return []


@pytest.fixture(scope="module")
def canary_port(seen: list[str]) -> Iterator[int]:
    """A newer version of cart, which answers by another name."""
    with ExitStack() as stack:
        yield stack.enter_context(echoing("cart-canary", seen))


@pytest.fixture
def switch(gateway: str, module_home: Home, backends: dict[str, int], canary_port: int) -> Iterator[Switch]:
    """Switches the gateway, waits until it has; all is switched off in the end."""

    def change(*, maintenance: bool = False, **canary: object) -> None:
        address = f"127.0.0.1:{canary_port}"
        canaries = {"cart": Canary(address, **canary)} if canary else {}  # type: ignore[arg-type]  # a test's own words
        reload(module_home, backends, Switches(canaries, maintenance))

    yield change
    reload(module_home, backends, Switches())


def reload(home: Home, backends: dict[str, int], switches: Switches) -> None:
    """Switch, and wait until the workers that go have gone: nginx tells of no other end of a reload."""
    master = psutil.Process(load_running(home)["gateway"].pid)
    before = set(master.children())
    switch_gateway(home, backends, switches)
    until(lambda: not before & set(master.children()))


def until(happened: Callable[[], bool]) -> None:
    """Look until it has happened."""

    async def check() -> bool:
        return happened()

    asyncio.run(poll(check, deadline_seconds=60))


def owner_for(client: httpx.Client, company: str, **headers: str) -> str:
    """Which version answers a company's request."""
    return str(client.get("/api/cart", headers={"x-company-id": company, **headers}).json()["owner"])


@pytest.fixture
def client(gateway: str) -> Iterator[httpx.Client]:
    """Keeps no connection, so that no worker of nginx waits for its end."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=gateway, limits=limits, timeout=60, verify=False) as client:  # noqa: S501  # no TLS here
        yield client


def test_beta_companies_have_the_canary_before_any_share_does(client: httpx.Client, switch: Switch) -> None:
    """And one request may choose, which is how a version is tried before anybody has it."""
    switch(companies=(COMPANIES[3],))

    assert owner_for(client, COMPANIES[3]) == "cart-canary"
    assert owner_for(client, COMPANIES[3].upper()) == "cart-canary"
    assert owner_for(client, COMPANIES[4]) == "cart"
    assert owner_for(client, COMPANIES[4], **{"x-canary": "always"}) == "cart-canary"
    assert owner_for(client, COMPANIES[3], **{"x-canary": "never"}) == "cart"
    assert client.get("/api/admin/promotions/1").json()["owner"] == "pricing"


def test_a_company_keeps_the_canary_as_the_share_grows(client: httpx.Client, switch: Switch) -> None:
    """No shop goes back and forth between versions."""
    shares = []
    for percent in (10, 50, 100):
        switch(percent=percent)
        shares.append({company for company in COMPANIES if owner_for(client, company) == "cart-canary"})

    assert shares[0] < shares[1] < shares[2] == set(COMPANIES)
    assert 0 < len(shares[0]) <= 20


def test_a_shadow_gets_reads_and_its_answers_are_dropped(client: httpx.Client, switch: Switch, seen: list[str]) -> None:
    """No change reaches it: it would be made twice."""
    switch(shadow=True)
    seen.clear()

    changed = client.post("/api/cart/items?n=1", headers={"x-company-id": COMPANIES[0]})
    read = client.get("/api/cart?n=2", headers={"x-company-id": COMPANIES[0]})
    until(lambda: bool(seen))

    assert (changed.json()["owner"], read.json()["owner"]) == ("cart", "cart")
    assert seen == ["GET /api/cart?n=2"]


def test_maintenance_refuses_changes_with_a_sentence_and_answers_reads(client: httpx.Client, switch: Switch) -> None:
    """A shopper sees the cart, and is told when to try again."""
    switch(maintenance=True)

    refused = client.post("/api/public/cart", json={})
    read = client.get("/api/cart")
    unread = client.request("POST", "/api/cart/..%2fitems", json={})

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "120")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "MAINTENANCE"
    assert refused.headers["x-frame-options"] == "DENY"
    assert read.json()["owner"] == "cart"
    assert unread.status_code == 404


def test_an_ended_maintenance_is_over_at_once(client: httpx.Client, switch: Switch) -> None:
    """What is not named is switched off."""
    switch(maintenance=True)
    switch()

    assert client.post("/api/public/cart", json={}).json()["owner"] == "cart"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((["carts=127.0.0.1:1"], [], [], []), "no service carts"),
        ((["cart=127.0.0.1:1;"], [], [], []), "is at host:port"),
        ((["cart"], [], [], []), "SERVICE=VALUE"),
        ((["cart=127.0.0.1:1"], ["cart=101"], [], []), "0 to 100 percent"),
        ((["cart=127.0.0.1:1"], ["cart=few"], [], []), "no number"),
        ((["cart=127.0.0.1:1"], [], ['x" evil;'], []), "no company's id"),
        (([], ["cart=10"], [], []), "no canary of cart"),
        (([], [], [], ["cart"]), "no canary of cart"),
    ],
)
def test_what_nginx_would_read_otherwise_is_refused(arguments: tuple[list[str], ...], sentence: str) -> None:
    """With a sentence, and before anything is written."""
    with pytest.raises(WrongSwitch, match=sentence):
        switches_of(*arguments, maintenance=False).check(("cart", "pricing"))


def test_without_a_gateway_nothing_is_switched(home: Home, backends: dict[str, int]) -> None:
    """The sentence says what to do."""
    with pytest.raises(LocalStackError, match="make up"):
        switch_gateway(home, backends, Switches(maintenance=True))
