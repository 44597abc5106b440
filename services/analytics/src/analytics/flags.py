"""The feature flags that analytics reads (api.md, "Flags")."""

from servicekit.process.flags import Flag


class AnalyticsFlag(Flag):
    """Each flag by its setting."""

    DASHBOARDS = "feature_ecommerce_analytics"
