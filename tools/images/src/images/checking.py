"""`images check`: builds every image without a registry, runs the stack from them, and judges both."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.launching import FromImages, container_name
from cartwheel_local.services import ROLES, SERVICES
from cartwheel_local.stack import down, purge, up
from localservers.files import read_env
from localservers.home import Home

from images.bases import DEBIAN, make_bases
from images.building import Built, build
from images.catalogue import IMAGES, Image
from images.contents import SBOM, faults_of, probe
from images.engines import RUN_OPTIONS, Engine
from images.errors import ImageRefused
from images.sandbox import install_programs, sandbox
from images.smoke import run_script, run_shoppers

TAG = "check"
HEALTHCHECK = ("python", "-m", "servicekit.cli.healthcheck")


@dataclass(frozen=True, slots=True)
class Check:
    """One run of the check; all that it makes is in `place`. Without a `script` shoppers alone are let in."""

    place: Path
    reporter: ConsoleReporter
    script: str | None

    def run(self) -> list[Built]:
        """Do all of it, end what it started, and return what was built.

        Raises LocalStackError for the first thing that is not as it should be.
        """
        logs = self.place / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with self.reporter.showing():
            with self.reporter.step("Podman, runc and debootstrap"):
                install_programs(logs / "apt.log")
            engine = sandbox(self.place)
            make_bases(engine, self.place, self.reporter.step, logs / "bases.log")
            built = build(engine, IMAGES, DEBIAN, TAG, self.reporter.step, logs)
            with self.reporter.step("What is in them"):
                judge(engine, IMAGES, logs / "contents.log")
        asyncio.run(self._run_stack(engine))
        return built

    async def _run_stack(self, engine: Engine) -> None:
        home = Home.at(self.place / "home")
        try:
            await purge(home)
            home = Home.at(home.path)
            await up(home, self.reporter, launcher(engine))
            with self.reporter.showing():
                await asyncio.to_thread(self._shop, engine, home)
        finally:
            await down(home)
            await asyncio.to_thread(engine.do, [engine.program, "rm", "--all", "--force"], home.log("containers"))

    def _shop(self, engine: Engine, home: Home) -> None:
        variables = read_env(home.env_file)
        with self.reporter.step("Health checks"):
            for name in (f"{service}-{role}" for service in SERVICES for role in ROLES):
                engine.do([engine.program, "exec", container_name(home, name), *HEALTHCHECK], home.log("healthchecks"))
        if self.script is not None:
            with self.reporter.step("Smoke script"):
                run_script(self.script, variables, home.log("smoke"))
        with self.reporter.step("Shoppers, reconciled with analytics"):
            run_shoppers(home, home.log("shoppers"))


def launcher(engine: Engine) -> FromImages:
    """Starts services from the images that were built, read-only and on the host's network."""
    image = f"localhost/cartwheel-{{service}}:{TAG}"
    return FromImages([engine.program, "run", *RUN_OPTIONS], image, engine.environment)


def judge(engine: Engine, images: Sequence[Image], log: Path) -> None:
    """Raise ImageRefused when an image is not small, closed and labelled as it has to be; names every fault."""
    faults = [fault for image in images for fault in _faults(engine, image, log)]
    if faults:
        raise ImageRefused("\n".join(faults))


def _faults(engine: Engine, image: Image, log: Path) -> Iterator[str]:
    name = f"localhost/{image.repository}:{TAG}"
    described = json.loads(engine.read([engine.program, "inspect", "--type", "image", name], log))[0]
    config = described["Config"]
    if config.get("User") != "10001":
        yield f"{image.name}: runs as {config.get('User') or 'root'}"
    if not described.get("Healthcheck") and not config.get("Healthcheck"):
        yield f"{image.name}: has no health check"
    if image.name == "gateway":
        return
    sbom = json.loads(engine.read(engine.run_command(name, "--entrypoint", "cat", arguments=(SBOM,)), log))
    found = probe(engine, name, lambda command: engine.read(command, log))
    yield from (f"{image.name}: {fault}" for fault in faults_of(found, sbom, config.get("Labels") or {}))
