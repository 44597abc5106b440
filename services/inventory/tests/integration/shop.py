"""A shop to test with: one company's catalogue and stock, with the verbs of the scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from contracts.inventory import StockChanged
from contracts.inventory_calls import HoldState
from inventory.catalogue import service as catalogue
from inventory.catalogue.domain import ProductDraft, VariantDraft
from inventory.holds.domain import HoldOrder, HoldPolicy, Placed
from inventory.holds.use_cases import commit_hold, expire_hold, extend_hold, read_hold, release_hold
from inventory.holds.use_cases.place_hold import place_hold
from inventory.stock import service as stock
from inventory.warehouses import service as warehouses
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import published

POLICY = HoldPolicy(duration=timedelta(minutes=15), maximum=timedelta(minutes=60), per_owner=5)


@dataclass
class Shop:
    """One company. Variants are known by their sku, which is also the name of their product."""

    database: Database
    company_id: UUID
    variants: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)

    async def stocks(self, sku: str, count: int = 0, *, tracked: bool = True, backorderable: bool = False) -> UUID:
        """Put a product with one variant on the shelf, `count` of it in the main warehouse."""
        variant = VariantDraft(
            sku, {"prices": {"USD": 1250}, "tracked": tracked, "backorderable": backorderable}, stock=count
        )
        async with self.database.unit(self.company_id) as unit:
            made = await catalogue.create_product(unit, ProductDraft(sku, {"title": sku.title()}, variants=(variant,)))
        self.products[sku] = made.product.id
        self.variants[sku] = made.variants[0].id
        return self.variants[sku]

    async def holds(
        self, wanted: Mapping[str, int], cart: UUID, *, owner: str | None = None, policy: HoldPolicy = POLICY
    ) -> Placed:
        """Place a hold; every cart has an owner of its own unless one is named."""
        quantities = {self.variants[sku]: count for sku, count in wanted.items()}
        order = HoldOrder(cart, new_id(), owner or f"owner of {cart}", dict(sorted(quantities.items())))
        return await place_hold(self.database, self.company_id, order, policy)

    async def held_for(self, cart: UUID) -> HoldState:
        """The cart's hold as other services see it."""
        async with self.database.unit(self.company_id) as unit:
            return await read_hold.state_of_cart(unit, cart)

    async def runs_out(self, cart: UUID) -> None:
        """Let the time of the cart's hold pass."""
        async with self.database.unit(self.company_id) as unit:
            await unit.execute(
                "UPDATE inventory_holds SET expires_at = now() - interval '1 second'"
                " WHERE company_id = $1 AND cart_id = $2 AND state = 'ACTIVE'",
                self.company_id,
                cart,
            )

    async def sweeps(self) -> int:
        """Run the sweeper over this company."""
        async with self.database.unit(self.company_id) as unit:
            return await expire_hold.expire_some(unit, 100)

    async def releases(self, cart: UUID) -> HoldState:
        """Give the cart's hold back."""
        async with self.database.unit(self.company_id) as unit:
            return await release_hold.release(unit, cart, "shopper")

    async def sells(self, cart: UUID, ordered: Mapping[str, int]) -> None:
        """Take an order's stock."""
        quantities = {self.variants[sku]: count for sku, count in ordered.items()}
        async with self.database.unit(self.company_id) as unit:
            await commit_hold.commit_for_order(unit, cart_id=cart, order_id=f"order of {cart}", ordered=quantities)

    async def runs_out_and_is_swept(self, cart: UUID) -> None:
        """Let the time of the cart's hold pass, and sweep at once."""
        await self.runs_out(cart)
        await self.sweeps()

    async def ages(self, cart: UUID, by: timedelta) -> None:
        """Let so much of the cart's hold's time pass."""
        async with self.database.unit(self.company_id) as unit:
            await unit.execute(
                "UPDATE inventory_holds SET created_at = created_at - $3::interval,"
                " expires_at = expires_at - $3::interval WHERE company_id = $1 AND cart_id = $2",
                self.company_id,
                cart,
                by,
            )

    async def extends(self, cart: UUID, policy: HoldPolicy) -> HoldState:
        """Extend the cart's hold."""
        async with self.database.unit(self.company_id) as unit:
            return await extend_hold.extend(unit, cart, policy)

    async def adjusts(
        self,
        sku: str,
        *,
        delta: int | None = None,
        on_hand: int | None = None,
        safety: int | None = None,
        warehouse: UUID | None = None,
    ) -> None:
        """Correct a stock row."""
        async with self.database.unit(self.company_id) as unit:
            await stock.adjust_stock(
                unit,
                self.variants[sku],
                warehouse_id=warehouse,
                delta=delta,
                on_hand=on_hand,
                safety=safety,
                reason="counted",
                by="ada",
            )

    async def opens(self, code: str, *, priority: int) -> UUID:
        """Open a further warehouse."""
        async with self.database.unit(self.company_id) as unit:
            made = await warehouses.add_warehouse(unit, code=code, name=code, priority=priority)
        return made.id

    async def takes_off_sale(self, sku: str) -> None:
        """Deactivate the product."""
        async with self.database.unit(self.company_id) as unit:
            await catalogue.change_product(unit, self.products[sku], {"active": False})

    async def counts(self, sku: str) -> tuple[int, int]:
        """On hand and held, over all warehouses."""
        rows = await self.counts_by_warehouse(sku)
        return sum(on_hand for on_hand, _ in rows), sum(held for _, held in rows)

    async def counts_by_warehouse(self, sku: str) -> list[tuple[int, int]]:
        """On hand and held of each warehouse, in the order of priority."""
        async with self.database.unit(self.company_id) as unit:
            rows = await unit.fetch(
                "SELECT s.on_hand, s.held FROM stock_levels s JOIN warehouses w ON w.id = s.warehouse_id"
                " WHERE s.company_id = $1 AND s.variant_id = $2 ORDER BY w.priority",
                self.company_id,
                self.variants[sku],
            )
        return [(row["on_hand"], row["held"]) for row in rows]

    async def published_availability(self, sku: str) -> list[int]:
        """What StockChanged had as available, in the order of publishing; its versions are checked to rise."""
        events = [
            event for event in await published(self.database, StockChanged) if event.aggregate_id == self.variants[sku]
        ]
        versions = [event.version for event in events]
        assert versions == sorted(set(versions))
        return [event.data.available for event in events if isinstance(event.data, StockChanged)]
