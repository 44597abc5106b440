"""The services' part of docker-compose.yml."""

from collections.abc import Iterator, Sequence

from manifests.model import Manifest

_SERVICE = """\
{name}-migrate:
  <<: *migrate
  image: cartwheel-{name}
  build: {{ context: ., args: {{ SERVICE: {name} }} }}
  environment: &{name}-settings
    <<: *settings
    DATABASE_URL: postgresql://{database}:${{SERVICE_PASSWORD:?}}@postgres:5432/{database}
{upstreams}{name}-api:
  <<: *api
  image: cartwheel-{name}
  command: [api, --host, 0.0.0.0, --port, "{api.port}"]
  environment: *{name}-settings
  depends_on: &{name}-migrated
    {name}-migrate: {{ condition: service_completed_successfully }}
    redis: {{ condition: service_healthy }}
{name}-worker:
  <<: *worker
  image: cartwheel-{name}
  command: [worker, --health-port, "{worker.port}"]
  environment: *{name}-settings
  depends_on: *{name}-migrated
"""


def services(manifests: Sequence[Manifest]) -> list[str]:
    """The three containers of each service, an empty line between two services."""
    ports = {manifest.name: manifest.api.port for manifest in manifests}
    return "\n".join(_service(manifest, ports) for manifest in manifests).splitlines()


def dependencies(manifests: Sequence[Manifest]) -> list[str]:
    """What the gateway waits for."""
    return [f"{manifest.name}-api: {{ condition: service_healthy }}" for manifest in manifests]


def databases(manifests: Sequence[Manifest]) -> list[str]:
    """The databases that the container of PostgreSQL makes on an empty volume."""
    return [f"SERVICE_DATABASES: {' '.join(manifest.database for manifest in manifests)}"]


def _service(manifest: Manifest, ports: dict[str, int]) -> str:
    return _SERVICE.format(
        name=manifest.name,
        database=manifest.database,
        upstreams="".join(_upstreams(manifest, ports)),
        api=manifest.api,
        worker=manifest.worker,
    )


def _upstreams(manifest: Manifest, ports: dict[str, int]) -> Iterator[str]:
    for upstream in manifest.upstreams:
        yield f"    {upstream.upper()}_URL: http://{upstream}-api:{ports[upstream]}\n"
