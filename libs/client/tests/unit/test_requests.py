"""What the calls send, and how their answers are read."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from cartwheel_client import Backfill, Cartwheel, every
from cartwheel_client.models.cart import ChangeSite, CreateSite
from pydantic import ValidationError

from .answers import CART, COMPANY, ITEM, NOW, PRODUCT, TOKEN, cart, new_guest_cart
from .server import Reply, Server

SITE = {
    **{"id": str(COMPANY), "companyId": str(COMPANY), "name": "Shop", "type": "STOREFRONT", "currency": "USD"},
    **{"locale": "en", "timezone": "UTC", "portalUrl": "", "mergeStrategy": "larger", "maxQuantityPerLine": 100},
    **{"maxLines": 200, "abandonmentSeconds": 3600, "cartExpirationDays": 30, "version": 1},
    **{"createdAt": NOW, "updatedAt": NOW},
}


async def test_a_guest_goes_on_with_the_session_that_was_given(cartwheel: Cartwheel, server: Server) -> None:
    """The token and the id of a new cart are in every later call."""
    guest = cartwheel.guest()
    server.will(Reply(201, new_guest_cart()))
    await guest.create(currency="EUR")
    server.will(Reply(200, cart()))
    await guest.set_quantity(ITEM, 2)

    created, changed = server.received
    assert (created.content, guest.session_token, guest.cart_id) == ({"currency": "EUR"}, TOKEN, CART)
    assert (changed.method, changed.path) == ("PATCH", f"/api/public/cart/{CART}/items/{ITEM}")
    assert (changed.headers["x-session-token"], changed.headers["x-company-id"]) == (TOKEN, str(COMPANY))


async def test_a_cart_that_only_its_session_is_known_of_is_looked_up_once(cartwheel: Cartwheel, server: Server) -> None:
    """A browser keeps the token alone."""
    server.will(Reply(200, cart()))
    guest = cartwheel.guest(TOKEN)

    await guest.apply_code("SAVE 10")
    await guest.remove_code("SAVE/10")

    paths = [request.path for request in server.received]
    discount = f"/api/public/cart/{CART}/discount"
    assert paths == ["/api/public/cart", discount, f"{discount}/SAVE%2F10"]


async def test_a_customer_names_the_site_where_it_counts(cartwheel: Cartwheel, server: Server) -> None:
    """A customer has a cart on each site; the hold is named by its cart, and a merge by the guest's."""
    customer = cartwheel.customer("jwt", site_id=COMPANY)
    server.will(Reply(200, cart()))
    await customer.add_item(PRODUCT)
    server.will(Reply(201, {"status": "ACTIVE", "expiresAt": NOW, "secondsLeft": 900, "lines": []}))
    await customer.hold()
    server.will(Reply(200, cart(mergeChanges=[])))
    await customer.merge("0" * 64)

    added, held, merged = server.received
    assert (added.path, added.headers["authorization"]) == (f"/api/cart/items?siteId={COMPANY}", "Bearer jwt")
    assert held.path == f"/api/cart/{CART}/hold"
    assert merged.path == "/api/cart/merge"


async def test_a_change_may_name_the_version_that_it_is_meant_for(cartwheel: Cartwheel, server: Server) -> None:
    """A cart's version is its ETag."""
    server.will(Reply(200, cart()))

    await cartwheel.guest(TOKEN, cart_id=CART).remove_item(ITEM, if_version=7)

    assert server.received[0].headers["if-match"] == '"7"'


async def test_a_cart_of_the_past_says_when_it_was(cartwheel: Cartwheel, server: Server) -> None:
    """Backfilling is a matter of two headers."""
    server.will(Reply(201, new_guest_cart()))
    moment = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)

    await cartwheel.guest(backfill=Backfill("service-jwt", moment)).create()

    headers = server.received[0].headers
    assert headers["x-occurred-at"] == "2010-12-01T08:26:00+00:00"
    assert headers["authorization"] == "Bearer service-jwt"


async def test_what_is_not_set_is_not_sent_and_null_is(cartwheel: Cartwheel, server: Server) -> None:
    """A PATCH changes what its body names, and null is a value."""
    server.will(Reply(200, SITE))
    sites = cartwheel.staff("jwt").sites

    await sites.change(COMPANY, ChangeSite(name="New", abandonment_seconds=None))

    assert server.received[0].content == {"name": "New", "abandonmentSeconds": None}


def test_a_body_takes_no_field_that_does_not_exist() -> None:
    """A mistake in a name is found before anything is sent."""
    with pytest.raises(ValidationError):
        CreateSite.model_validate({"name": "Shop", "currency": "USD", "abandonement_seconds": 5})


async def test_a_newer_server_may_answer_more(cartwheel: Cartwheel, server: Server) -> None:
    """A field and a state that this version does not know are kept as they are."""
    server.will(Reply(200, cart(status="FROZEN", points={"used": 5})))

    answered = await cartwheel.guest(TOKEN).read()

    assert answered.status == "FROZEN"
    assert answered.model_extra == {"points": {"used": 5}}


async def test_days_and_truth_are_written_as_the_api_reads_them(cartwheel: Cartwheel, server: Server) -> None:
    """In a query there are only texts."""
    server.will(Reply(200, {"items": [], "nextCursor": None, "enabled": True}))
    staff = cartwheel.staff("jwt")

    await staff.recovery.list_abandoned(mailable=True, since=datetime(2026, 11, 1, tzinfo=UTC))
    await staff.recovery.list_suppressions(limit=5)

    queue, suppressions = server.received
    assert queue.path == "/api/admin/carts/abandoned?mailable=true&from=2026-11-01T00%3A00%3A00%2B00%3A00"
    assert suppressions.path == "/api/admin/recovery/suppressions?limit=5"


async def test_a_list_is_read_to_its_end(cartwheel: Cartwheel, server: Server) -> None:
    """Page by page, with the same filters."""
    companies = [{"id": str(UUID(int=number)), "name": f"Shop {number}", "createdAt": NOW} for number in range(3)]
    server.will(
        Reply(200, {"items": companies[:2], "nextCursor": "more"}),
        Reply(200, {"items": companies[2:], "nextCursor": None}),
    )
    staff = cartwheel.staff("jwt")

    names = [company.name async for company in every(staff.companies.list, limit=2)]

    assert names == ["Shop 0", "Shop 1", "Shop 2"]
    assert [request.path for request in server.received] == [
        "/api/admin/companies?limit=2",
        "/api/admin/companies?limit=2&cursor=more",
    ]
