"""A customer who wants to be forgotten is found nowhere afterwards (rules.md 35)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from cartwheel_client.models.cart import ErasureView
from redis.asyncio import Redis
from servicekit.testing.polling import poll

from .mailbox import Mail, Mailbox
from .searching import canary, dumps_with, files_with, write_out
from .shop import Shop, open_shop
from .shopper import Customer, refused_as
from .stack import SERVICES, Stack

STORES = ("run/postgres/",)
"""Files of databases have what was deleted until they are tidied up: those are searched by their dumps."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A customer of whom every trace is recognised."""

    shop: Shop
    id: str
    word: str
    customer: Customer
    mail: Mail

    @property
    def email(self) -> str:
        """Where they got a mail."""
        return f"{self.word}@mail.example"


@pytest.fixture
async def forgetful(stack: Stack) -> AsyncIterator[Shop]:
    """A shop whose carts count as abandoned after a second, and that then writes at once."""
    async with open_shop(stack, abandonmentSeconds=1) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        yield shop


async def shops(shop: Shop) -> Canary:
    """A guest leaves an address and signs in; gets a mail, comes back by its link, orders, and fills another cart."""
    name, word = canary(), canary()
    shop.stack.collector.look_for(name, word)
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug")
    await guest.leaves(f"{word}@mail.example")
    customer = shop.customer(name)
    await customer.opens_a_cart()
    await customer.adds("bowl")
    await customer.merges(guest.session_token)
    mail = await Mailbox(shop.stack.env["MAILBOX_URL"]).first_of(f"{word}@mail.example")
    await shop.visitor().send("POST", f"/api/cart/recovery/{mail.token}/restore", {})
    cart = await customer.looks()
    await customer.cart.hold()
    await shop.orders(cart.id, f"order-{cart.id}")
    await customer.opens_a_cart()
    await customer.adds("mug", 2)
    return Canary(shop, name, word, customer, mail)


async def erased(shop: Shop, customer_id: str) -> ErasureView:
    """The erasure, once every service has answered."""
    await shop.staff.customers.erase(customer_id)
    return await poll(
        lambda: shop.staff.customers.erasure(customer_id), lambda view: view.state == "ERASED", deadline_seconds=60
    )


async def keys_with(stack: Stack, *words: str) -> set[str]:
    """Redis' keys that have one of the words."""
    async with Redis.from_url(stack.env["REDIS_URL"], decode_responses=True) as redis:
        return {key async for key in redis.scan_iter(count=1000) if any(word in key for word in words)}


async def files_outside_databases(stack: Stack, *words: str) -> set[str]:
    """Queues, dead letters, Redis' snapshot, and all logs that have one of the words."""
    await write_out(stack)
    return {file for file in await files_with(stack, words) if not file.startswith(STORES)}


async def test_an_erased_customer_is_found_nowhere(forgetful: Shop) -> None:
    """By id and address: in no table, queue, dead letter, log, trace, cache or backup; and figures still add up."""
    stack = forgetful.stack
    gone = await shops(forgetful)
    assert await dumps_with(stack, [gone.id]) >= {"cart"}
    assert await keys_with(stack, gone.id)
    before = await poll(forgetful.overview, lambda seen: seen.carts.converted == 1)

    view = await erased(forgetful, gone.id)

    assert [one.service for one in view.services] == sorted(SERVICES)
    assert await dumps_with(stack, [gone.id, gone.word]) == set()
    assert await keys_with(stack, gone.id, gone.word) == set()
    assert await files_outside_databases(stack, gone.id, gone.word) == set()
    assert stack.collector.seen == set()
    after = await poll(forgetful.overview, lambda seen: seen.carts.expired == 1)
    assert (after.carts.created, after.revenue) == (before.carts.created, before.revenue)


async def test_what_a_customer_had_is_of_no_use_any_more(forgetful: Shop) -> None:
    """Their open cart has ended; the link in the mail restores nothing; the log names the erasure, and not them."""
    gone = await shops(forgetful)

    view = await erased(forgetful, gone.id)

    assert await refused_as(gone.customer.looks()) == (404, "CART_NOT_FOUND")
    link = await forgetful.visitor().send("POST", f"/api/cart/recovery/{gone.mail.token}/restore", {})
    assert link.status_code >= 400
    entries = (await forgetful.staff.audit.list_entries(action="erasure.requested")).items
    assert gone.id not in repr(entries)
    assert view.id


async def test_who_goes_on_shopping_is_erased_again(forgetful: Shop) -> None:
    """A token outlives the request: what is made with it is found by the next run of the job."""
    gone = await shops(forgetful)
    await erased(forgetful, gone.id)
    await gone.customer.opens_a_cart()
    await gone.customer.adds("mug")
    token = forgetful.stack.tokens.platform(forgetful.company_id)
    platform = forgetful.guest().cartwheel.staff(token)

    async def not_there() -> bool:
        await platform.operations.run_job("cart", "CustomerErasure")
        return not await dumps_with(forgetful.stack, [gone.id])

    await poll(not_there, deadline_seconds=60, every_seconds=1)
