"""What the analytics service reads from the environment: the chassis' settings and no others."""

from servicekit.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    """Settings of the analytics service."""
