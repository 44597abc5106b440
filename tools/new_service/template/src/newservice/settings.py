"""What the newservice service reads from its environment, beside what every service does."""

from servicekit.settings import ServiceSettings


class NewserviceSettings(ServiceSettings):
    """Settings of the newservice service."""
