"""The servers from Docker Compose, for machines on which a Docker engine answers."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from localservers.errors import StepFailed
from localservers.home import REPOSITORY, Home
from localservers.ports import reserve_port

from cartwheel_local.secrets import Secrets

NAME = "docker"
CHOICE = "CARTWHEEL_SERVERS"
"""`native` or `docker` decides; anything else leaves it to whether an engine answers."""

_ANSWER_SECONDS = 10
_START_SECONDS = 300


def is_chosen(home: Home) -> bool:
    """Return whether this home's servers come from Docker: those of a home that has its own data go on being native."""
    choice = os.environ.get(CHOICE)
    if choice in {"native", "docker"}:
        return choice == "docker"
    return _is_used(home) or (not (home.run / "rabbitmq").exists() and _engine_answers())


def start_in_docker(home: Home, secrets: Secrets, servers: Sequence[str]) -> dict[str, str]:
    """Start these of postgres, redis and rabbitmq, unless they run, and return their addresses by name.

    Blocks until each is healthy. Raises StepFailed with the log of `docker compose`.
    """
    ports = {server: reserve_port(home, f"docker-{server}", in_use=_is_used(home)) for server in servers}
    variables = compose_variables(secrets) | {
        f"CARTWHEEL_{server.upper()}_PORT": str(port) for server, port in ports.items()
    }
    _marker(home).touch()
    _compose(home, ["up", "--detach", "--wait", "--wait-timeout", str(_START_SECONDS), *servers], variables)
    addresses = {
        "postgres": f"postgresql://cartwheel:{secrets.postgres_password}@127.0.0.1:{ports.get('postgres')}/postgres",
        "redis": f"redis://127.0.0.1:{ports.get('redis')}/0",
        "rabbitmq": f"amqp://cartwheel:{secrets.rabbitmq_password}@127.0.0.1:{ports.get('rabbitmq')}/",
    }
    return {server: addresses[server] for server in servers}


def stop_in_docker(home: Home, secrets: Secrets, *, delete_data: bool = False) -> None:
    """Remove the home's containers, if it has any; their volumes stay unless `delete_data`."""
    if _is_used(home):
        _compose(home, ["down", *(["--volumes"] if delete_data else [])], compose_variables(secrets))
        _marker(home).unlink()


def compose_variables(secrets: Secrets) -> dict[str, str]:
    """Return every variable that docker-compose.yml insists on."""
    return {
        "POSTGRES_PASSWORD": secrets.postgres_password,
        "SERVICE_PASSWORD": secrets.service_password,
        "RABBITMQ_PASSWORD": secrets.rabbitmq_password,
        "JWT_SECRET": secrets.jwt_secret,
        "SERVICE_TOKEN_SECRET": secrets.service_token_secret,
        "SEAL_KEY": secrets.seal_key,
        "CONTACT_SEAL_KEY": secrets.contact_seal_key,
        "CART_COOKIE_SECRET": secrets.cart_cookie_secret,
        "RECOVERY_HMAC_SECRET": secrets.recovery_hmac_secret,
    }


def _is_used(home: Home) -> bool:
    return _marker(home).exists()


def _marker(home: Home) -> Path:
    return home.run / "docker"


def _engine_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    return all(_succeeds(["docker", *question]) for question in (["info"], ["compose", "version"]))


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=_ANSWER_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _compose(home: Home, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
    file = str(REPOSITORY / "docker-compose.yml")
    command = ["docker", "compose", "--project-name", f"cartwheel-{home.key}", "--file", file, *arguments]
    with home.log(NAME).open("ab") as log:
        done = subprocess.run(command, env=os.environ | variables, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise StepFailed(NAME, f"`docker compose {arguments[0]}` failed", home.log(NAME))
