"""The second limit: a FastAPI route that sends the same SQL over a plain asyncpg pool and answers a constant.

No limiter, no auth, no model, no pricing, no event built: `python -m bench.limits.bare PORT`, with its data as JSON in
BENCH_LIMIT. Whatever the cart service needs more than this is its own.
"""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from cart.settings import CartSettings
from fastapi import FastAPI, Response
from servicekit.db import Database
from servicekit.db.database import teach_json
from servicekit.testing.databases import PoolSettings
from starlette.requests import Request

from bench.limits.data import LimitData
from bench.limits.transaction import Transaction, record

VARIABLE = "BENCH_LIMIT"
POOL_SIZE = int(CartSettings.model_fields["db_pool_size"].default)
_ANSWER = orjson.dumps({"items": ["x" * 100] * 20})


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Record the transaction, and open the pool that repeats it."""
    data = LimitData.from_json(os.environ[VARIABLE])
    database = await Database.open(PoolSettings(data.database_url), service="bench")
    app.state.transaction = await record(database, data.company_id, data.product_id)
    await database.close()
    settings = {"jit": "off", "timezone": "UTC"}
    app.state.pool = await asyncpg.create_pool(
        data.database_url, min_size=POOL_SIZE, max_size=POOL_SIZE, init=teach_json, server_settings=settings
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/carts/{number}/items")
async def add_item(request: Request, number: int) -> Response:
    """Do to the n-th cart what an add does."""
    transaction: Transaction = request.app.state.transaction
    async with request.app.state.pool.acquire() as connection:
        await connection.execute(transaction.begin)
        row = await connection.fetchrow(transaction.read_sql, *transaction.read_args_of(number))
        line_id = UUID(orjson.loads(row["lines"])[0][0])
        args = transaction.save_args_of(row["id"], row["version"], line_id)
        await connection.fetchval(transaction.save_sql, *args)
        await connection.execute("COMMIT")
    return Response(_ANSWER, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_config=None
    )
