"""What the cart service reads from its environment, beside what every service does."""

from pydantic import Field
from servicekit.settings import FRESH_BYTES, SealKeys, ServiceSettings


class CartSettings(ServiceSettings):
    """Settings of the cart service; every default is production's."""

    pricing_url: str = Field(pattern=r"^https?://")
    """Where pricing answers: codes and addresses."""
    inventory_url: str = Field(pattern=r"^https?://")
    """Where inventory answers: holds, and products not yet in the replica."""
    internal_timeout_seconds: float = Field(default=2.0, gt=0, le=30)
    """How long a call to another service may take before the degraded answer is given."""
    contact_seal_key: SealKeys = Field(json_schema_extra=FRESH_BYTES)
    """Seals a shopper's address on its way from cart to recovery: 32 bytes in base64, alike in both; several, separated
    by commas, while rotating: recovery is given the new one first, as the second."""
    cart_abandonment_threshold_minutes: int = Field(default=60, ge=1, le=100_000)
    """Idle time of sites that set none of their own (rules.md 13)."""
    code_lifetime_hours: int = Field(default=24, ge=1, le=720)
    """How long a code's rule is kept on a cart before it must be applied again."""
    address_lifetime_hours: int = Field(default=24, ge=1, le=720)
    """How long a cart is priced by what pricing answered for its address, before a job asks again."""
    cart_streams: int = Field(default=4_000, ge=1, le=100_000)
    """Streams of carts that one api process keeps open; each takes a connection and some 40 KiB."""
    cart_streams_of_shopper: int = Field(default=10, ge=1, le=1_000)
    """Those of one shopper; with one more, the oldest is ended."""

    archive_bucket: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """S3 bucket of ordered carts that are two years old; while it is empty they stay in the database."""
    archive_kms_key: str | None = None
    """KMS key by which S3 encrypts the archive; S3's own key (AES256) when empty."""
    archive_timeout_seconds: float = Field(default=30, gt=0)
    """How long one answer of S3 may take."""
    aws_region: str = "us-east-1"
    """Region of SES and S3; AWS_ENDPOINT_URL_SESV2, …_S3 and the credentials are read by the AWS library itself."""

    feature_cart_management: bool = True
    """Carts. A flag that is off answers reads empty and writes with FEATURE_DISABLED; companies may override each."""
    cart_sync_enabled: bool = True
    """Open tabs and devices are sent every change of their cart."""
    inventory_hold_enabled: bool = True
    """Stock is held at checkout."""
    express_checkout_enabled: bool = False
    """Apple Pay, Google Pay and PayPal from the cart."""
