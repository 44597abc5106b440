"""What the analytics service reads from the environment, beside what every service does."""

from servicekit.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """Settings of the analytics service."""

    feature_ecommerce_analytics: bool = True
    """The dashboards."""
