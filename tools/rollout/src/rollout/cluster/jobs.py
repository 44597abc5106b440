"""A command of an image, run to its end as a Job."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from rollout.cluster.access import Access
from rollout.errors import CommandFailed, Refused

_LIMIT_SECONDS = {"migrate": 1800, "verify-database": 300}
_PAUSE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Command:
    """One of `migrate` and `verify-database`, of an image of a service, in a pod like `pod`."""

    service: str
    image: str
    argument: str
    pod: dict[str, Any]

    @property
    def name(self) -> str:
        """The Job's."""
        return f"{self.service}-rollout-{self.argument}"

    def job(self) -> dict[str, Any]:
        """Return the Job: the api's pod with another image and command, labelled so that no Service calls it."""
        labels = {
            "app.kubernetes.io/name": self.service,
            "app.kubernetes.io/component": "migrate",
            "app.kubernetes.io/part-of": "cartwheel",  # or no NetworkPolicy lets it reach the database
        }
        spec = deepcopy(self.pod["spec"])
        spec.pop("topologySpreadConstraints", None)
        container = spec["containers"][0]
        for part in ("ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"):
            container.pop(part, None)
        container.update(name=self.argument, image=self.image, args=[self.argument])
        spec.update(containers=[container], restartPolicy="Never")
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": self.name, "labels": labels},
            "spec": {
                "backoffLimit": 0,
                "activeDeadlineSeconds": _LIMIT_SECONDS[self.argument],
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        }


def verify(access: Access, service: str, image: str, pod: dict[str, Any]) -> None:
    """Run `verify-database` of an image, and refuse when the database lacks something that it expects."""
    with access.shown(f"Whether {image} can read the database"):
        try:
            run_to_end(access, Command(service, image, "verify-database", pod))
        except CommandFailed as failed:
            raise Refused(f"{image} cannot read {service}'s database, and no image was changed:\n{failed}") from None


def migrate(access: Access, service: str, image: str, pod: dict[str, Any]) -> None:
    """Run `migrate` of an image; refuses with its log when that fails."""
    with access.shown(f"Migrations of {image}"):
        try:
            run_to_end(access, Command(service, image, "migrate", pod))
        except CommandFailed as failed:
            raise Refused(
                f"{image} cannot migrate {service}'s database; {service} goes on as it is:\n{failed}"
            ) from None


def run_to_end(access: Access, command: Command) -> None:
    """Run a command and delete its Job, also one that a killed run has left; raises CommandFailed with its log."""
    kubectl = access.kubectl
    remove = ("delete", "job", command.name, "--ignore-not-found", "--wait=true")
    kubectl.change(*remove)
    kubectl.change("create", "--filename", "-", manifests=[command.job()])
    try:
        if not kubectl.dry_run and not _succeeded(access, command):
            raise CommandFailed(kubectl.log(command.name))
    finally:
        kubectl.change(*remove)


def _succeeded(access: Access, command: Command) -> bool:
    end = access.clock.now() + 2 * _LIMIT_SECONDS[command.argument]
    while access.clock.now() < end:
        for condition in access.kubectl.read("job", command.name).get("status", {}).get("conditions", []):
            if condition["status"] == "True" and condition["type"] in {"Complete", "Failed"}:
                return bool(condition["type"] == "Complete")
        access.clock.wait(_PAUSE_SECONDS)
    raise Refused(f"the Job {command.name} has neither completed nor failed")
