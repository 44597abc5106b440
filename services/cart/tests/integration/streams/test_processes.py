"""Two api processes and a worker as they run in production: from a change to another process's tab, and a restart."""

import signal
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
from cart.main import SERVICE
from cart.settings import CartSettings
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import ProductChanged, Variant
from servicekit.cli.operations import declare_topology
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.topology import EVENTS
from servicekit.testing import envelope_of
from servicekit.testing.processes import environment_of, free_port, running, until_ready

from ...shop import Shop
from ...streaming import refusal, tab


async def test_changes_travel_between_processes_and_a_restart_is_announced(shop: Shop, settings: CartSettings) -> None:
    """An add at one process and a price that a worker was sent reach a tab at another, which SIGTERM ends politely."""
    environ = environment_of(settings)
    await declare_topology(SERVICE, settings)
    ports = [free_port() for _ in range(3)]
    with ExitStack() as stack:
        roles = [("api", "--port"), ("api", "--port"), ("worker", "--health-port")]
        processes = [
            stack.enter_context(running("cart", environ, role, option, str(port)))
            for (role, option), port in zip(roles, ports, strict=True)
        ]
        for port in ports:
            await until_ready(port)
        here, there = (f"http://127.0.0.1:{port}" for port in ports[:2])
        guest = await shop.guest_cart({"mug": 1})

        async with tab(there, guest.path, guest.headers) as open_tab:
            await open_tab.next()
            async with httpx.AsyncClient(base_url=here) as client:
                body = {"productId": str(shop.products["mug"][0]), "quantity": 1}
                await client.post(f"{guest.path}/items", json=body, headers=guest.headers)
            assert (await open_tab.next()).lines == {"mug": 2}
            await publish(settings, price_of_mugs(shop, 1500))
            assert (await open_tab.next()).data["items"][0]["priceChanged"] == {"from": 1250, "to": 1500}
            processes[1].send_signal(signal.SIGTERM)
            end = await open_tab.end()
            assert await refusal(here, guest.path, shop.stranger(guest)) == (404, "CART_NOT_FOUND")

    assert end.data == {"reason": "RESTARTING", "reconnect": True}
    assert end.retry is not None
    assert 1_000 <= end.retry < 6_000
    assert {process.returncode for process in processes} <= {0, -signal.SIGTERM}


def price_of_mugs(shop: Shop, price: int) -> Envelope[Any]:
    """What inventory publishes of it."""
    product_id, variant_id = shop.products["mug"]
    variant = Variant(variant_id=variant_id, sku="mug", title="Mug", prices={"USD": price}, available=1000)
    changed = ProductChanged(title="Mug", slug="mug", active=True, variants=(variant,))
    return envelope_of(RecordedEvent(changed, shop.company_id, product_id, 2_000_000_000, datetime.now(UTC)))


async def publish(settings: CartSettings, event: Envelope[Any]) -> None:
    """Publish an event as another service does."""
    broker = await Broker.connect(settings.rabbitmq_url, name="tests of streams", within=30)
    message = Message(
        body=event.model_dump_json(by_alias=True).encode(), id=str(event.id), type=event.type, sent_at=event.time
    )
    await broker.publish(message, exchange=EVENTS, routing_key=event.type)
    await broker.close()
