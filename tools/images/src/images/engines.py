"""The programs that build and run images: docker, podman or buildah, with what each is told."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localservers.errors import StepFailed
from localservers.home import REPOSITORY

from images.catalogue import Bases, Image
from images.errors import NoEngine

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Podman has systemd ask for an image's health, which not every machine has.
RUN_OPTIONS = ("--rm", "--read-only", "--tmpfs=/tmp", "--no-healthcheck")
_ANSWER_SECONDS = 20
_QUESTIONS = {"docker": ["docker", "version"], "podman": ["podman", "info"], "buildah": ["buildah", "info"]}


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine; `environment` is what it is told beside ours, such as where its images are."""

    program: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def build_command(self, image: Image, bases: Bases, tag: str, revision: str) -> list[str]:
        """The command that builds the image from the repository's root."""
        arguments = image.arguments | {
            "BASE_IMAGE": bases.nginx if image.name == "gateway" else bases.python,
            "BUILD_IMAGE": bases.build,
            "VERSION": tag,
            "REVISION": revision,
        }
        # The format of OCI has no HEALTHCHECK; docker writes its own whatever it is told.
        docker_format = [] if self.program == "docker" else ["--format", "docker", "--layers"]
        # Certificates of an organisation's own registry are lent to the build and are not in the image.
        secret = ["--secret", f"id=certificates,src={CERTIFICATES}"] if CERTIFICATES.exists() else []
        return [
            self.program,
            "build",
            *docker_format,
            *secret,
            *(part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")),
            *("--file", image.dockerfile, "--tag", f"{image.repository}:{tag}", "."),
        ]

    def run_command(self, image: str, *options: str, arguments: Sequence[str] = ()) -> list[str]:
        """The command that runs a container once as production runs it: read-only, with a /tmp of its own."""
        return [self.program, "run", *RUN_OPTIONS, *options, image, *arguments]

    def do(self, command: Sequence[str], log: Path) -> None:
        """Run a command of the engine from the repository's root; raises StepFailed with its log."""
        with log.open("ab") as output:
            done = subprocess.run(
                command, cwd=REPOSITORY, env=os.environ | self.environment, stdout=output, stderr=output, check=False
            )
        if done.returncode:
            raise StepFailed(log.stem, f"`{' '.join(command[:2])}` failed", log)

    def read(self, command: Sequence[str], log: Path) -> str:
        """Run a command of the engine and return what it prints; raises StepFailed with its log."""
        with log.open("ab") as errors:
            done = subprocess.run(
                command, env=os.environ | self.environment, stdout=subprocess.PIPE, stderr=errors, check=False
            )
        if done.returncode:
            raise StepFailed(log.stem, f"`{' '.join(command[:2])}` failed", log)
        return done.stdout.decode()

    def has(self, image: str) -> bool:
        """Whether the image is here already."""
        command = [self.program, "inspect", "--type", "image", image]
        return (
            subprocess.run(command, env=os.environ | self.environment, capture_output=True, check=False).returncode == 0
        )

    def size(self, image: str, log: Path) -> int:
        """The image's size in bytes, with its base."""
        if self.program == "buildah":
            return int(json.loads(self.read(["buildah", "images", "--json", image], log))[0].get("size_bytes", 0))
        described = json.loads(self.read([self.program, "inspect", "--type", "image", image], log))[0]
        return int(described["Size"])


def engine_here(wanted: str | None = None) -> Engine:
    """The first engine that is usable; raises NoEngine, with what to install, when none is."""
    for program, question in _QUESTIONS.items():
        if wanted in (None, program) and shutil.which(program) and _succeeds(question):
            return Engine(program)
    programs = wanted or ", ".join(_QUESTIONS)
    raise NoEngine(
        f"no engine answers ({programs}): install podman or start docker; as root, `make images-check` needs none"
    )


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=_ANSWER_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False
