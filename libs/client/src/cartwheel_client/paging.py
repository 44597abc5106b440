"""Lists that come in pages."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

ItemT_co = TypeVar("ItemT_co", covariant=True)
ItemT = TypeVar("ItemT")


class Page(Protocol[ItemT_co]):
    """A part of a list; `next_cursor` leads to the next one, and is None on the last."""

    @property
    def items(self) -> Sequence[ItemT_co]:
        """What is on the page."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """The `cursor` of the next page."""
        ...


async def every(list_page: Callable[..., Awaitable[Page[ItemT]]], **filters: object) -> AsyncIterator[ItemT]:
    """Each item of a list, page by page: `async for cart in every(staff.carts.list, status="ACTIVE")`."""
    cursor: str | None = None
    while True:
        page = await list_page(**filters, cursor=cursor)
        for item in page.items:
            yield item
        cursor = page.next_cursor
        if cursor is None:
            return
