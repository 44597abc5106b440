"""Reports of unforeseen errors to Sentry, for who has one: the address that they go to, and the way there."""

from manifests.kubernetes.network import CALLERS, OUTSIDE, egress, policy, roles
from manifests.kubernetes.objects import Object, labels
from manifests.kubernetes.pod import ERROR_TRACKING
from manifests.kubernetes.secrets import STORE, from_store


def objects() -> list[Object]:
    """The Secret that every api, worker and jobs' pod reads if it is there, and their way to the internet."""
    return [
        from_store(ERROR_TRACKING, labels(ERROR_TRACKING, "secrets"), {"SENTRY_DSN": f"{STORE}/shared"}),
        policy(ERROR_TRACKING, roles(CALLERS), egress=[egress(OUTSIDE, 443)]),
    ]
