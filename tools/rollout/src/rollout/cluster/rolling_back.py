"""One service goes back to an image that it ran before, if that can read the database."""

from dataclasses import dataclass

from rollout.cluster import canary, gateway
from rollout.cluster.access import Access
from rollout.cluster.deployments import Deployed, ask_for_pods, deployed, set_image
from rollout.cluster.jobs import verify


@dataclass(frozen=True, slots=True)
class Return:
    """What a rollback finds, and the image that it goes back to."""

    now: Deployed
    image: str
    has_canary: bool
    """Whether companies have a canary, or could: it goes first."""
    pods: int
    """How many pods the api had before its canary; 0 without one."""

    @property
    def is_canary_alone(self) -> bool:
        """Whether every other pod has that image as it is, so that only the canary has to go."""
        return self.has_canary and self.now.images == {self.image} and not self.now.is_moving


def found(access: Access, service: str, to: str) -> Return:
    """Read what runs and choose the image: `to`, else what the canary was to replace, else the one before.

    Raises Refused when it is not certain which was before.
    """
    now, share = deployed(access.kubectl, service), gateway.present_share(access.kubectl)
    own = next((each for each in canary.running_canaries(access.kubectl) if each.service == service), None)
    has_canary = own is not None or (share is not None and share[0] == service)
    image = to or (own.replaces if own else "") or now.image_before()
    return Return(now, image, has_canary, own.pods if own else 0)


def roll_back(access: Access, service: str, back: Return, *, pauses_jobs: bool) -> None:
    """Rest the jobs if that is wanted, take the canary's share, and give every pod the image; then the canary goes.

    Raises Refused, and no image is changed, when this one cannot read the database.
    """
    if pauses_jobs:
        access.kubectl.change("scale", f"deployment/{service}-jobs", "--replicas", "0")
    if not back.is_canary_alone:
        verify(access, service, back.image, back.now.pod)
    if back.has_canary:
        ask_for_pods(access, service, back.pods)
        gateway.take_back(access)
    if not back.is_canary_alone:
        set_image(access, service, back.image)
    if back.has_canary:
        canary.remove(access, service)
