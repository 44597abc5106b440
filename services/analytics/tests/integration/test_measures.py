"""The SQL of the measures on a real database, as migrations run it."""

from analytics.figures.domain.frozen import sql_of
from analytics.figures.domain.measures import MEASURES, QUANTITY, REVENUE
from analytics.log import service as log
from analytics.projections.use_cases.digest import digest
from servicekit.db import Database
from servicekit.ids import new_id

from ..cart_history import PRICE, CartHistory  # no installed package


async def test_running_the_frozen_sql_again_changes_no_figure(database: Database) -> None:
    """What the triggers have summed is what counting every cart again gives."""
    cart = CartHistory(new_id())
    async with database.system_unit() as unit:
        await log.append(unit, [cart.created(), cart.added(quantity=2), cart.converted()])
    before = await digest(database)

    async with database.system_unit() as unit:
        for statement in sql_of(MEASURES, 2).split(";\n"):
            if statement.strip():
                await unit.execute(statement)
        amounts = await unit.fetch("SELECT measure, amount FROM figures WHERE company_id = $1", cart.company_id)

    assert await digest(database) == before
    counted = {row["measure"]: row["amount"] for row in amounts}
    assert (counted[REVENUE.name], counted[QUANTITY.name]) == (2 * PRICE, 2)
    assert set(counted) <= {measure.name for measure in MEASURES}
