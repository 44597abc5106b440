"""One service goes from one image to the next: by company, watched, and back by itself."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from localservers.errors import LocalStackError
from simulator.progress import stage

from rollout.cluster import canary, gateway
from rollout.cluster.access import Access
from rollout.cluster.canary import Canary
from rollout.cluster.deployments import (
    Deployed,
    ask_for_pods,
    deployed,
    is_short_of_pods,
    set_image,
    wait_for_pods,
)
from rollout.cluster.gateway import Share
from rollout.cluster.interruptions import undisturbed
from rollout.cluster.jobs import migrate
from rollout.cluster.prometheus import Prometheus
from rollout.cluster.thresholds import Watch
from rollout.errors import Refused, RolledBack

PERCENTS = (10, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Plan:
    """A roll-out of one service; each step is watched for `watch_seconds`.

    The companies in `beta` are a step of their own before the others, and stay in.
    """

    service: str
    image: str
    beta: Sequence[str]
    watch_seconds: float

    def check(self) -> None:
        """Raise WrongSwitch for a company that is no id."""
        Share(self.service, 0, self.beta).configuration()

    def steps(self, begin: "Beginning") -> list[Share]:
        """Return the shares to give: from that on which a run that was killed had come to, none if it was done."""
        if begin.now.images == {self.image}:
            return []
        percents = [*([0] if self.beta else []), *PERCENTS]
        return [Share(self.service, each, self.beta) for each in percents if begin.since is None or each >= begin.since]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a roll-out finds: what runs, the image to go back to, and the share that a killed run had come to.

    `pods` is how many the api had before any company had the canary.
    """

    now: Deployed
    before: str
    since: int | None
    pods: int


def beginning(access: Access, plan: Plan) -> Beginning | None:
    """Read what runs; None when the image runs already and nothing is left to do.

    Raises Refused while another roll-out is under way.
    """
    now, share = deployed(access.kubectl, plan.service), gateway.present_share(access.kubectl)
    canaries = canary.running_canaries(access.kubectl)
    others = sorted({f"{each.service} to {each.image}" for each in canaries if not _is_of(each, plan)})
    if share and share[0] != plan.service and not others:
        others = [share[0]]
    if others:
        raise Refused(
            f"a roll-out of {others[0]} is under way: end it by scripts/rollback {others[0].split()[0]},"
            f" or go on with it by scripts/rollout"
        )
    own = next(iter(canaries), None)
    if own is None and share is None:
        if now.images == {plan.image} and not now.is_moving:
            return None
        if len(now.images) > 1 or now.is_moving:
            raise Refused(
                f"pods of {plan.service} are being replaced ({', '.join(sorted(now.images))}): wait for them, or"
                f" choose one image by scripts/rollback {plan.service} --to IMAGE"
            )
    before = own.replaces if own else next(iter(now.images - {plan.image}), "")
    if not before:
        raise Refused(f"it is not certain what {plan.service} ran before: scripts/rollback {plan.service} --to IMAGE")
    pods = max(now.replicas, own.pods) if own else now.replicas
    return Beginning(now, before, share[1] if share else None, pods)


def _is_of(each: Canary, plan: Plan) -> bool:
    return (each.service, each.image) == (plan.service, plan.image)


def roll_out(access: Access, prometheus: Prometheus, plan: Plan, begin: Beginning) -> None:
    """Migrate, give the canary one share after the other, and then every pod the image.

    A breach, a step that fails, Ctrl-C, SIGTERM and a lost terminal take everything back but the migrations, which
    older versions read; raises RolledBack then, or the error that nobody foresaw.
    """
    migrate(access, plan.service, plan.image, begin.now.pod)
    own = Canary(plan.service, plan.image, begin.before, begin.pods)
    with _or_back(access, own):
        tracked = _watch(access, prometheus, f'service="{plan.service}",track="canary"', f"{plan.service}-api-canary")
        for share in plan.steps(begin):
            canary.place(access, begin.now, own, share.percent)
            gateway.give(access, share)
            _hold(access, tracked, plan, f"{plan.service} at {share.percent} %")
        set_image(access, plan.service, plan.image)
        ask_for_pods(access, plan.service, begin.pods)
        wait_for_pods(access, f"deployment/{plan.service}-api")
        gateway.take_back(access)
        whole = _watch(access, prometheus, f'service="{plan.service}"', f"{plan.service}-api")
        _hold(access, whole, plan, f"{plan.service} without a canary")
        canary.remove(access, plan.service)


@contextmanager
def _or_back(access: Access, own: Canary) -> Iterator[None]:
    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit) as fault:  # rich raises the last where nobody reads any more
        with undisturbed():
            reason = _go_back(replace(access, is_going_back=True), own, fault)
        if not isinstance(fault, (LocalStackError, KeyboardInterrupt)):
            raise
        raise RolledBack(f"{own.service} was rolled back to {own.replaces}: {reason}") from None


def _go_back(access: Access, own: Canary, fault: BaseException) -> str:
    """Take everything back, and return why; raises RolledBack when that fails as well."""
    reason = str(fault) or ("it was interrupted" if isinstance(fault, KeyboardInterrupt) else type(fault).__name__)
    access.say(f"{own.service} {own.image}: {reason}. Going back to {own.replaces}")
    try:
        take_back(access, own)
    except LocalStackError as failed:
        raise RolledBack(
            f"{reason}, and going back failed too: {failed}. Run scripts/rollback {own.service} --to {own.replaces}"
        ) from None
    return reason


def take_back(access: Access, own: Canary) -> None:
    """Give the canary no company any more, every pod the image before, and delete the canary."""
    ask_for_pods(access, own.service, own.pods)
    gateway.take_back(access)
    set_image(access, own.service, own.replaces)
    canary.remove(access, own.service)


def _watch(access: Access, prometheus: Prometheus, of: str, deployment: str) -> Watch:
    return Watch(prometheus, access.clock, of, partial(is_short_of_pods, access.kubectl, deployment))


def _hold(access: Access, watch: Watch, plan: Plan, title: str) -> None:
    if access.kubectl.dry_run:
        access.say(f"# watch the thresholds for {plan.watch_seconds:.0f} s: {title}")
        return
    with stage(access.console, title, "seconds", int(plan.watch_seconds)) as progress:
        watch.hold(plan.watch_seconds, _whole(progress.advance))


def _whole(advance: Callable[[int], None]) -> Callable[[float], None]:
    return lambda seconds: advance(int(seconds))
