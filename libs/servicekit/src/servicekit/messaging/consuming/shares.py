"""Dividing a batch by company, so that what is in the way of one company is not in the way of all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from contracts.envelope import Envelope

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

    Readable = tuple[AbstractIncomingMessage, Envelope[Any]]

SHARES = 4
"""How many shares a full batch of many small companies has: a transaction each is what smaller ones would cost."""


def shares_of(pairs: "Sequence[Readable]", size: int) -> "list[list[Readable]]":
    """Divide messages into shares of whole companies, each share a transaction, in the order of the company's id.

    A share is closed when it has a part (1/SHARES) of `size`, that of a full batch. The order of arrival is kept
    within a company.
    """
    shares: list[list[Readable]] = []
    company = None
    for pair in sorted(pairs, key=lambda pair: pair[1].companyid):
        is_new_company, company = pair[1].companyid != company, pair[1].companyid
        if not shares or (is_new_company and len(shares[-1]) >= size / SHARES):
            shares.append([])
        shares[-1].append(pair)
    return shares
