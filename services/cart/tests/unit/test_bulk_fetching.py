"""What a bulk adds and the replica of the catalogue does not have yet is fetched, however much it is."""

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

import pytest
from cart import errors
from cart.carts.domain.bulk import AddLine, ChangeLines, Operation
from cart.carts.domain.lines import Wanted
from cart.carts.persistence import variants
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.change_lines import LinesChanger
from cart.carts.use_cases.requests import ChangeRequest
from cart.catalogue.service import CatalogueReplica
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

NOTHING = cast(Any, None)


class Replica:
    """A replica that lacks everything, and inventory, which has the products up to `exist`."""

    def __init__(self, exist: int) -> None:
        self.exist = exist
        self.kept: set[UUID] = set()
        self.calls: list[int] = []

    async def fetch(self, unit: TenantUnit, *product_ids: UUID) -> None:
        """Keep these; raises ProductNotFound for one that inventory has not."""
        self.calls.append(len(product_ids))
        if any(product_id.int > self.exist for product_id in product_ids):
            raise errors.ProductNotFound
        self.kept |= set(product_ids)

    async def change_cart(self, unit: TenantUnit, request: ChangeRequest, intent: ChangeLines) -> Answer:
        """What the real one raises while something is missing."""
        if any(isinstance(one, AddLine) and one.wanted.product_id not in intent.variants for one in intent.operations):
            raise errors.ProductNotFound
        return Answer(200, {})


@pytest.fixture
def changer(monkeypatch: pytest.MonkeyPatch, replica: Replica) -> LinesChanger:
    """The use case, over that replica."""

    async def found(unit: TenantUnit, products: Collection[UUID]) -> dict[UUID, list[Any]]:
        return {product_id: [] for product_id in products if product_id in replica.kept}

    monkeypatch.setattr(variants, "of_products", found)
    return LinesChanger(cast(CartChanger, replica), cast(CatalogueReplica, replica))


@pytest.fixture
def replica(request: pytest.FixtureRequest) -> Replica:
    """With so many products as the test says."""
    return Replica(request.param)


def adding(count: int) -> tuple[Operation, ...]:
    """So many products, one of each."""
    return tuple(AddLine(Wanted(UUID(int=number), None, 1, {})) for number in range(1, count + 1))


@pytest.mark.parametrize("replica", [200], indirect=True)
async def test_all_that_is_missing_is_fetched(changer: LinesChanger, replica: Replica) -> None:
    """Of 200 products ten at a time."""
    answer = await changer.change_lines(NOTHING, NOTHING, adding(200))

    assert answer.status == 200
    assert replica.calls == [10] * 20


@pytest.mark.parametrize("replica", [0], indirect=True)
async def test_made_up_products_are_asked_for_no_further(changer: LinesChanger, replica: Replica) -> None:
    """The first that does not exist ends it."""
    with pytest.raises(errors.ProductNotFound):
        await changer.change_lines(NOTHING, NOTHING, adding(200))

    assert replica.calls == [10]
