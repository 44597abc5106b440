"""Who is calling, and whether it may: JWTs, guests' headers, service tokens (api.md, "Auth")."""

from servicekit.auth.caller import NO_COMPANY, Caller, Kind
from servicekit.auth.dependencies import (
    Admin,
    Customer,
    Guest,
    GuestOrNone,
    Platform,
    ServiceCaller,
    Shopper,
    admin,
)
from servicekit.auth.service_tokens import mint_service_token

__all__ = [
    "NO_COMPANY",
    "Admin",
    "Caller",
    "Customer",
    "Guest",
    "GuestOrNone",
    "Kind",
    "Platform",
    "ServiceCaller",
    "Shopper",
    "admin",
    "mint_service_token",
]
