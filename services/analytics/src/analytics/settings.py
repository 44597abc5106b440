"""What the analytics service reads from the environment, beside what every service does."""

from pydantic import Field
from servicekit.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """Settings of the analytics service."""

    event_log_months: int | None = Field(default=None, ge=13, le=1200)
    """Whole months of events that are kept beside the present one, 13 or more; all of them when empty."""
    feature_ecommerce_analytics: bool = True
    """The dashboards."""
