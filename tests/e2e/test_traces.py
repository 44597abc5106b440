"""What one click and one tick of the clock lead to can be followed through every service (messaging.md, "Traces")."""

import secrets
from collections.abc import Collection

from observability.traces.spans import Span
from servicekit.testing.polling import poll

from .mailbox import Mailbox
from .shop import open_shop
from .shopper import Guest
from .stack import Stack


def followed(guest: Guest) -> str:
    """Let a guest's next clicks belong to a trace of their own, and return its id."""
    trace_id = secrets.token_hex(16)
    guest.cartwheel.headers["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    return trace_id


def steps(spans: Collection[Span]) -> set[tuple[str, str]]:
    """Who did what in a trace."""
    return {(span.service, span.name) for span in spans}


async def trace_with(stack: Stack, trace_id: str, *needed: tuple[str, str]) -> list[Span]:
    """The spans of a trace, once these steps are among them."""

    async def look() -> list[Span]:
        return stack.collector.trace(trace_id)

    return await poll(look, lambda spans: steps(spans) >= set(needed), deadline_seconds=60, every_seconds=0.25)


async def test_a_click_can_be_followed_to_the_chart(stack: Stack) -> None:
    """One trace: the browser's click, cart's route, the outbox's sending, and analytics' counting."""
    async with open_shop(stack) as shop:
        guest = shop.guest()
        await guest.opens_a_cart()
        trace_id = followed(guest)
        await guest.adds("mug")

        spans = await trace_with(
            stack,
            trace_id,
            ("cart", "POST /api/public/cart/{cart_id}/items"),
            ("cart", "send evt:cart.updated.v1"),
            ("analytics", "process analytics.log"),
        )

    by_id = {span.id: span for span in spans}
    click = next(span for span in spans if span.name.startswith("POST "))
    sending = next(span for span in spans if span.name == "send evt:cart.updated.v1")
    counting = next(span for span in spans if span.name == "process analytics.log")
    assert by_id[sending.parent] == by_id[counting.parent] == click


FROM_CLOCK_TO_MAIL = {
    ("cart", "abandon cart"),
    ("cart", "send evt:cart.abandoned.v1"),
    ("recovery", "process recovery.carts"),
    ("recovery", "send recovery mail"),
}


async def test_an_abandonment_can_be_followed_from_the_clock_to_the_mail(stack: Stack) -> None:
    """A second trace: the timer, CartAbandoned, recovery's handler, the mail; it links to the click that came last."""
    async with open_shop(stack, abandonmentSeconds=1) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        guest = shop.guest()
        await guest.opens_a_cart()
        await guest.leaves(shop.address("tess"))
        click = followed(guest)
        await guest.adds("mug")
        await Mailbox(stack.env["MAILBOX_URL"]).first_of(shop.address("tess"))

        async def linked() -> list[list[Span]]:
            """The traces of mails that lead back to the click, once every process has exported its part."""
            found = stack.collector.traces_with("send recovery mail")
            return [
                spans
                for spans in found
                if any(click in span.links for span in list(spans)) and steps(list(spans)) >= FROM_CLOCK_TO_MAIL
            ]

        (spans,) = await poll(linked, bool, deadline_seconds=60, every_seconds=0.25)

    assert spans[0].trace != click
