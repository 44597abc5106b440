"""Settings of the pricing service: the chassis' own, and none beside them."""

from servicekit.settings import ServiceSettings


class PricingSettings(ServiceSettings):
    """What a pricing process reads from its environment. How a company prices is data, not a setting of the process."""
