"""Cartwheel's HTTP API for Python: typed, async, with retries that never do a thing twice.

Bodies and answers are in `cartwheel_client.models`, a module for each service.
"""

from cartwheel_client.client import Backfill, Cartwheel
from cartwheel_client.customer import CustomerCart
from cartwheel_client.errors import (
    BadRequest,
    CartwheelError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    RateLimited,
    ServerFault,
    TimedOut,
    TransportFailed,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    VersionMismatch,
)
from cartwheel_client.guest import GuestCart
from cartwheel_client.orders import Orders
from cartwheel_client.paging import every
from cartwheel_client.recovery_links import RecoveryLinks
from cartwheel_client.retries import Retries
from cartwheel_client.shopper import AnyCart, ShopperCart
from cartwheel_client.staff import Staff

__all__ = [
    "AnyCart",
    "Backfill",
    "BadRequest",
    "Cartwheel",
    "CartwheelError",
    "Conflict",
    "CustomerCart",
    "FieldError",
    "Forbidden",
    "GuestCart",
    "Invalid",
    "NotFound",
    "Orders",
    "Problem",
    "RateLimited",
    "RecoveryLinks",
    "Retries",
    "ServerFault",
    "ShopperCart",
    "Staff",
    "TimedOut",
    "TransportFailed",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "VersionMismatch",
    "every",
]
