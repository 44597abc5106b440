"""Settings of the recovery service, on top of those that every service has."""

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from servicekit.settings import FRESH_BYTES, FRESH_TEXT, MIN_SECRET_LENGTH, SealKeys, ServiceSettings

from recovery.links.domain.tokens import KeyRing, MalformedKeys


class RecoverySettings(ServiceSettings):
    """What recovery needs to sign links, to call cart, and to send."""

    cart_url: str = Field(pattern=r"^https?://")
    """Address of the cart service on the internal network."""
    public_api_url: str | None = Field(default=None, pattern=r"^https?://")
    """Address of the gateway, which links in mails start with; COMPANY_PORTAL_URL when empty."""

    cart_recovery_hmac_secret: SecretStr = Field(json_schema_extra={"fresh": "1:{text}"})
    """Signs links: `kid:secret`, 32 characters or more; several, separated by commas: the first signs, all verify."""
    cart_recovery_token_expiry_hours: int = Field(default=72, ge=1, le=24 * 90)
    """How long a link in a mail restores its cart."""
    contact_seal_key: SealKeys = Field(json_schema_extra=FRESH_BYTES)
    """Seals a shopper's address on its way from cart to recovery: 32 bytes in base64, alike in both; several, separated
    by commas, while rotating: recovery is given the new one first, as the second."""
    recovery_recipient_key: SecretStr | None = Field(default=None, validate_default=True, json_schema_extra=FRESH_TEXT)
    """Key that recognises a recipient: 32+ characters, never to change; SEAL_KEY's last serves outside production."""

    ses_from: str = Field(pattern=r"@")
    """The sender of every mail: an address, or a name with an address in angle brackets."""
    aws_region: str = "us-east-1"
    """Region of SES and S3; AWS_ENDPOINT_URL_SESV2, …_S3 and the credentials are read by the AWS library itself."""
    ses_connect_timeout_seconds: float = Field(default=5, gt=0)
    """How long reaching the mail provider may take."""
    ses_read_timeout_seconds: float = Field(default=10, gt=0)
    """How long its answer may take; after that the mail is UNKNOWN and not sent again."""
    recovery_send_concurrency: int = Field(default=8, ge=1, le=64)
    """Mails under way at once in one process."""

    feature_abandoned_cart_recovery: bool = True
    """Recovery of abandoned carts, on the admin's pages."""
    cart_recovery_enabled: bool = True
    """Recovery mails are sent."""

    @field_validator("cart_recovery_hmac_secret")
    @classmethod
    def _parses(cls, value: SecretStr) -> SecretStr:
        try:
            KeyRing.parse(value.get_secret_value())
        except MalformedKeys as malformed:
            raise ValueError(str(malformed)) from None
        return value

    @field_validator("recovery_recipient_key")
    @classmethod
    def _recipient_key_lasts(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("app_env") == "production":
            raise ValueError("is missing")
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"must have {MIN_SECRET_LENGTH} characters or more")
        return value

    @property
    def gateway_url(self) -> str:
        """Where links in mails start, without a slash at the end."""
        return (self.public_api_url or self.company_portal_url).rstrip("/")
