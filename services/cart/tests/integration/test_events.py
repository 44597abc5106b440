"""Every change publishes exactly its events, at the cart's version, with the totals that were answered."""

from cart.main import create_app
from cart.settings import CartSettings
from contracts.cart import (
    CartContactSet,
    CartConverted,
    CartCreated,
    CartMerged,
    CartUpdated,
    CartViewed,
    contact_context,
)
from contracts.inventory import ProductChanged
from servicekit.auth.service_tokens import mint_service_token
from servicekit.sealing import Sealer
from servicekit.testing import Published, client_of, mint_jwt, published
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Shop
from .test_ordering import order


async def published_by(shop: Shop) -> list[Published]:
    """What was published about changes of this shop's carts, in order. Views are not: they are noted at any moment."""
    events = await published(shop.database)
    of_carts = [event for event in events if event.company_id == shop.company_id and event.data.aggregate == "cart"]
    return [event for event in of_carts if not isinstance(event.data, CartViewed)]


def amounts(totals: dict[str, int]) -> dict[str, int]:
    """The totals of an answer that events have too."""
    return {name: value for name, value in totals.items() if name not in {"giftCardTotal", "pointsTotal"}}


async def test_each_change_is_one_event_with_the_answers_version_and_totals(shop: Shop) -> None:
    """Add, set, remove and clear: what consumers get is what the shopper saw."""
    guest = await shop.guest_cart()
    answers = [(await shop.add(guest, "mug", 2)).json()]
    line = f"{guest.path}/items/{answers[0]['items'][0]['id']}"
    for change in (
        shop.client.patch(line, json={"quantity": 5}, headers=guest.headers),
        shop.client.delete(line, headers=guest.headers),
    ):
        answers.append((await change).json())

    created, *events = await published_by(shop)
    updates = [event.data for event in events if isinstance(event.data, CartUpdated)]

    assert (type(created.data), created.version) == (CartCreated, 1)
    assert len(updates) == len(events)
    assert [event.version for event in events] == [answer["version"] for answer in answers] == [2, 3, 4]
    assert [update.change.kind for update in updates] == ["ITEM_ADDED", "QUANTITY_SET", "ITEM_REMOVED"]
    assert [update.change.quantity_delta for update in updates] == [2, 3, -5]
    for update, answer in zip(updates, answers, strict=True):
        assert update.totals.model_dump(by_alias=True) == amounts(answer["totals"])
        assert {(line.variant_id, line.quantity) for line in update.lines} == {
            (shop.products["mug"][1], item["quantity"]) for item in answer["items"]
        }


async def test_a_refusal_and_a_reading_publish_nothing(shop: Shop) -> None:
    """Nothing happened, so nothing is published."""
    guest = await shop.guest_cart()
    before = await published_by(shop)

    await shop.read(guest)
    await shop.add(guest, "mug", 101)
    await shop.add(guest, "mug", 1, **{"If-Match": '"9"'})

    assert await published_by(shop) == before


async def test_options_of_the_shoppers_own_leave_cart_in_nothing(shop: Shop) -> None:
    """The shopper sees the engraving on the line; events and other services have the catalogue's options alone."""
    await shop.stock("ring", price=9000, options={"size": "52"})
    guest = await shop.guest_cart()
    body = {
        "productId": str(shop.products["ring"][0]),
        "quantity": 1,
        "options": {"size": "52", "engraving": "canary https://evil.example"},
    }
    line = (await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)).json()["items"][0]
    token = mint_service_token(SERVICE_TOKEN_SECRET, "recovery")
    headers = {"authorization": f"Bearer {token}", **shop.anybody()}
    snapshot = await shop.client.get(f"/internal/carts/{guest.cart_id}", headers=headers)

    await order(shop, guest, "A-1")

    sale = (await published_by(shop))[-1].data
    assert line["options"] == body["options"]
    assert snapshot.json()["lines"][0]["options"] == {"size": "52"}
    assert isinstance(sale, CartConverted)
    assert sale.lines[0].options == {"size": "52"}
    assert not [event for event in await published_by(shop) if "canary" in event.data.model_dump_json()]


async def test_an_address_is_published_in_one_event_that_is_marked_personal(shop: Shop, settings: CartSettings) -> None:
    """CartUpdated has that there is one, CartContactSet alone which (rules.md 35)."""
    guest = await shop.guest_cart({"mug": 1})
    body = {"email": "canary@example.com", "consent": True, "locale": "de-AT"}

    await shop.client.post(f"{guest.path}/contact", json=body, headers=guest.headers)

    contact, update = (await published_by(shop))[-2:]
    assert isinstance(contact.data, CartContactSet)
    address = Sealer(settings.contact_seal_key).unseal_text(
        contact.data.address_sealed, contact_context(shop.company_id)
    )
    assert (address, contact.data.consent, contact.data.locale) == ("canary@example.com", True, "de-AT")
    assert type(contact.data).personal
    assert isinstance(update.data, CartUpdated)
    assert (update.data.change.kind, contact.version) == ("CONTACT_SET", update.version)
    assert "canary" not in update.data.model_dump_json()


async def test_a_customers_locale_comes_from_their_token(shop: Shop) -> None:
    """Unless they say another (rules.md 36)."""
    headers = {"authorization": f"Bearer {mint_jwt(shop.company_id, 'ada', locale='fr')}"}
    await shop.client.post("/api/cart", json={}, headers=headers)

    await shop.client.post("/api/cart/contact", json={"email": "a@example.com", "consent": True}, headers=headers)

    assert [e.data.locale for e in await published_by(shop) if isinstance(e.data, CartContactSet)] == ["fr"]


async def test_merging_tells_of_both_carts(shop: Shop) -> None:
    """The guest's ends with CartMerged, the customer's goes on with CartUpdated."""
    guest = await shop.guest_cart({"mug": 2})
    mine = (await shop.client.post("/api/cart", json={}, headers=shop.customer())).json()
    before = len(await published_by(shop))

    await shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer())

    merged, updated = (await published_by(shop))[before:]
    assert isinstance(merged.data, CartMerged)
    assert isinstance(updated.data, CartUpdated)
    assert (str(merged.aggregate_id), str(merged.data.into_cart_id)) == (guest.cart_id, mine["id"])
    assert (str(updated.aggregate_id), updated.data.change.kind) == (mine["id"], "MERGED_IN")
    assert updated.data.totals.total == 2500


async def test_a_partial_order_tells_of_the_sale_and_of_the_cart_that_stays(shop: Shop) -> None:
    """CartConverted has the ordered lines; the new cart is created and filled like any other."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 1, "bowl": 2})
    mug = next(line for line in (await shop.read(guest))["items"] if line["sku"] == "mug")
    before = len(await published_by(shop))

    answer = (await order(shop, guest, "A-1", lines=[{"lineId": mug["id"], "quantity": 1}])).json()

    sale, created, filled = (await published_by(shop))[before:]
    assert isinstance(sale.data, CartConverted)
    assert [(line.sku, line.quantity) for line in sale.data.lines] == [("mug", 1)]
    assert sale.data.totals.model_dump(by_alias=True) == answer["totals"]
    assert isinstance(created.data, CartCreated)
    assert isinstance(filled.data, CartUpdated)
    assert {str(created.aggregate_id), str(filled.aggregate_id)} == {answer["remainingCartId"]}
    assert [line.quantity for line in filled.data.lines] == [2]


async def test_an_ordered_cart_shows_what_was_ordered_whatever_becomes_of_the_catalogue(shop: Shop) -> None:
    """Support sees the price that was charged and why, not today's."""
    guest = await shop.guest_cart({"mug": 2})
    await order(shop, guest, "A-1")
    before = await shop.read(guest)

    await shop.stock("mug", price=9900, title="Cup")
    await shop.say(ProductChanged(title="Mug", slug="mug", active=False, variants=()), shop.products["mug"][0])

    path = f"/api/admin/carts/{guest.cart_id}"
    explained = (await shop.client.get(path, params={"explain": True}, headers=shop.staff())).json()
    after = await shop.read(guest)
    assert after == before
    assert (after["status"], after["totals"]["total"], after["notices"]) == ("CONVERTED", 2500, [])
    assert explained.pop("explanation")["inputsHash"]
    assert explained == before


async def test_a_view_is_published_once_an_hour_and_not_lost_at_shutdown(settings: CartSettings, shop: Shop) -> None:
    """Three looks are one CartViewed; a process that ends right after the look still publishes it (rules.md 33)."""
    guest = await shop.guest_cart({"mug": 1})

    async with client_of(create_app(settings)) as client:
        for _ in range(3):
            assert (await client.get("/api/public/cart", headers=guest.headers)).status_code == 200

    views = [event for event in await published(shop.database, CartViewed) if event.company_id == shop.company_id]
    assert [str(view.aggregate_id) for view in views] == [guest.cart_id]
